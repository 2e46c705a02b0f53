"""Lengths of time as a client may state them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field


def _counted(value: object) -> object:
    """True would be taken for one."""
    if isinstance(value, bool):
        raise ValueError("a number")
    return value


NUMBER = BeforeValidator(_counted)
Seconds = Annotated[int, NUMBER, Field(ge=1, le=366 * 86400)]
WORKING_DAYS = 3660


def require_few_days(amount: int, unit: str) -> None:
    """A target counts at most 3660 working days. Raises ValueError."""
    if unit == "working_days" and amount > WORKING_DAYS:
        raise ValueError(f"at most {WORKING_DAYS} working days")
