"""Base of all answers: what the platform said, unchanged since, and readable."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from clients.language import of_two

CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")})
"""Characters that are no text: a terminal would obey them, whoever wrote them."""


class Answer(BaseModel):
    """Base of all: what the platform said, unchanged since, and readable: without control characters."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, said: Any) -> Any:
        return _without_controls(said)


class Named(Answer):
    """Something that has a name in each of our languages."""

    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        return of_two(self.name_zh, self.name_en, language)


def _without_controls(said: Any) -> Any:
    if isinstance(said, str):
        return said.translate(CONTROLS)
    if isinstance(said, dict):
        return {name: _without_controls(value) for name, value in said.items()}
    return [_without_controls(value) for value in said] if isinstance(said, list) else said
