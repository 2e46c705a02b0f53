"""If-Match as it may come: several tags, weakened ones, any version; and where no version is looked at, a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from shared.permissions import Role
from tests.harness import OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
ANNA = {"name_zh": "安娜", "name_en": "Anna", "email": "anna@provider.example", "phone": "1", "roles": ["desk"]}


async def changed(gateway: OneService, tags: str) -> tuple[int, dict[str, Any], str]:
    """Change a person at version 1 under these tags: the answer, and the person's phone afterwards."""
    async with gateway.as_(ADMIN) as admin:
        path = f"/v1/people/{(await admin.post('/v1/people', json=ANNA)).json()['id']}"
        answer = await admin.patch(path, json={"phone": "2"}, headers={b"If-Match": tags.encode("latin-1")})
        return answer.status_code, answer.json(), (await admin.get(path)).json()["phone"]


@pytest.mark.parametrize("tags", ['"1"', ' "1" ', 'W/"1"', '"7", "1"', '"1","2"', "*"])
async def test_a_change_for_this_version_is_made(one_service: OneService.Factory, tags: str) -> None:
    status, person, phone = await changed(await one_service("gateway"), tags)
    assert (status, person["version"], phone) == (200, 2, "2")


@pytest.mark.parametrize(("tags", "expected"), [('"2"', [2]), ('W/"2"', [2]), ('"3", "2"', [2, 3])])
async def test_a_change_for_other_versions_is_refused(
    one_service: OneService.Factory, tags: str, expected: list[int]
) -> None:
    status, problem, phone = await changed(await one_service("gateway"), tags)
    assert (status, problem["code"], phone) == (412, "version_mismatch", "1")
    assert (problem["current"], problem["expected"]) == (1, expected)


@pytest.mark.parametrize(
    "tags", ["", " ", ",", "1", '"one"', '"1" "2"', '"1",', '"-1"', 'w/"1"', '"1", *', '"²"', '"' + "9" * 19 + '"']
)
async def test_tags_that_are_none_of_ours_are_refused(one_service: OneService.Factory, tags: str) -> None:
    status, problem, phone = await changed(await one_service("gateway"), tags)
    assert (status, problem["code"], phone) == (400, "malformed_request", "1")


@pytest.mark.parametrize("repeatable", [{}, {"Idempotency-Key": "once"}])
async def test_a_precondition_that_nobody_looks_at_is_not_passed_over(
    one_service: OneService.Factory, repeatable: dict[str, str]
) -> None:
    gateway = await one_service("gateway")
    async with gateway.as_(ADMIN) as admin:
        answer = await admin.post("/v1/people", json=ANNA, headers={"If-Match": '"1"', **repeatable})
    assert (answer.status_code, answer.json()["code"]) == (400, "precondition_unsupported")
    assert await gateway.is_empty()
