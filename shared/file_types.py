"""What a file is, by its beginning. Pure. A type that somebody states counts only where the content bears it out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Mapping

HEAD_BYTES = 4096
"""As much of a file as is looked at."""
UNKNOWN = "application/octet-stream"
TEXT, HTML, SVG, ZIP, OLE = "text/plain", "text/html", "image/svg+xml", "application/zip", "application/x-ole-storage"
OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
)
"""Where a file of each type has which bytes."""

REFINED: Mapping[str, Collection[str]] = {
    TEXT: ("text/csv", "text/markdown", "text/x-log", "application/json", "application/x-ndjson"),
    ZIP: (
        f"{OPEN_XML}.wordprocessingml.document",
        f"{OPEN_XML}.spreadsheetml.sheet",
        f"{OPEN_XML}.presentationml.presentation",
        f"{OPEN_DOCUMENT}.text",
        f"{OPEN_DOCUMENT}.spreadsheet",
        f"{OPEN_DOCUMENT}.presentation",
    ),
    OLE: (
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-outlook",
    ),
}
"""What a stated type may say more exactly than the content shows."""

ACCEPTED = (
    *("image/png", "image/jpeg", "image/gif", "image/bmp", "image/tiff", "image/webp", "image/heic"),
    *("application/pdf", "application/gzip", TEXT, ZIP, OLE, *REFINED[TEXT], *REFINED[ZIP], *REFINED[OLE]),
)
"""Pictures, PDF, office documents, texts and logs, archives."""

MARKUP = re.compile(
    rb"\A\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|iframe|style|title|div|a )", re.I | re.S
)
DRAWING = re.compile(rb"<svg[\s>:]", re.I)
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def media_type(head: bytes, stated: str | None) -> str:
    """The type of a file that begins like this: as `stated` where that only says it more exactly, else as it looks."""
    found = _seen(head)
    said = (stated or "").split(";", 1)[0].strip().lower()
    return said if said in REFINED.get(found, ()) else found


def _seen(head: bytes) -> str:
    for offset, signature, kind in SIGNATURES:
        if head.startswith(signature, offset):
            return kind
    text = _plain(head)
    if text is None:
        return UNKNOWN
    if MARKUP.search(text):
        return HTML
    return SVG if DRAWING.search(text) else TEXT


def _plain(head: bytes) -> bytes | None:
    """The beginning of a text, of any encoding that extends ASCII, or of UTF-16 with its mark; None for no text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore").encode()
    return None if BINARY.search(head) else head.removeprefix(codecs.BOM_UTF8)
