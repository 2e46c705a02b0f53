"""Signing in and out over HTTP, and who one is."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from services.gateway.people import queries as people
from services.gateway.sessions import actions
from services.gateway.sessions.domain import SignInRefused
from services.gateway.sessions.schemas import MeOut, SignedInOut, SignIn
from services.gateway.tokens import bearer_token
from shared.auth import public, signed_in
from shared.edge import By, Session, router
from shared.errors import language_of, render

routes = router("/v1", tags=["sessions"])


@routes.post("/sessions", status_code=201, response_model=SignedInOut)
@public()
async def sign_in(body: SignIn, request: Request, response: Response, session: Session) -> Any:
    begun = await actions.sign_in(session, email=body.email, password=body.password)
    if begun is None:  # answered, not raised: the try that was counted must be committed
        return render(SignInRefused(), language_of(request.headers.get("accept-language")))
    response.headers["Cache-Control"] = "no-store"
    person = await people.person(session, begun.person_id)
    return SignedInOut(token=begun.token, expires_at=begun.expires_at, person=MeOut.of_person(person))


@routes.delete("/sessions/current", status_code=204)
@signed_in()
async def sign_out(request: Request, session: Session, by: By) -> None:
    token = bearer_token(request.headers.get("authorization", ""))
    await actions.sign_out(session, token=token, person_id=by.id if by.kind == "person" else None)


@routes.get("/me", response_model=MeOut)
@signed_in()
async def me(session: Session, by: By) -> Any:
    if by.kind == "person" and by.id:
        return MeOut.of_person(await people.person(session, by.id))
    return MeOut.of_key(by)
