"""Watchers over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.incidents.watchers import actions, queries
from services.incidents.watchers.schemas import WatcherOut
from shared.auth import needs
from shared.edge import By, Session, router
from shared.permissions import Permission

routes = router("/v1/incidents/{incident_id}/watchers", tags=["watchers"])


@routes.get("", response_model=list[WatcherOut])
@needs(Permission.INCIDENTS_READ)
async def watchers(incident_id: UUID, session: Session) -> Any:
    return await queries.watchers_of(session, incident_id)


@routes.put("/me", status_code=204)
@needs(Permission.INCIDENTS_DISCUSS)
async def watch(incident_id: UUID, by: By, session: Session) -> None:
    await actions.watch(session, incident_id=incident_id, by=by)


@routes.delete("/me", status_code=204)
@needs(Permission.INCIDENTS_DISCUSS)
async def unwatch(incident_id: UUID, by: By, session: Session) -> None:
    await actions.unwatch(session, incident_id=incident_id, by=by)


@routes.put("/{person_id}", status_code=204)
@needs(Permission.INCIDENTS_DISPATCH)
async def add_watcher(incident_id: UUID, person_id: UUID, session: Session) -> None:
    await actions.add_watcher(session, incident_id=incident_id, person_id=person_id)


@routes.delete("/{person_id}", status_code=204)
@needs(Permission.INCIDENTS_DISPATCH)
async def remove_watcher(incident_id: UUID, person_id: UUID, session: Session) -> None:
    await actions.remove_watcher(session, incident_id=incident_id, person_id=person_id)
