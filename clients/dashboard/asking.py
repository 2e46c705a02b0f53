"""What a button asks and sends. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

Choices = Sequence[tuple[str, str]]
"""Values and what they are called."""


@dataclass(frozen=True)
class Ask:
    """A field of a form.

    `kind`: line, text, email, phone, number, hours (told in seconds), moment, day, check, words (several, apart by
    spaces), incident (by its number), several of the options, or choice: of words, of what a lookup finds, or of
    `options`. `label` names the question where the name alone does not. `may_empty`: left empty, it is told as empty.
    """

    name: str
    kind: str = "line"
    choices: tuple[str, ...] | str = ()
    required: bool = True
    initial: str = ""
    label: str = ""
    options: Choices = ()
    may_empty: bool = False


@dataclass(frozen=True)
class Move:
    """A request that a button sends: where to, what its form asks, and what it says unasked.

    `path` has a place such as {other_id} for what the form asks by that name.
    `asks_first`: it cannot be taken back, so a dialog comes before it even where there is nothing to ask.
    `about` names what it is done to, where the page shows several such things. `version`: the one it is a change of.
    """

    name: str
    path: str
    asks: tuple[Ask, ...] = ()
    says: tuple[tuple[str, Any], ...] = ()
    asks_first: bool = False
    is_refusal: bool = False
    about: str = ""
    method: str = "POST"
    version: int = 0


@dataclass(frozen=True)
class Offer:
    """A move and, where it cannot be made, the reason in the reader's language."""

    move: Move
    why_not: str | None = None


class Mistyped(ValueError):
    """What was typed cannot be read; `key` is of the words that say how it should look."""

    key: ClassVar[str]
