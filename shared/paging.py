"""Keyset paging: a list is read from a position that stays right while rows come in; the next page is in `Link`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request, Response
from sqlalchemy import ColumnElement, Select

from shared.errors import BadRequest

T = TypeVar("T")
MAX_LIMIT = 200


class InvalidCursor(BadRequest):
    code = "invalid_cursor"
    en = "The cursor is not one of ours."
    zh = "分页游标无效。"


@dataclass(frozen=True)
class Page:
    """How many rows, and after which one (newest first, by a version 7 uuid)."""

    limit: int
    after: UUID | None

    def of(self, rows: Select[Any], key: ColumnElement[UUID] | Any) -> Select[Any]:
        """The page of `rows`, newest first, with one more row than asked for: it tells that there is a next page."""
        if self.after is not None:
            rows = rows.where(key < self.after)
        return rows.order_by(key.desc()).limit(self.limit + 1)


def _page(limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50, cursor: str | None = None) -> Page:
    return Page(limit, _decode(cursor) if cursor else None)


Paged = Annotated[Page, Depends(_page)]


def linked(request: Request, response: Response, page: Page, rows: Sequence[T]) -> list[T]:
    """The rows of this page; sets `Link: <...>; rel="next"` when there are more."""
    shown = list(rows[: page.limit])
    if len(rows) > page.limit:
        last: Any = shown[-1]
        query = request.url.include_query_params(cursor=_encode(last.id)).query
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return shown


def _encode(last: UUID) -> str:
    return base64.urlsafe_b64encode(orjson.dumps({"after": str(last)})).decode().rstrip("=")


def _decode(cursor: str) -> UUID:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return UUID(orjson.loads(base64.urlsafe_b64decode(padded))["after"])
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidCursor() from problem
