"""Asking which records hold a text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from services.contracts.bigrams.models import Bigrams

MOST_HITS = 20


def holding(text: str, model: Any, *columns: ColumnElement[str] | Any) -> Select[Any]:
    """The newest rows whose columns hold the text: the index proposes, the tenant's own row decides.

    Letters match in either case and width; a text of one character has no bigram and is for the caller to refuse.
    """
    candidates = select(Bigrams.record_id).where(Bigrams.grams.contains(func.contracts.bigrams_of(text)))
    own = func.contracts.plain(func.concat_ws(" ", *columns))
    held = func.strpos(own, func.contracts.plain(text)) > 0
    return select(model).where(model.id.in_(candidates), held).order_by(model.id.desc()).limit(MOST_HITS)
