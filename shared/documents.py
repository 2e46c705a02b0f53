"""Documents that people hand over, as DOCX: a title, paragraphs and tables, in Chinese or English.

What a document says is decided by its service; here it only gets its form.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import docx as office
from docx.document import Document as Written
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LATIN, CHINESE = "Calibri", "Microsoft YaHei"
INK, SHADE = RGBColor(0x1F, 0x2D, 0x3D), "E8EDF3"


@dataclass(frozen=True)
class Paragraph:
    text: str
    heading: bool = False


@dataclass(frozen=True)
class Table:
    """`widths` in centimetres, one for each column; an A4 page has 17 of them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Document:
    """`language`: zh-CN or en; it decides how words are broken and checked, not what the texts say."""

    title: str
    language: str
    parts: tuple[Paragraph | Table, ...]


def docx(document: Document) -> bytes:
    """The document as a file. The same document gives the same text, not the same bytes."""
    written = office.Document()
    _set_page(written)
    _set_fonts(written, document.language)
    written.core_properties.title = document.title
    written.core_properties.author = ""
    written.core_properties.language = document.language
    written.add_heading(document.title, 0)
    for part in document.parts:
        if isinstance(part, Table):
            _add_table(written, part)
        elif part.heading:
            written.add_heading(part.text, 1)
        else:
            written.add_paragraph(part.text)
    file = BytesIO()
    written.save(file)
    return file.getvalue()


def _set_page(written: Written) -> None:
    section = written.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)


def _set_fonts(written: Written, language: str) -> None:
    """One family for Latin letters and one for Chinese: Word asks for both, and guesses where it is not told."""
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 13)):
        style = written.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), INK
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), CHINESE)
        properties.append(_element("w:lang", {"w:val": "en-GB", "w:eastAsia": "zh-CN"} | _own(language)))


def _own(language: str) -> dict[str, str]:
    return {"w:val": "zh-CN"} if language == "zh-CN" else {}


def _add_table(written: Written, table: Table) -> None:
    grid = written.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(grid.columns, table.widths, strict=True):
        column.width = Cm(width)
    for place, texts in enumerate((table.columns, *table.rows)):
        row = grid.add_row()
        for cell, text, width in zip(row.cells, texts, table.widths, strict=True):
            cell.width = Cm(width)
            cell.text = text
            if place == 0:
                _shade(cell)
    grid.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", {"w:val": "true"}))
    written.add_paragraph()


def _shade(cell: _Cell) -> None:
    cell._tc.get_or_add_tcPr().append(_element("w:shd", {"w:val": "clear", "w:fill": SHADE}))
    for run in cell.paragraphs[0].runs:
        run.bold = True


def _element(name: str, attributes: dict[str, str]) -> BaseOxmlElement:
    element = OxmlElement(name)
    for attribute, value in attributes.items():
        element.set(qn(attribute), value)
    return element
