"""Named calendars: entered by the administrator, read by everybody, checked before anything counts on them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.permissions import Role
from tests.builders.contracts import NAMES, NO_BREAK, OFFICE, a_calendar, a_chinese_calendar
from tests.harness import ANYBODY, OneService, principal

ADMIN = principal(Role.ADMINISTRATOR)
NOBODYS = "019a0000-0000-7000-8000-00000000dead"
FRIDAY_EVENING = "2026-10-09T18:30:00+08:00"
"""The Saturday after it is worked for the National Day."""


async def test_a_calendar_is_read_as_it_was_entered(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        entered = await a_calendar(admin, code="duty", provisional_years=[2028, 2027, 2028])
        read = await admin.get(f"/v1/calendars/{entered['id']}")
    assert read.json() == entered
    assert read.headers["etag"] == '"1"'
    assert {name: entered[name] for name in ("code", "data", "provisional_years", "first_year")} == {
        "code": "duty",
        "data": NO_BREAK,
        "provisional_years": [2027, 2028],
        "first_year": None,
    }


async def test_calendars_are_listed_in_pages_newest_first(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        entered = [(await a_calendar(admin))["id"] for _ in range(3)]
        first = await admin.get("/v1/calendars?limit=2")
        rest = await admin.get(first.links["next"]["url"])
    assert [calendar["id"] for calendar in first.json() + rest.json()] == entered[::-1]
    assert "next" not in rest.links


async def test_a_customers_people_read_the_providers_calendars(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_calendar(admin)
    async with contracts.as_(principal(Role.CUSTOMER_USER, customer_id=uuid4())) as client:
        listed = (await client.get("/v1/calendars")).json()
        seen = await client.post(f"/v1/calendars/{calendar['id']}/preview", json={"at": FRIDAY_EVENING})
    assert [found["id"] for found in listed] == [calendar["id"]]
    assert seen.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/calendars", NAMES | {"data": NO_BREAK}),
        ("/v1/calendars:china", {"from_year": 2026, "to_year": 2027}),
        (f"/v1/calendars/{NOBODYS}/correct", {"data": NO_BREAK, "reason": "No break."}),
        (f"/v1/calendars/{NOBODYS}/extend", {"to_year": 2028, "reason": "Announced."}),
    ],
)
async def test_only_an_administrator_writes_calendars(
    one_service: OneService.Factory, path: str, body: dict[str, Any]
) -> None:
    contracts = await one_service("contracts")
    user = principal(Role.CUSTOMER_USER, customer_id=uuid4())
    for who, status in ((principal(Role.DESK), 403), (user, 403), (ANYBODY, 401)):
        async with contracts.as_(who) as client:
            assert (await client.post(path, json=body)).status_code == status
    assert await contracts.is_empty()


@pytest.mark.parametrize(
    ("data", "why", "zh"),
    [
        (
            NO_BREAK | {"week": [[["09:00", "12:00"], ["11:00", "13:00"]]] * 7},
            "overlapping_windows",
            "工作日历无效：时段相互重叠（09:00-12:00, 11:00-13:00）。",
        ),
        (NO_BREAK | {"week": [[]] * 7}, "empty_week", "工作日历无效：一周内没有任何工作时段（week）。"),
        (NO_BREAK | {"zone": "Nowhere"}, "unknown_zone", "工作日历无效：时区不存在（Nowhere）。"),
        (
            NO_BREAK | {"exceptions": {"2026-02-30": []}},
            "bad_date",
            "工作日历无效：日期不存在，格式应为 YYYY-MM-DD（2026-02-30）。",
        ),
        (
            NO_BREAK | {"exceptions": {"0001-01-01": []}},
            "beyond_calendar",
            "工作日历无效：日历仅涵盖 1900 至 2199 年（1900-2199）。",
        ),
        (
            NO_BREAK | {"exceptions": {"2200-01-01": []}},
            "beyond_calendar",
            "工作日历无效：日历仅涵盖 1900 至 2199 年（1900-2199）。",
        ),
    ],
)
async def test_what_is_no_calendar_is_refused_in_the_readers_language(
    one_service: OneService.Factory, data: dict[str, Any], why: str, zh: str
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post("/v1/calendars", json=NAMES | {"data": data}, headers={"Accept-Language": "zh-CN"})
        listed = (await admin.get("/v1/calendars")).json()
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["why"], problem["detail"]) == (
        422,
        "invalid_calendar",
        why,
        zh,
    )
    assert listed == []
    assert await contracts.is_empty()


async def test_a_code_names_one_calendar(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        await a_calendar(admin, code="duty")
        again = await admin.post("/v1/calendars", json=NAMES | {"data": NO_BREAK, "code": "duty"})
        spaced = await admin.post("/v1/calendars", json=NAMES | {"data": NO_BREAK, "code": "on duty"})
    assert (again.status_code, again.json()["code"]) == (409, "calendar_code_taken")
    assert (spaced.status_code, spaced.json()["code"]) == (422, "invalid_input")


async def test_chinas_calendar_holds_the_announced_days_and_marks_the_years_to_come(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_chinese_calendar(admin, 2026, 2028)
    assert calendar["name_zh"] == "中国办公时间"
    assert calendar["data"]["exceptions"]["2026-10-01"] == []
    assert calendar["data"]["exceptions"]["2026-10-10"] == OFFICE
    assert "2026-10-03" not in calendar["data"]["exceptions"], "a Saturday is closed anyway"
    assert calendar["provisional_years"] == [2027, 2028]
    assert (calendar["first_year"], calendar["last_year"]) == (2026, 2028)


async def test_chinas_calendar_follows_a_week_of_ones_own(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    shop = {"from_year": 2026, "to_year": 2026, "week": [[["10:00", "22:00"]]] * 7}
    async with contracts.as_(ADMIN) as admin:
        days = (await admin.post("/v1/calendars:china", json=shop)).json()["data"]["exceptions"]
        broken = await admin.post("/v1/calendars:china", json=shop | {"week": [[]] * 7})
    assert days["2026-10-03"] == []
    assert "2026-10-10" not in days
    assert (broken.status_code, broken.json()["why"]) == (422, "empty_week")


@pytest.mark.parametrize(("from_year", "to_year"), [(1999, 2026), (2027, 2026)])
async def test_years_that_are_not_held_are_refused(
    one_service: OneService.Factory, from_year: int, to_year: int
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post("/v1/calendars:china", json={"from_year": from_year, "to_year": to_year})
    assert (answer.status_code, answer.json()["code"]) == (422, "holidays_not_held")
    assert await contracts.is_empty()


async def test_a_preview_tells_what_a_calendar_says_and_changes_nothing(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_chinese_calendar(admin, 2026, 2027)
        path = f"/v1/calendars/{calendar['id']}"
        asked = {"at": FRIDAY_EVENING, "amount": 1, "unit": "working_days", "from_on": "2026-10-01", "days": 10}
        seen = (await admin.post(f"{path}/preview", json=asked)).json()
        after = (await admin.get(path)).json()
    assert (seen["is_open"], seen["next_opening"]) == (False, "2026-10-10T09:00:00+08:00")
    assert seen["due_at"] == "2026-10-12T09:00:00+08:00"
    assert [interval["starts_at"] for interval in seen["intervals"]][::2] == [
        "2026-10-08T09:00:00+08:00",
        "2026-10-09T09:00:00+08:00",
        "2026-10-10T09:00:00+08:00",
    ]
    assert seen["provisional_years"] == []
    assert after == calendar


async def test_a_preview_marks_years_that_are_not_announced(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        calendar = await a_chinese_calendar(admin, 2026, 2028)
        asked = {"at": "2026-12-31T17:00:00+08:00", "amount": 3, "unit": "working_days"}
        seen = (await admin.post(f"/v1/calendars/{calendar['id']}/preview", json=asked)).json()
    assert seen["provisional_years"] == [2027]


async def test_a_preview_shows_a_calendar_as_it_would_be(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        path = f"/v1/calendars/{(await a_chinese_calendar(admin, 2026, 2026))['id']}/preview"
        noon = {"at": "2026-11-02T12:30:00+08:00"}
        now = (await admin.post(path, json=noon)).json()
        then = (await admin.post(path, json=noon | {"data": NO_BREAK})).json()
    assert (now["is_open"], then["is_open"]) == (False, True)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"at": "2026-10-09T18:30:00"}, "invalid_input"),
        ({"at": FRIDAY_EVENING, "days": 63}, "invalid_input"),
        ({"at": FRIDAY_EVENING, "amount": -1}, "invalid_input"),
        ({"at": "2250-01-01T00:00:00Z"}, "beyond_years"),
        ({"at": FRIDAY_EVENING, "from_on": "9999-12-31"}, "beyond_years"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "beyond_years"),
        ({"at": FRIDAY_EVENING, "data": {"zone": "Nowhere", "week": []}}, "invalid_calendar"),
    ],
)
async def test_a_question_without_an_answer_is_refused(
    one_service: OneService.Factory, asked: dict[str, Any], code: str
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.post(f"/v1/calendars/{(await a_calendar(admin))['id']}/preview", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "/preview", {"at": FRIDAY_EVENING}),
        ("POST", "/correct", {"data": NO_BREAK, "reason": "No break."}),
        ("POST", "/extend", {"to_year": 2028, "reason": "Announced."}),
    ],
)
async def test_a_calendar_that_is_not_there_is_not_found(
    one_service: OneService.Factory, method: str, path: str, body: dict[str, Any] | None
) -> None:
    contracts = await one_service("contracts")
    async with contracts.as_(ADMIN) as admin:
        answer = await admin.request(method, f"/v1/calendars/{NOBODYS}{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "calendar_not_found")
