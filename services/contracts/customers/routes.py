"""Customers, sites, departments, assets and key businesses over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.contracts.customers import actions, queries
from services.contracts.customers.schemas import (
    AddAsset,
    AddCustomer,
    AddDepartment,
    AddKeyBusiness,
    AddSite,
    AssetOut,
    CustomerOut,
    DepartmentOut,
    KeyBusinessOut,
    SiteOut,
)
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission

routes = router("/v1/customers", tags=["customers"])


@routes.post("", status_code=201, response_model=CustomerOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_customer(body: AddCustomer, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_customer(session, **body.model_dump()))


@routes.get("", response_model=list[CustomerOut])
@needs(Permission.CONTRACTS_READ)
async def customers(request: Request, response: Response, page: Paged, session: Session) -> Any:
    return linked(request, response, page, await queries.customers_page(session, page))


@routes.get("/{customer_id}", response_model=CustomerOut)
@needs(Permission.CONTRACTS_READ)
async def customer(customer_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.customer(session, customer_id))


@routes.post("/{customer_id}/sites", status_code=201, response_model=SiteOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_site(customer_id: UUID, body: AddSite, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_site(session, customer_id=customer_id, **body.model_dump()))


@routes.get("/{customer_id}/sites", response_model=list[SiteOut])
@needs(Permission.CONTRACTS_READ)
async def sites(customer_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    await queries.customer(session, customer_id)
    return linked(request, response, page, await queries.sites_page(session, page, customer_id))


@routes.get("/{customer_id}/sites/{site_id}", response_model=SiteOut)
@needs(Permission.CONTRACTS_READ)
async def site(customer_id: UUID, site_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.site_of(session, customer_id, site_id))


@routes.post("/{customer_id}/departments", status_code=201, response_model=DepartmentOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_department(customer_id: UUID, body: AddDepartment, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_department(session, customer_id=customer_id, **body.model_dump()))


@routes.get("/{customer_id}/departments", response_model=list[DepartmentOut])
@needs(Permission.CONTRACTS_READ)
async def departments(customer_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    await queries.customer(session, customer_id)
    return linked(request, response, page, await queries.departments_page(session, page, customer_id))


@routes.get("/{customer_id}/departments/{department_id}", response_model=DepartmentOut)
@needs(Permission.CONTRACTS_READ)
async def department(customer_id: UUID, department_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.department_of(session, customer_id, department_id))


@routes.post("/{customer_id}/assets", status_code=201, response_model=AssetOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_asset(customer_id: UUID, body: AddAsset, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_asset(session, customer_id=customer_id, **body.model_dump()))


@routes.get("/{customer_id}/assets", response_model=list[AssetOut])
@needs(Permission.CONTRACTS_READ)
async def assets(customer_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    await queries.customer(session, customer_id)
    return linked(request, response, page, await queries.assets_page(session, page, customer_id))


@routes.get("/{customer_id}/assets/{asset_id}", response_model=AssetOut)
@needs(Permission.CONTRACTS_READ)
async def asset(customer_id: UUID, asset_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.asset_of(session, customer_id, asset_id))


@routes.post("/{customer_id}/key-businesses", status_code=201, response_model=KeyBusinessOut)
@needs(Permission.CONTRACTS_WRITE)
async def add_key_business(customer_id: UUID, body: AddKeyBusiness, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_key_business(session, customer_id=customer_id, **body.model_dump()))


@routes.get("/{customer_id}/key-businesses", response_model=list[KeyBusinessOut])
@needs(Permission.CONTRACTS_READ)
async def key_businesses(customer_id: UUID, request: Request, response: Response, page: Paged, session: Session) -> Any:
    await queries.customer(session, customer_id)
    return linked(request, response, page, await queries.key_businesses_page(session, page, customer_id))


@routes.get("/{customer_id}/key-businesses/{key_business_id}", response_model=KeyBusinessOut)
@needs(Permission.CONTRACTS_READ)
async def key_business(customer_id: UUID, key_business_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.key_business_of(session, customer_id, key_business_id))
