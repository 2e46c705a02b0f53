"""What the dashboard says, in English and Chinese. The field's own terms are in shared/events/words.py."""

from __future__ import annotations

from typing import Any

from clients.dashboard.words import agreements, customers, frame, incident, moves, queue

WORDS: dict[str, tuple[str, str]] = (
    frame.WORDS | queue.WORDS | incident.WORDS | moves.WORDS | agreements.WORDS | customers.WORDS
)


def say(key: str, language: str, **values: Any) -> str:
    """The text for this key, in `zh` or `en`. Raises KeyError for a key that is none."""
    en, zh = WORDS[key]
    text = zh if language == "zh" else en
    return text.format(**values) if values else text
