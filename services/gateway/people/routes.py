"""People over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.gateway.people import actions, queries
from services.gateway.people.schemas import AddPerson, ChangePerson, PersonOut
from shared.auth import needs
from shared.edge import Session, router, tagged
from shared.paging import Paged, linked
from shared.permissions import Permission, Role

routes = router("/v1/people", tags=["people"])


@routes.post("", status_code=201, response_model=PersonOut)
@needs(Permission.PEOPLE_WRITE)
async def add_person(body: AddPerson, response: Response, session: Session) -> Any:
    return tagged(response, await actions.add_person(session, **body.model_dump()))


@routes.get("", response_model=list[PersonOut])
@needs(Permission.PEOPLE_READ)
async def people(
    request: Request,
    response: Response,
    page: Paged,
    session: Session,
    customer_id: UUID | None = None,
    role: Role | None = None,
) -> Any:
    rows = await queries.people_page(session, page, customer_id=customer_id, role=role)
    return linked(request, response, page, rows)


@routes.get("/{person_id}", response_model=PersonOut)
@needs(Permission.PEOPLE_READ)
async def person(person_id: UUID, response: Response, session: Session) -> Any:
    return tagged(response, await queries.person(session, person_id))


@routes.patch("/{person_id}", response_model=PersonOut)
@needs(Permission.PEOPLE_WRITE)
async def change_person(person_id: UUID, body: ChangePerson, response: Response, session: Session) -> Any:
    changes = body.model_dump(exclude_none=True)
    return tagged(response, await actions.change_person(session, person_id=person_id, **changes))
