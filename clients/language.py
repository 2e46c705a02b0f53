"""In which of our two languages a client speaks: as asked, else as the environment says, else English."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
LOCALES = {"zh": "zh-CN", "en": "en"}


def language_named(name: str) -> str:
    """`zh` for any name of Chinese (zh, zh-CN, zh_CN.UTF-8), else `en`."""
    return "zh" if name.lower().replace("_", "-").split(".", 1)[0].split("-", 1)[0] == "zh" else "en"


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """What the first of LC_ALL, LC_MESSAGES and LANG says that names a language at all; C and POSIX name none."""
    for variable in VARIABLES:
        named = environment.get(variable, "").split(".", 1)[0]
        if named not in ("", "C", "POSIX"):
            return language_named(named)
    return "en"


def of_two(zh: str | None, en: str | None, language: str) -> str:
    """The text in the reader's language, or in the other one where theirs is empty."""
    return ((zh or en) if language == "zh" else (en or zh)) or ""


def listed(items: Iterable[str], language: str) -> str:
    """The items in a row, with the sign that the language puts between them."""
    return ("、" if language == "zh" else ", ").join(items)
