"""Signing in, staying in, and being shown out: sessions of people and keys of customers' systems, at the door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from services.gateway.front.app import build_front
from services.gateway.sessions.domain import MOST_TRIES
from services.gateway.sessions.models import SignedInSession, SignInTries
from services.gateway.settings import Settings
from services.gateway.tokens import digest
from shared.mechanisms import tables_of
from tests.builders.gateway import ADMINISTRATOR, PASSWORD, Door
from tests.harness import OneService

WRONG = "wrong horse battery"


async def me(door: Door, token: str | None) -> int:
    async with door.client(token) as client:
        return (await client.get("/v1/me")).status_code


async def a_key(door: Door, *scopes: str) -> dict[str, Any]:
    body = {"name": "Example Hospital monitoring", "customer_id": str(uuid7()), "scopes": scopes}
    async with door.client(await door.token()) as admin:
        answer = await admin.post("/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def test_who_signs_in_gets_a_token_for_twelve_hours_and_is_told_who_they_are(
    one_service: OneService.Factory,
) -> None:
    door = await Door.opened(one_service)
    answer = await door.sign_in()
    begun = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert re.fullmatch(r"acs_[A-Za-z0-9_-]{43}", begun["token"])
    lasts = datetime.fromisoformat(begun["expires_at"]) - await door.gateway.now()
    assert timedelta(hours=11, minutes=59) < lasts <= timedelta(hours=12)
    async with door.client(begun["token"]) as client:
        told = (await client.get("/v1/me")).json()
    assert told == begun["person"]
    assert (told["kind"], told["roles"], told["customer_id"]) == ("person", ["administrator"], None)
    assert "people:write" in told["permissions"]


async def test_a_customers_emergency_team_holds_nothing_of_the_providers_own(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    await door.person(email="team@own.example", roles=["emergency_team"], customer_id=str(uuid7()))
    async with door.client(await door.token("team@own.example")) as client:
        told = (await client.get("/v1/me")).json()
        people = await client.get("/v1/people")
    assert "plans:write" in told["permissions"]
    assert {"people:read", "stock:read"} & set(told["permissions"]) == set()
    assert people.status_code == 403


async def test_a_token_is_stored_as_a_digest_only(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client(**{"Idempotency-Key": "again"}) as client:
        body = {"email": ADMINISTRATOR, "password": PASSWORD}
        tokens = [(await client.post("/v1/sessions", json=body)).json()["token"] for _ in range(2)]
    stored = {row.token_hash for row in await door.gateway.rows(select(SignedInSession.token_hash))}
    assert stored == {digest(token) for token in tokens}
    everything = [
        str(await door.gateway.rows(select(table))) for table in tables_of("gateway").values() if table.name != "heads"
    ]
    assert not any(token in text for token in tokens for text in everything)


async def test_wrong_password_unknown_address_and_disabled_person_look_the_same(
    one_service: OneService.Factory,
) -> None:
    door = await Door.opened(one_service)
    gone = await door.person(email="gone@provider.example")
    mute = await door.person(email="mute@provider.example", password=None)
    async with door.client(await door.token()) as admin:
        await admin.patch(f"/v1/people/{gone['id']}", json={"active": False})
    answers = [
        await door.sign_in(ADMINISTRATOR, WRONG),
        await door.sign_in("nobody@provider.example"),
        await door.sign_in("not an address"),
        await door.sign_in(gone["email"]),
        await door.sign_in(mute["email"]),
    ]
    told = [{k: v for k, v in answer.json().items() if k != "instance"} for answer in answers]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert all(problem == told[0] for problem in told)
    assert told[0]["code"] == "sign_in_refused"


async def test_an_address_is_known_in_any_case(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    assert (await door.sign_in(f" {ADMINISTRATOR.upper()}")).status_code == 201


async def test_guessing_one_persons_password_ends_after_ten_tries_from_wherever(
    one_service: OneService.Factory,
) -> None:
    door = await Door.opened(one_service)
    tries = [await door.sign_in(password=WRONG, address=f"10.0.1.{n}") for n in range(MOST_TRIES + 1)]
    assert [answer.status_code for answer in tries] == [401] * MOST_TRIES + [429]
    assert tries[-1].json()["code"] == "too_many_sign_ins"
    assert 0 < int(tries[-1].headers["retry-after"]) <= 900
    assert (await door.sign_in()).status_code == 429
    door.gateway.time.advance(timedelta(minutes=15))
    assert (await door.sign_in()).status_code == 201


async def test_an_unknown_address_is_limited_as_a_known_one(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    tries = [await door.sign_in("nobody@provider.example") for _ in range(MOST_TRIES + 1)]
    assert [answer.status_code for answer in tries] == [401] * MOST_TRIES + [429]


async def test_signing_in_forgets_the_tries_before(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    for _ in range(MOST_TRIES - 1):
        await door.sign_in(password=WRONG)
    assert (await door.sign_in()).status_code == 201
    assert (await door.sign_in(password=WRONG)).status_code == 401
    assert (await door.sign_in()).status_code == 201


async def test_tries_with_invented_addresses_do_not_pile_up(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    for n in range(5):
        await door.sign_in(f"{n}@nowhere.example")
    door.gateway.time.advance(timedelta(minutes=16))
    await door.sign_in("last@nowhere.example")
    assert len(await door.gateway.rows(select(SignInTries.email_hash))) == 1


async def test_one_address_may_not_try_without_end(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service, sign_ins_burst=3)
    tries = [await door.sign_in(f"{n}@nowhere.example") for n in range(4)]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 429]
    assert int(tries[-1].headers["retry-after"]) >= 1
    assert (await door.sign_in(address="10.0.0.2")).status_code == 201


async def test_a_session_ends_when_its_time_is_over(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    token = await door.token()
    await door.gateway.advance(hours=11, minutes=59)
    assert await me(door, token) == 200
    await door.gateway.advance(minutes=2)
    assert await me(door, token) == 401
    await door.token()
    assert len(await door.gateway.rows(select(SignedInSession.id))) == 1


async def test_who_signs_out_is_out_at_once_and_only_there(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    here, elsewhere = await door.token(), await door.token()
    assert await me(door, here) == 200
    async with door.client(here) as client:
        answer = await client.delete("/v1/sessions/current")
        again = await client.delete("/v1/sessions/current")
    assert (answer.status_code, again.status_code) == (204, 401)
    assert (await me(door, here), await me(door, elsewhere)) == (401, 200)


async def test_a_scheme_in_other_letters_signs_out_as_it_lets_in(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    token = await door.token()
    async with door.client(Authorization=f"bearer  {token}") as client:
        assert (await client.get("/v1/me")).status_code == 200
        assert (await client.delete("/v1/sessions/current")).status_code == 204
    assert await me(door, token) == 401


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another horse battery"}])
async def test_a_disabled_person_or_a_new_password_ends_all_sessions_at_once(
    one_service: OneService.Factory, change: dict[str, Any]
) -> None:
    door = await Door.opened(one_service)
    person = await door.person(email="desk@provider.example")
    token = await door.token(person["email"])
    assert await me(door, token) == 200
    async with door.client(await door.token()) as admin:
        changed = await admin.patch(f"/v1/people/{person['id']}", json=change)
        assert (changed.status_code, await me(door, token)) == (200, 401)
        await admin.patch(f"/v1/people/{person['id']}", json={"active": True})
    assert await me(door, token) == 401


async def test_changed_roles_count_from_the_next_request(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    person = await door.person(email="desk@provider.example")
    async with door.client(await door.token(person["email"])) as desk, door.client(await door.token()) as admin:
        before = await desk.get("/v1/keys")
        await admin.patch(f"/v1/people/{person['id']}", json={"roles": ["administrator"]})
        after = await desk.get("/v1/keys")
    assert (before.status_code, after.status_code) == (403, 200)


async def test_a_key_is_shown_once_and_lets_its_system_in(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    key = await a_key(door, "incidents:report", "incidents:read")
    assert re.fullmatch(r"ack_[A-Za-z0-9_-]{43}", key["key"])
    async with door.client(key["key"]) as system:
        told = (await system.get("/v1/me")).json()
    assert (told["kind"], told["id"], told["customer_id"]) == ("key", key["id"], key["customer_id"])
    assert told["permissions"] == key["scopes"] == ["incidents:read", "incidents:report"]
    async with door.client(await door.token()) as admin:
        [listed] = (await admin.get("/v1/keys")).json()
    assert listed == {name: value for name, value in key.items() if name != "key"}
    assert key["key"].startswith(listed["hint"])


async def test_a_key_does_what_its_scopes_say_and_no_more(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    key = await a_key(door, "incidents:read")
    async with door.client(key["key"]) as system:
        people = await system.get("/v1/people")
        out = await system.delete("/v1/sessions/current")
    assert (people.status_code, people.json()["code"]) == (403, "forbidden")
    assert out.status_code == 404


async def test_a_key_has_only_scopes_of_a_client_system(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    body = {"name": "Greedy", "customer_id": str(uuid7()), "scopes": ["incidents:read", "people:write"]}
    async with door.client(await door.token()) as admin:
        refused = await admin.post("/v1/keys", json=body)
        unknown = await admin.post("/v1/keys", json=body | {"scopes": ["everything"]})
        listed = await admin.get("/v1/keys")
    assert (refused.status_code, refused.json()["code"]) == (422, "scopes_not_allowed")
    assert (unknown.status_code, listed.json()) == (422, [])


async def test_a_revoked_key_opens_nothing_from_then_on(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    key = await a_key(door, "incidents:read")
    assert await me(door, key["key"]) == 200
    async with door.client(await door.token()) as admin:
        revoked = await admin.delete(f"/v1/keys/{key['id']}")
        again = await admin.delete(f"/v1/keys/{key['id']}")
        [listed] = (await admin.get("/v1/keys")).json()
    assert (revoked.status_code, again.status_code, await me(door, key["key"])) == (204, 404, 401)
    assert listed["revoked_at"]


async def test_only_an_administrator_has_to_do_with_keys(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    key = await a_key(door, "incidents:read")
    person = await door.person(email="desk@provider.example")
    async with door.client(await door.token(person["email"])) as desk:
        answers = [
            await desk.get("/v1/keys"),
            await desk.post("/v1/keys", json={"name": "x", "customer_id": str(uuid7()), "scopes": ["incidents:read"]}),
            await desk.delete(f"/v1/keys/{key['id']}"),
        ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_signing_in_and_out_is_on_record(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    async with door.client(await door.token()) as client:
        await client.delete("/v1/sessions/current")
    audit = tables_of("gateway")["audit"]
    noted = await door.gateway.rows(select(audit.c.action, audit.c.origin).order_by(audit.c.number))
    assert [tuple(row) for row in noted][1:] == [("sign_in", "10.0.0.1"), ("sign_out", "10.0.0.1")]


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer acs_unknown",
        "Bearer ack_unknown",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Basic YTpi",
        "acs_x",
        "Bearer ",
        "",
    ],
)
async def test_no_other_word_opens_the_door(one_service: OneService.Factory, authorization: str) -> None:
    door = await Door.opened(one_service)
    async with door.client(Authorization=authorization) as client:
        answer = await client.get("/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_customers_user_is_told_of_themselves_and_signs_out(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    customer_id = str(uuid7())
    await door.person(email="user@own.example", roles=["customer_user"], customer_id=customer_id, locale="en")
    async with door.client(await door.token("user@own.example")) as user:
        told = (await user.get("/v1/me")).json()
        people = await user.get("/v1/people")
        out = await user.delete("/v1/sessions/current")
    assert (told["customer_id"], told["locale"], told["name_en"]) == (customer_id, "en", "Somebody")
    assert (people.status_code, out.status_code) == (403, 204)


async def test_a_look_up_that_a_change_overtook_is_not_remembered(one_service: OneService.Factory) -> None:
    door = await Door.opened(one_service)
    token, identity, database = await door.token(), door.front.identity, door.gateway.runtime.database
    usual = database.time

    def overtaken(moment: datetime) -> datetime:
        identity.forget()
        return usual(moment)

    database.time = overtaken
    assert (await identity.looked_up(token, "10.0.0.1")).kind == "person"
    database.time = usual
    assert identity.remembered(token, "10.0.0.1") is None
    await identity.looked_up(token, "10.0.0.1")
    assert identity.remembered(token, "10.0.0.1")


async def test_what_another_process_revoked_is_believed_for_two_seconds_at_most(
    one_service: OneService.Factory,
) -> None:
    door = await Door.opened(one_service)
    elsewhere = Door(door.gateway, build_front(door.gateway.runtime, {}, door.gateway.signer, Settings()))
    token = await door.token()
    assert (await me(elsewhere, token), elsewhere.front.identity.known_seconds) == (200, 2.0)
    async with door.client(token) as client:
        await client.delete("/v1/sessions/current")
    elsewhere.front.identity.known_seconds = 0
    assert await me(elsewhere, token) == 401
