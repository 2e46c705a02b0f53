"""Entitlements over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request, Response

from services.contracts.agreements.queries import contract
from services.contracts.entitlements import actions, queries
from services.contracts.entitlements.schemas import ChangeGrant, EntitlementOut, Grant, UseByHand, UseOut, WithdrawGrant
from shared.auth import needs
from shared.db import context
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

if TYPE_CHECKING:
    from services.contracts.entitlements.models import Entitlement

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


@routes.get("/entitlements/{entitlement_id}")
@needs(Permission.CONTRACTS_READ)
async def entitlement(entitlement_id: UUID, response: Response, session: Session) -> EntitlementOut:
    return await _out(session, tagged(response, await queries.entitlement(session, entitlement_id)))


@routes.patch("/entitlements/{entitlement_id}")
@needs(Permission.CONTRACTS_WRITE)
async def change_grant(entitlement_id: UUID, body: ChangeGrant, response: Response, session: Session) -> EntitlementOut:
    changed = await actions.change_grant(session, entitlement_id=entitlement_id, granted=body.granted)
    return await _out(session, tagged(response, changed))


@routes.post("/entitlements/{entitlement_id}/withdraw")
@needs(Permission.CONTRACTS_WRITE)
async def withdraw_grant(
    entitlement_id: UUID, body: WithdrawGrant, response: Response, session: Session
) -> EntitlementOut:
    withdrawn = await actions.withdraw_grant(session, entitlement_id=entitlement_id, reason=body.reason)
    return await _out(session, tagged(response, withdrawn))


@routes.post("/entitlements/{entitlement_id}/uses", status_code=201)
@needs(Permission.CONTRACTS_WRITE)
async def use_by_hand(entitlement_id: UUID, body: UseByHand, session: Session) -> UseOut:
    use = await actions.use_by_hand(session, entitlement_id=entitlement_id, **body.model_dump())
    unit = (await queries.entitlement(session, entitlement_id)).unit
    return UseOut.of(use, unit, sees_internal=context(session).sees_internal)


@routes.get("/entitlements/{entitlement_id}/uses")
@needs(Permission.CONTRACTS_READ)
async def uses(
    entitlement_id: UUID, request: Request, response: Response, page: Paged, session: Session
) -> list[UseOut]:
    unit = (await queries.entitlement(session, entitlement_id)).unit
    shown = linked(request, response, page, await queries.uses_page(session, page, entitlement_id))
    return [UseOut.of(use, unit, sees_internal=context(session).sees_internal) for use in shown]


async def _out(session: Session, row: Entitlement) -> EntitlementOut:
    granting, used = await contract(session, row.contract_id), await queries.used_by_year(session, row.contract_id)
    return EntitlementOut.of(row, granting, used)
