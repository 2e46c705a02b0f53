"""Mails as text: the template of an occasion in the language of its recipient, around it greeting and close.

A template's first line is the subject, the rest the text. Values are data: nothing in them is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, Template

from shared.errors import language_of
from shared.events.words import word

TEMPLATES = Path(__file__).parent / "templates"


def rendered(occasion: str, values: Mapping[str, Any], *, name: str, locale: str, zone: ZoneInfo) -> tuple[str, str]:
    """Subject and text; `name` is whom the greeting addresses, `zone` the one times are stated in."""
    language = language_of(locale)
    subject, text = _template(occasion, language, zone)
    title = " ".join(subject.render(values).split())
    return title, _frame(language, zone).render(name=name, text=text.render(values).strip())


@cache
def _template(occasion: str, language: str, zone: ZoneInfo) -> tuple[Template, Template]:
    environment = _environment(language, zone)
    subject, text = _source(occasion, language).split("\n", 1)
    return environment.from_string(subject), environment.from_string(text)


@cache
def _frame(language: str, zone: ZoneInfo) -> Template:
    return _environment(language, zone).from_string(_source("frame", language))


@cache
def _environment(language: str, zone: ZoneInfo) -> Environment:
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["word"] = lambda value: word(value, language)
    environment.filters["moment"] = lambda moment: moment_in(moment, language, zone)
    return environment


@cache
def _source(name: str, language: str) -> str:
    return (TEMPLATES / language / f"{name}.j2").read_text(encoding="utf-8")


def moment_in(moment: datetime, language: str, zone: ZoneInfo) -> str:
    """A time to the minute in the zone, with its offset: 2026-03-02 09:00 (UTC+08:00)."""
    local = moment.astimezone(zone)
    offset = f"UTC{local:%z}"[:-2] + ":" + f"{local:%z}"[-2:]
    return f"{local:%Y-%m-%d %H:%M}（{offset}）" if language == "zh" else f"{local:%Y-%m-%d %H:%M} ({offset})"
