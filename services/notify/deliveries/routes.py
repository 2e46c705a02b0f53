"""Deliveries over HTTP: what client systems were told, how each call ended, and a test call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.notify.deliveries import actions, queries
from services.notify.deliveries.schemas import DeliveryOut, LoggedDeliveryOut, NoDetails
from services.notify.webhooks import queries as webhooks
from shared.auth import needs
from shared.edge import Session, router
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1", tags=["webhooks"])


@routes.post("/webhooks/{webhook_id}/test", status_code=201, response_model=DeliveryOut)
@needs(Permission.WEBHOOKS_WRITE)
async def send_test(webhook_id: UUID, _: NoDetails, session: Session) -> Any:
    return await actions.send_test(session, webhook_id=webhook_id)


@routes.get("/webhooks/{webhook_id}/deliveries", response_model=list[LoggedDeliveryOut])
@needs(Permission.WEBHOOKS_READ)
async def deliveries_of(webhook_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    endpoint = await webhooks.endpoint(session, webhook_id)
    found = await queries.deliveries_page(session, page, endpoint_id=endpoint.id)
    return linked(request, response, page, found)


@routes.get("/deliveries", response_model=list[LoggedDeliveryOut])
@needs(Permission.WEBHOOKS_READ)
async def deliveries(
    request: Request, response: Response, page: Paged, session: Session, incident_id: UUID | None = None
) -> Any:
    return linked(request, response, page, await queries.deliveries_page(session, page, incident_id=incident_id))
