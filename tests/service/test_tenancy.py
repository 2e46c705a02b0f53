"""Tenants: what keeps a customer's rows from every other customer, and the proof that the tests would see a leak."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from services import catalogue
from services.contracts.customers.models import Customer
from shared.auth import Principal
from shared.db import Caller
from shared.mechanisms import WITHOUT_POLICY
from shared.permissions import Role
from tests.harness import OneService, principal

OF_NOBODY = ("people",)
"""A person's customer says whose user they are; staff and users sign in, act and are named before a tenant is known."""

ADMIN = principal(Role.ADMINISTRATOR)


async def two_customers(contracts: OneService) -> tuple[UUID, UUID]:
    async with contracts.as_(ADMIN) as admin:
        bodies = [{"name_zh": name, "name_en": name} for name in ("甲", "乙")]
        own, other = [(await admin.post("/v1/customers", json=body)).json()["customer_id"] for body in bodies]
    return UUID(own), UUID(other)


async def leaks(contracts: OneService) -> list[str]:
    """What customers of another tenant can be seen by a user of the first one."""
    own, _ = await two_customers(contracts)
    async with contracts.as_(principal(Role.CUSTOMER_USER, customer_id=own)) as client:
        seen = [customer["customer_id"] for customer in (await client.get("/v1/customers")).json()]
    return [customer for customer in seen if customer != str(own)]


async def test_a_user_sees_no_other_customer(one_service: OneService.Factory) -> None:
    assert await leaks(await one_service("contracts")) == []


async def test_without_the_policy_the_leak_would_be_seen(
    one_service: OneService.Factory, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """The planted twin of the test above."""
    contracts = await one_service("contracts")
    await admin.execute("ALTER TABLE contracts.customers DISABLE ROW LEVEL SECURITY")
    try:
        assert len(await leaks(contracts)) == 1
    finally:
        await admin.execute("ALTER TABLE contracts.customers ENABLE ROW LEVEL SECURITY")


async def test_a_transaction_without_a_scope_sees_nothing(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    await two_customers(contracts)
    async with contracts.runtime.database.engine.connect() as connection:
        assert (await connection.execute(select(Customer.customer_id))).all() == []


async def test_the_tenant_of_one_request_is_gone_in_the_next_on_the_same_connection(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    own, other = await two_customers(contracts)
    users = [principal(Role.CUSTOMER_USER, customer_id=customer) for customer in (own, other)] * 50

    async def seen(user: Principal) -> tuple[str, list[str]]:
        async with contracts.as_(user) as client:
            answer = await client.get("/v1/customers")
        return str(user.customer_id), [customer["customer_id"] for customer in answer.json()]

    for customer, listed in await asyncio.gather(*(seen(user) for user in users)):
        assert listed == [customer]
    async with contracts.runtime.database.engine.connect() as connection:
        setting = await connection.scalar(text("SELECT current_setting('aftercare.customer', true)"))
    assert not setting


async def test_an_effect_for_one_customer_cannot_write_another_customers_row(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    caller = Caller("system:contracts", "system", customer_id=uuid7())

    async def write_foreign_row() -> None:
        async with contracts.runtime.database.transaction(caller) as session:
            session.add(Customer(customer_id=uuid7(), name_zh="甲", name_en="A"))

    with pytest.raises(Exception, match="row-level security"):
        await write_foreign_row()


@pytest.mark.parametrize("service", catalogue.NAMES)
async def test_every_table_with_a_customer_forces_its_policy(
    admin: asyncpg.Connection[asyncpg.Record], service: str
) -> None:
    rows = await admin.fetch(
        """
        SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
               EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
        WHERE n.nspname = $1 AND c.relkind = 'r'
        """,
        service,
    )
    open_tables = {row["name"] for row in rows if not (row["forced"] and row["has_policy"])}
    assert open_tables <= {*WITHOUT_POLICY, *OF_NOBODY}


@pytest.mark.parametrize("service", catalogue.NAMES)
async def test_a_services_roles_are_no_more_than_they_need_to_be(
    admin: asyncpg.Connection[asyncpg.Record], service: str
) -> None:
    roles = await admin.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = ANY($1)",
        [service, f"{service}_owner"],
    )
    assert len(roles) == 2
    assert not any(value for role in roles for name, value in role.items() if name != "rolname")
    foreign = [
        other
        for other in catalogue.NAMES
        if other != service and await admin.fetchval("SELECT has_schema_privilege($1, $2, 'USAGE')", service, other)
    ]
    assert foreign == []
    assert not await admin.fetchval("SELECT has_schema_privilege($1, $2, 'CREATE')", service, service)
