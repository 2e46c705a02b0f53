"""The what-if over HTTP."""

from __future__ import annotations

from typing import Any

from services.incidents.retargeting.queries import foreseen
from services.incidents.retargeting.schemas import ForeseenOut, WhatIf
from shared.auth import needs
from shared.edge import Session, router
from shared.permissions import Permission

routes = router("/v1/clocks", tags=["clocks"])


@routes.post("/what-if", response_model=ForeseenOut)
@needs(Permission.CONTRACTS_WRITE)
async def what_if(body: WhatIf, session: Session) -> Any:
    return await foreseen(
        session, agreement_id=body.agreement_id, changes=body.changes, replaces=body.replaces, after=body.after
    )
