"""Imports over HTTP: the body is the file."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.contracts.imports import actions
from services.contracts.imports.schemas import ImportedTableOut
from shared.auth import needs
from shared.edge import Session, router
from shared.errors import language_of
from shared.permissions import Permission

routes = router("/v1", tags=["customers"])
FILE = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


async def _content_of(request: Request) -> bytes:
    return await request.body()


def _language_of(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


Content = Annotated[bytes, Depends(_content_of)]
Language = Annotated[str, Depends(_language_of)]


@routes.post("/customers:import", openapi_extra=FILE)
@needs(Permission.CONTRACTS_WRITE)
async def import_customers(
    content: Content, language: Language, session: Session, dry_run: bool = False
) -> ImportedTableOut:
    imported = await actions.import_customers(session, content=content, dry_run=dry_run)
    return ImportedTableOut.of(imported, language)


@routes.post("/customers/{customer_id}/sites:import", openapi_extra=FILE)
@needs(Permission.CONTRACTS_WRITE)
async def import_sites(
    customer_id: UUID, content: Content, language: Language, session: Session, dry_run: bool = False
) -> ImportedTableOut:
    imported = await actions.import_sites(session, customer_id=customer_id, content=content, dry_run=dry_run)
    return ImportedTableOut.of(imported, language)


@routes.post("/customers/{customer_id}/assets:import", openapi_extra=FILE)
@needs(Permission.CONTRACTS_WRITE)
async def import_assets(
    customer_id: UUID, content: Content, language: Language, session: Session, dry_run: bool = False
) -> ImportedTableOut:
    imported = await actions.import_assets(session, customer_id=customer_id, content=content, dry_run=dry_run)
    return ImportedTableOut.of(imported, language)
