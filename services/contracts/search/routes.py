"""The search over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import StringConstraints

from services.contracts.search import queries
from services.contracts.search.schemas import HitOut
from shared.auth import needs
from shared.edge import Session, router
from shared.permissions import Permission

routes = router(tags=["customers"])
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Query()]


@routes.get("/v1/search", response_model=list[HitOut])
@needs(Permission.CONTRACTS_READ)
async def search(q: Text, session: Session) -> Any:
    return await queries.hits(session, q)
