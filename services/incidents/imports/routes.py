"""The import over HTTP."""

from __future__ import annotations

from fastapi import Request

from services.incidents.imports import actions
from services.incidents.imports.schemas import ImportedOut, ImportIncidents, ImportOut
from shared.auth import needs
from shared.edge import Session, router
from shared.errors import language_of
from shared.permissions import Permission

routes = router(tags=["incidents"])


@routes.post("/v1/incidents:import", response_model=ImportOut)
@needs(Permission.INCIDENTS_IMPORT)
async def import_incidents(body: ImportIncidents, request: Request, session: Session) -> ImportOut:
    results = await actions.import_incidents(session, **body.model_dump())
    language = language_of(request.headers.get("accept-language"))
    return ImportOut(dry_run=body.dry_run, results=[ImportedOut.of(result, language) for result in results])
