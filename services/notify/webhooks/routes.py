"""Webhook endpoints over HTTP: entered and removed by the customer's system, or by an administrator for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.notify.webhooks import actions, queries
from services.notify.webhooks.schemas import AddedWebhookOut, AddWebhook, WebhookOut
from shared.auth import needs
from shared.edge import By, Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/webhooks", tags=["webhooks"])


@routes.post("", status_code=201, response_model=AddedWebhookOut)
@needs(Permission.WEBHOOKS_WRITE)
async def add_webhook(body: AddWebhook, response: Response, by: By, session: Session) -> Any:
    response.headers["Cache-Control"] = "no-store"
    return tagged(response, await actions.add_webhook(session, by=by, **body.model_dump()))


@routes.get("", response_model=list[WebhookOut])
@needs(Permission.WEBHOOKS_READ)
async def webhooks(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.endpoints_page(session, page))


@routes.get("/{webhook_id}", response_model=WebhookOut)
@needs(Permission.WEBHOOKS_READ)
async def webhook(webhook_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.endpoint(session, webhook_id))


@routes.delete("/{webhook_id}", status_code=204)
@needs(Permission.WEBHOOKS_WRITE)
async def remove_webhook(webhook_id: UUID, session: Session) -> None:
    await actions.remove_webhook(session, webhook_id=webhook_id)
