"""Contact lists over HTTP, as data and as the document that is handed over."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import Request, Response

from services.contracts.agreements.queries import contract
from services.contracts.contact_lists import actions, queries
from services.contracts.contact_lists.domain import Content, document
from services.contracts.contact_lists.schemas import ContactListOut, IssueContactList, IssuedOut
from services.contracts.term.domain import ZONE
from shared.auth import needs
from shared.documents import DOCX, docx
from shared.edge import Session, router
from shared.errors import language_of
from shared.permissions import Permission

routes = router("/v1/contracts/{contract_id}/contact-list", tags=["contracts"])


@routes.post("", status_code=201, response_model=ContactListOut)
@needs(Permission.CONTRACTS_WRITE)
async def issue_contact_list(contract_id: UUID, body: IssueContactList, session: Session) -> Any:
    return await actions.issue_contact_list(session, contract_id=contract_id, **body.model_dump())


@routes.get("", response_model=list[IssuedOut])
@needs(Permission.CONTRACTS_READ)
async def contact_lists(contract_id: UUID, session: Session) -> Any:
    await contract(session, contract_id)
    return await queries.contact_lists(session, contract_id)


@routes.get("/{version}", response_model=ContactListOut)
@needs(Permission.CONTRACTS_READ)
async def contact_list(contract_id: UUID, version: int, session: Session) -> Any:
    return await queries.contact_list(session, contract_id, version)


@routes.get("/{version}/document", response_class=Response, responses={200: {"content": {DOCX: {}}}})
@needs(Permission.CONTRACTS_READ)
async def contact_list_document(
    contract_id: UUID, version: int, request: Request, session: Session, lang: Literal["zh-CN", "en"] | None = None
) -> Response:
    """As DOCX. `lang` outweighs Accept-Language; where neither is said it is in Chinese."""
    issued = await queries.contact_list(session, contract_id, version)
    content = Content.model_validate(issued.content)
    language = language_of(lang or request.headers.get("accept-language", "zh-CN"))
    written = docx(document(content, issued.version, issued.issued_at.astimezone(ZONE).date(), language))
    named = f'attachment; filename="contact-list-v{issued.version}-{"zh-CN" if language == "zh" else "en"}.docx"'
    return Response(written, media_type=DOCX, headers={"Content-Disposition": named})
