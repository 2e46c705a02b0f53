"""Exports over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from starlette.responses import StreamingResponse

from services.incidents.exports.domain import header, lines
from services.incidents.exports.queries import Batch, batches, first_batch
from services.incidents.incidents.filters import Filtered, Filters
from shared.auth import needs
from shared.db import Transactions
from shared.edge import Reading, Session, router
from shared.errors import language_of
from shared.permissions import Permission

routes = router(tags=["incidents"])

AS_FILE = {"Content-Disposition": 'attachment; filename="incidents.csv"'}
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A line per incident."}
}


@routes.get("/v1/incidents:export", response_class=StreamingResponse, responses=CSV)
@needs(Permission.INCIDENTS_READ)
async def export_incidents(
    request: Request, filters: Filtered, session: Session, reading: Reading
) -> StreamingResponse:
    """Incidents newest first as a file for spreadsheet programs, in the reader's language, sent as it is read."""
    language = language_of(request.headers.get("accept-language"))
    first = await first_batch(session, filters, language)
    return StreamingResponse(_file(first, reading, filters, language), media_type="text/csv", headers=AS_FILE)


async def _file(first: Batch, reading: Transactions, filters: Filters, language: str) -> AsyncIterator[str]:
    yield header(language)
    async for rows in batches(first, reading, filters, language):
        yield lines(rows, language)
