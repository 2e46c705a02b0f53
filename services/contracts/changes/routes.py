"""Changes over HTTP: PATCH, for the version that If-Match names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from services.contracts.changes import actions
from services.contracts.changes.schemas import (
    ChangeAsset,
    ChangeCustomer,
    ChangeDepartment,
    ChangeKeyBusiness,
    ChangeSite,
)
from services.contracts.customers.schemas import AssetOut, CustomerOut, DepartmentOut, KeyBusinessOut, SiteOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.permissions import Permission

routes = router("/v1/customers/{customer_id}", tags=["customers"])


@routes.patch("", response_model=CustomerOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_customer(customer_id: UUID, body: ChangeCustomer, response: Response, session: Session) -> Any:
    changed = await actions.change_customer(session, customer_id=customer_id, changes=body.changes())
    return tagged(response, changed)


@routes.patch("/sites/{site_id}", response_model=SiteOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_site(customer_id: UUID, site_id: UUID, body: ChangeSite, response: Response, session: Session) -> Any:
    changed = await actions.change_site(session, customer_id=customer_id, site_id=site_id, changes=body.changes())
    return tagged(response, changed)


@routes.patch("/departments/{department_id}", response_model=DepartmentOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_department(
    customer_id: UUID, department_id: UUID, body: ChangeDepartment, response: Response, session: Session
) -> Any:
    changed = await actions.change_department(
        session, customer_id=customer_id, department_id=department_id, changes=body.changes()
    )
    return tagged(response, changed)


@routes.patch("/assets/{asset_id}", response_model=AssetOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_asset(
    customer_id: UUID, asset_id: UUID, body: ChangeAsset, response: Response, session: Session
) -> Any:
    changed = await actions.change_asset(session, customer_id=customer_id, asset_id=asset_id, changes=body.changes())
    return tagged(response, changed)


@routes.patch("/key-businesses/{key_business_id}", response_model=KeyBusinessOut)
@needs(Permission.CONTRACTS_WRITE)
async def change_key_business(
    customer_id: UUID, key_business_id: UUID, body: ChangeKeyBusiness, response: Response, session: Session
) -> Any:
    changed = await actions.change_key_business(
        session, customer_id=customer_id, key_business_id=key_business_id, changes=body.changes()
    )
    return tagged(response, changed)
