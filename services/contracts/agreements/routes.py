"""Contracts and agreements over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.contracts.agreements import actions, queries
from services.contracts.agreements.domain import Terms
from services.contracts.agreements.schemas import (
    AgreementOut,
    ContractOut,
    DraftAgreement,
    SignAgreement,
    SignContract,
    WithdrawAgreement,
)
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.events.contracts import Target
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1", tags=["contracts"])


@routes.post("/contracts", status_code=201, response_model=ContractOut)
@needs(Permission.CONTRACTS_WRITE)
async def sign_contract(body: SignContract, response: Response, session: Session) -> Any:
    return tagged(response, await actions.sign_contract(session, **body.model_dump()))


@routes.get("/contracts", response_model=list[ContractOut])
@needs(Permission.CONTRACTS_READ)
async def contracts(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.contracts_page(session, page))


@routes.get("/contracts/{contract_id}", response_model=ContractOut)
@needs(Permission.CONTRACTS_READ)
async def contract(contract_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.contract(session, contract_id))


@routes.post("/contracts/{contract_id}/agreements", status_code=201, response_model=AgreementOut)
@needs(Permission.CONTRACTS_WRITE)
async def draft_agreement(contract_id: UUID, body: DraftAgreement, response: Response, session: Session) -> Any:
    given = body.model_dump()
    targets, calendar_id, calendar = (given.pop(name) for name in ("targets", "calendar_id", "calendar"))
    drafted = await actions.draft_agreement(
        session,
        contract_id=contract_id,
        targets=targets and [Target(**target) for target in targets],
        calendar_id=calendar_id,
        calendar=calendar,
        terms=Terms(**given),
    )
    return tagged(response, drafted)


@routes.get("/contracts/{contract_id}/agreements", response_model=list[AgreementOut])
@needs(Permission.CONTRACTS_READ)
async def agreements(contract_id: UUID, session: Session) -> Any:
    await queries.contract(session, contract_id)
    return await queries.agreements_of(session, contract_id)


@routes.get("/agreements/{agreement_id}", response_model=AgreementOut)
@needs(Permission.CONTRACTS_READ)
async def agreement(agreement_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.agreement(session, agreement_id))


@routes.post("/agreements/{agreement_id}/sign", response_model=AgreementOut)
@needs(Permission.CONTRACTS_WRITE)
async def sign_agreement(agreement_id: UUID, body: SignAgreement, response: Response, session: Session) -> Any:
    signed = await actions.sign_agreement(session, agreement_id=agreement_id, **body.model_dump())
    return tagged(response, signed)


@routes.post("/agreements/{agreement_id}/withdraw", response_model=AgreementOut)
@needs(Permission.CONTRACTS_WRITE)
async def withdraw_agreement(agreement_id: UUID, body: WithdrawAgreement, response: Response, session: Session) -> Any:
    withdrawn = await actions.withdraw_agreement(session, agreement_id=agreement_id, **body.model_dump())
    return tagged(response, withdrawn)
