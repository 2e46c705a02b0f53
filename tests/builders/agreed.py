"""A promise so short that it is broken while everybody watches, made in the demo organisation's agreement."""

from __future__ import annotations

from clients.api import Aftercare, sign_in
from clients.demo import cast
from clients.models import Agreement, Contract
from clients.sign_in import SIGN_INS, read_sign_ins
from services.contracts.agreements.domain import DEFAULT_TARGETS
from tests.builders.launched import Launched


async def an_answer_within_a_second_is_promised(platform: Launched) -> None:
    """A new version of the demo contract's agreement, signed by both sides."""
    sign_ins = read_sign_ins(platform.home.folder / SIGN_INS)
    session = await sign_in(sign_ins.base_url, sign_ins.administrator.email, sign_ins.administrator.password)
    targets = [target.model_dump() | ({"amount": 1} if target.kind == "respond" else {}) for target in DEFAULT_TARGETS]
    async with Aftercare(sign_ins.base_url, session.token) as api:
        [contract] = await api.all(Contract, "/v1/contracts")
        agreement = await api.post(Agreement, f"/v1/contracts/{contract.id}/agreements", targets=targets)
        for side, name in cast.SIGNED_BY.items():
            agreement = await api.post(Agreement, f"/v1/agreements/{agreement.id}/sign", side=side, signed_by=name)
    assert agreement.state == "in_force"
