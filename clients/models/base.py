"""Base of all answers: what the platform said, unchanged since, and readable."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from clients.language import of_two

CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")})
"""Characters that are no text: a terminal would obey them, whoever wrote them."""
DIRECTIONS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that change the direction of what follows: a text would be shown as another."""
UNREADABLE = CONTROLS | DIRECTIONS


class Answer(BaseModel):
    """Base of all: what the platform said, unchanged since, and readable: without control characters of any kind."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, said: Any) -> Any:
        return readable(said)


class Named(Answer):
    """Something that has a name in each of our languages."""

    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        return of_two(self.name_zh, self.name_en, language)


def readable(said: Any) -> Any:
    """What the platform said, with every text in it as far as it can be read."""
    if isinstance(said, str):
        return said.translate(UNREADABLE)
    if isinstance(said, dict):
        return {name: readable(value) for name, value in said.items()}
    return [readable(value) for value in said] if isinstance(said, list) else said
