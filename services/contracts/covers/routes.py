"""Changes of a contract over HTTP: its term and what it covers; both are read with the contract."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.contracts.agreements.schemas import ContractOut
from services.contracts.covers import actions
from services.contracts.covers.schemas import ChangeContract
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.permissions import Permission

routes = router("/v1/contracts/{contract_id}", tags=["contracts"])


@routes.patch("", response_model=ContractOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_contract(contract_id: UUID, body: ChangeContract, response: Response, session: Session) -> Any:
    return tagged(response, await actions.change_contract(session, contract_id=contract_id, changes=body.changes()))
