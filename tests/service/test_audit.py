"""The audit: an entry beside every change, chained per record, so that no tampering goes unseen."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from shared.audit import note, verify_chains
from shared.db import Caller
from tests.harness import OneService

SYSTEM = Caller("system:contracts", "system")
AS_ADMINISTRATOR = {
    "an edited column": "UPDATE contracts.audit SET after = '{\"a\": 9}' WHERE number = 2",
    "an edited time": "UPDATE contracts.audit SET at = at + interval '1 second' WHERE number = 2",
    "an edited actor": "UPDATE contracts.audit SET actor = 'person:other' WHERE number = 2",
    "a deleted entry": "DELETE FROM contracts.audit WHERE number = 2",
    "a deleted last entry": "DELETE FROM contracts.audit WHERE number = 3",
    "a deleted chain": "DELETE FROM contracts.audit",
    "a deleted head": "DELETE FROM contracts.heads",
}


async def three_entries(service: OneService) -> None:
    subject = uuid7()
    for number in range(3):
        async with service.runtime.database.transaction(SYSTEM) as session:
            note(session, subject, "change", before={"a": number}, after={"a": number + 1})


async def broken(service: OneService) -> list[tuple[str, int]]:
    async with service.runtime.database.transaction(SYSTEM, read_only=True) as session:
        return await verify_chains(session)


async def test_untouched_chains_hold(one_service: OneService.Factory) -> None:
    service = await one_service("contracts")
    await three_entries(service)
    assert await broken(service) == []


@pytest.mark.parametrize("tampering", AS_ADMINISTRATOR)
async def test_tampering_breaks_the_chain(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record], tampering: str
) -> None:
    service = await one_service("contracts")
    await three_entries(service)
    await admin.execute(AS_ADMINISTRATOR[tampering])
    assert len(await broken(service)) == 1


@pytest.mark.parametrize("statement", ["UPDATE contracts.audit SET actor = 'x'", "DELETE FROM contracts.audit"])
async def test_the_running_role_can_only_add(one_service: OneService.Factory, statement: str) -> None:
    service = await one_service("contracts")
    await three_entries(service)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with service.runtime.database.transaction(SYSTEM) as session:
            await session.execute(text(statement))
