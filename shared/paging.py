"""Keyset paging: a list is read from a position that stays right while rows come in; the next page is in `Link`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request, Response
from sqlalchemy import ColumnElement, Select, tuple_

from shared.errors import BadRequest
from shared.zones import utc

T = TypeVar("T")
MAX_LIMIT = 200


class InvalidCursor(BadRequest):
    code = "invalid_cursor"
    en = "The cursor is not one of ours."
    zh = "分页游标无效。"


@dataclass(frozen=True)
class Page:
    """How many rows, and after which one: newest first, by a version 7 uuid; or by a moment and then the uuid."""

    limit: int
    after: UUID | None = None
    after_moment: datetime | None = None

    def of(self, rows: Select[Any], key: ColumnElement[UUID] | Any) -> Select[Any]:
        """The page of `rows`, newest first, with one more row than asked for: it tells that there is a next page."""
        if self.after is not None:
            rows = rows.where(key < self.after)
        return rows.order_by(key.desc()).limit(self.limit + 1)

    def by_moment(
        self, rows: Select[Any], moment: ColumnElement[datetime] | Any, key: ColumnElement[UUID] | Any
    ) -> Select[Any]:
        """The same of rows in the order of a moment, earliest first."""
        if self.after is not None:
            if self.after_moment is None:
                raise InvalidCursor()
            rows = rows.where(tuple_(moment, key) > (self.after_moment, self.after))
        return rows.order_by(moment, key).limit(self.limit + 1)


def _page(limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50, cursor: str | None = None) -> Page:
    return Page(limit, *_decode(cursor)) if cursor else Page(limit)


Paged = Annotated[Page, Depends(_page)]


def linked(
    request: Request,
    response: Response,
    page: Page,
    rows: Sequence[T],
    *,
    moment: Callable[[T], datetime | None] = lambda _: None,
) -> list[T]:
    """The rows of this page; sets `Link: <...>; rel="next"` when there are more.

    `moment`: that of a row, in lists in the order of one.
    """
    shown = list(rows[: page.limit])
    if len(rows) > page.limit:
        last: Any = shown[-1]
        query = request.url.include_query_params(cursor=_encode(last.id, moment(last))).query
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return shown


def _encode(last: UUID, moment: datetime | None) -> str:
    position = {"after": str(last)} | ({"moment": moment.isoformat()} if moment else {})
    return base64.urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def _decode(cursor: str) -> tuple[UUID, datetime | None]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = orjson.loads(base64.urlsafe_b64decode(padded))
        moment = position.get("moment")
        return UUID(position["after"]), utc(datetime.fromisoformat(moment)) if moment else None
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidCursor() from problem
