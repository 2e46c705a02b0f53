"""Asking which records hold a text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, cast, false, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from shared.search import query_of

MOST_HITS = 20


def holding(typed: str, model: Any) -> Select[Any]:
    """The newest rows of a searched table that hold every part of what was typed; none for what is no word."""
    query = query_of(typed)
    held = false() if query is None else model.search.bool_op("@@")(cast(literal(query), TSQUERY))
    return select(model).where(held).order_by(model.id.desc()).limit(MOST_HITS)
