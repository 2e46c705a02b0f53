"""People: written by the administrator, said as snapshots, seen by staff and by their own customer."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services import catalogue
from services.gateway.people.actions import add_person, bootstrap_administrator
from services.gateway.people.models import Person
from services.gateway.republish import SNAPSHOTS
from shared.db import Caller, context
from shared.events.gateway import PersonChanged
from shared.mechanisms import tables_of
from shared.permissions import Role
from shared.snapshots import SAY_AGAIN, say_some_again
from shared.timers import Jobs, Timer, arm
from tests.harness import ANYBODY, OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
PASSWORD = "correct horse battery"
ANNA: dict[str, Any] = {
    "name_zh": "安娜",
    "name_en": "Anna",
    "email": "Anna@Provider.example",
    "phone": "+86 28 0000 0001",
    "roles": ["engineer"],
    "password": PASSWORD,
}
SYSTEM = Caller("system:gateway", "system")
TIMERS = tables_of("gateway")["timers"]


async def a_person(gateway: OneService, **fields: Any) -> dict[str, Any]:
    async with gateway.as_(ADMIN) as admin:
        answer = await admin.post("/v1/people", json=ANNA | fields)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def first_administrator(gateway: OneService, email: str = "first@provider.example") -> Person | None:
    async with gateway.runtime.database.transaction(SYSTEM) as session:
        return await bootstrap_administrator(
            session, email=email, password=PASSWORD, name_zh="管理员", name_en="Administrator"
        )


async def test_what_else_the_database_refuses_is_not_told_as_a_taken_address(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    with pytest.raises(IntegrityError, match="ck_people_locale"):
        async with gateway.runtime.database.transaction(SYSTEM) as session:
            await add_person(session, **ANNA, locale="tlh", customer_id=None)


async def test_a_new_person_is_said_with_the_whole_record_but_no_secret(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    person = await a_person(gateway)
    [said] = await gateway.said(PersonChanged)
    assert (str(said.person_id), said.email, said.roles) == (person["id"], "anna@provider.example", ("engineer",))
    assert said.active
    assert "password" not in " ".join(person)
    stored = await gateway.rows(select(Person.password_hash))
    assert stored[0][0].startswith("$argon2id$")
    noted = await gateway.rows(select(tables_of("gateway")["audit"]))
    assert PASSWORD not in str(noted)
    assert "argon2" not in str(noted)


async def test_two_people_do_not_share_an_address_whatever_its_case(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    await a_person(gateway)
    async with gateway.as_(ADMIN) as admin:
        answer = await admin.post("/v1/people", json=ANNA | {"email": "ANNA@provider.EXAMPLE"})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert len(await gateway.said(PersonChanged)) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"roles": ["desk"], "customer_id": str(uuid7())}, "roles_not_allowed"),
        ({"roles": ["customer_user"]}, "roles_not_allowed"),
        ({"roles": ["client_system"]}, "roles_not_allowed"),
        ({"roles": []}, "invalid_input"),
        ({"roles": ["emperor"]}, "invalid_input"),
        ({"email": "nobody"}, "invalid_input"),
        ({"password": "short"}, "invalid_input"),
        ({"locale": "fr"}, "invalid_input"),
        ({"active": False}, "invalid_input"),
    ],
)
async def test_bad_input_writes_nothing(one_service: OneService.Factory, fields: dict[str, Any], code: str) -> None:
    gateway = await one_service("gateway")
    async with gateway.as_(ADMIN) as admin:
        answer = await admin.post("/v1/people", json=ANNA | fields)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await gateway.is_empty()


async def test_only_an_administrator_writes_people(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    person = await a_person(gateway)
    others = [(principal(role), 403) for role in Role if role is not Role.ADMINISTRATOR]
    for who, status in [*others, (ANYBODY, 401)]:
        async with gateway.as_(who) as client:
            added = await client.post("/v1/people", json=ANNA | {"email": "other@provider.example"})
            changed = await client.patch(f"/v1/people/{person['id']}", json={"active": False})
        assert (added.status_code, changed.status_code) == (status, status)
    assert len(await gateway.said(PersonChanged)) == 1


async def test_a_customers_people_read_no_records_of_people(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    own = uuid7()
    mate = await a_person(gateway, email="m@own.example", roles=["leader"], customer_id=str(own))
    async with gateway.as_(principal(Role.EMERGENCY_TEAM, customer_id=own)) as client:
        answers = [await client.get("/v1/people"), await client.get(f"/v1/people/{mate['id']}")]
    assert [answer.status_code for answer in answers] == [403, 403]


async def test_people_are_found_by_role_and_by_customer(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    customer = uuid7()
    engineer = await a_person(gateway)
    leader = await a_person(gateway, email="l@own.example", roles=["leader"], customer_id=str(customer))
    async with gateway.as_(principal(Role.DESK)) as desk:
        engineers = await desk.get("/v1/people", params={"role": "engineer"})
        theirs = await desk.get("/v1/people", params={"customer_id": str(customer)})
    assert [p["id"] for p in engineers.json()] == [engineer["id"]]
    assert [p["id"] for p in theirs.json()] == [leader["id"]]


async def test_a_change_says_the_whole_record_again_and_notes_what_was_before(
    one_service: OneService.Factory,
) -> None:
    gateway = await one_service("gateway")
    person = await a_person(gateway)
    async with gateway.as_(ADMIN) as admin:
        answer = await admin.patch(
            f"/v1/people/{person['id']}", json={"phone": "", "roles": ["desk"]}, headers={"If-Match": '"1"'}
        )
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 2, '"2"')
    said = (await gateway.said(PersonChanged))[-1]
    assert (said.name_zh, said.phone, said.roles) == ("安娜", "", ("desk",))
    audit = tables_of("gateway")["audit"]
    [entry] = await gateway.rows(select(audit).where(audit.c.action == "change_person"))
    assert (entry.before["roles"], entry.after["roles"]) == (["engineer"], ["desk"])


async def test_a_change_of_a_version_that_is_gone_is_refused(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    person = await a_person(gateway)
    path = f"/v1/people/{person['id']}"
    async with gateway.as_(ADMIN) as admin:
        first = await admin.patch(path, json={"name_en": "Anne"}, headers={"If-Match": '"1"'})
        second = await admin.patch(path, json={"name_en": "Hannah"}, headers={"If-Match": '"1"'})
        found = await admin.get(path)
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "version_mismatch"
    assert (found.json()["name_en"], found.headers["etag"]) == ("Anne", '"2"')


async def test_a_changed_address_may_not_be_anothers(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    await a_person(gateway)
    person = await a_person(gateway, email="b@provider.example")
    async with gateway.as_(ADMIN) as admin:
        answer = await admin.patch(f"/v1/people/{person['id']}", json={"email": ANNA["email"]})
        unknown = await admin.patch(f"/v1/people/{uuid7()}", json={"name_en": "Nobody"})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "person_not_found")


async def test_the_first_administrator_is_made_once(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    made = await asyncio.gather(*(first_administrator(gateway, f"a{n}@provider.example") for n in range(3)))
    assert len([person for person in made if person]) == 1
    assert len(await gateway.said(PersonChanged)) == 1


@pytest.mark.parametrize("change", [{"active": False}, {"roles": ["desk"]}])
async def test_the_last_administrator_stays(one_service: OneService.Factory, change: dict[str, Any]) -> None:
    gateway = await one_service("gateway")
    first = await first_administrator(gateway)
    assert first
    async with gateway.as_(ADMIN) as admin:
        refused = await admin.patch(f"/v1/people/{first.id}", json=change)
        renamed = await admin.patch(f"/v1/people/{first.id}", json={"name_en": "Chief"})
    await a_person(gateway, email="second@provider.example", roles=["administrator"])
    async with gateway.as_(ADMIN) as admin:
        done = await admin.patch(f"/v1/people/{first.id}", json=change)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
    assert (renamed.status_code, done.status_code) == (200, 200)


async def test_of_two_administrators_who_step_down_at_once_one_stays(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    people = [await a_person(gateway, email=f"{n}@provider.example", roles=["administrator"]) for n in range(2)]
    async with gateway.as_(ADMIN) as admin:
        answers = await asyncio.gather(
            *(admin.patch(f"/v1/people/{person['id']}", json={"active": False}) for person in people)
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_all_people_are_said_again_when_asked(one_service: OneService.Factory) -> None:
    gateway = await one_service("gateway")
    added = [await a_person(gateway, email=f"{n}@provider.example") for n in range(4)]
    await gateway.republish(batch=2)
    said = await gateway.said(PersonChanged)
    assert Counter(str(person.person_id) for person in said) == {person["id"]: 2 for person in added}


async def test_people_are_said_again_some_at_a_time_when_a_migration_asks_for_it(
    one_service: OneService.Factory,
) -> None:
    jobs = Jobs()

    @jobs.due(SAY_AGAIN, alone=True)
    async def say_two_again(session: AsyncSession, timer: Timer) -> None:
        await say_some_again(session, SNAPSHOTS, timer, batch=2)

    gateway = await one_service(replace(catalogue.service("gateway"), jobs=jobs))
    people = [(await a_person(gateway, email=f"{name}@provider.example"))["id"] for name in "abcde"]
    async with gateway.runtime.database.transaction(SYSTEM) as session:
        await arm(session, SAY_AGAIN, UUID(int=0), context(session).now)
    said = [str(person.person_id) for person in await gateway.said(PersonChanged)]
    assert said == people + people
    assert await gateway.rows(select(TIMERS.c.id).where(TIMERS.c.state == "armed")) == []
