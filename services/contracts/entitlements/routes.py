"""Entitlements over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from services.contracts.agreements.queries import contract
from services.contracts.entitlements import actions, queries
from services.contracts.entitlements.schemas import EntitlementOut, Grant, UseByHand, UseOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1", tags=["contracts"])


@routes.post("/contracts/{contract_id}/entitlements", status_code=201)
@needs(Permission.CONTRACTS_WRITE)
async def grant(contract_id: UUID, body: Grant, response: Response, session: Session) -> EntitlementOut:
    granted = await actions.grant(session, contract_id=contract_id, **body.model_dump())
    return EntitlementOut.of(tagged(response, granted), await contract(session, contract_id), {})


@routes.get("/contracts/{contract_id}/entitlements")
@needs(Permission.CONTRACTS_READ)
async def entitlements(contract_id: UUID, session: Session) -> list[EntitlementOut]:
    granting, used = await contract(session, contract_id), await queries.used_by_year(session, contract_id)
    return [EntitlementOut.of(row, granting, used) for row in await queries.entitlements_of(session, contract_id)]


@routes.post("/entitlements/{entitlement_id}/uses", status_code=201)
@needs(Permission.CONTRACTS_WRITE)
async def use_by_hand(entitlement_id: UUID, body: UseByHand, session: Session) -> UseOut:
    use = await actions.use_by_hand(session, entitlement_id=entitlement_id, **body.model_dump())
    return UseOut.of(use, (await queries.entitlement(session, entitlement_id)).unit)


@routes.get("/entitlements/{entitlement_id}/uses")
@needs(Permission.CONTRACTS_READ)
async def uses(
    entitlement_id: UUID, request: Request, response: Response, page: Paged, session: Session
) -> list[UseOut]:
    unit = (await queries.entitlement(session, entitlement_id)).unit
    shown = linked(request, response, page, await queries.uses_page(session, page, entitlement_id))
    return [UseOut.of(use, unit) for use in shown]
