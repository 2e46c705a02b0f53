"""`aftercare contracts` and `aftercare calendars`: what was agreed, whom to call, what a calendar says of a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.answering import Answering
from tests.builders.calling import Caller
from tests.builders.receiving import HOSPITAL

CONTRACT = "00000000-0000-7000-8000-00000000002a"
CALENDAR = "00000000-0000-7000-8000-00000000002b"
DAY = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = [DAY] * 5 + [[], []]
OFFICE = {"zone": "Asia/Shanghai", "week": WEEK, "exceptions": {"2026-10-01": [], "2026-10-02": [], "2026-10-10": DAY}}
LISTS = f"/v1/contracts/{CONTRACT}/contact-list"


def agreement(revision: int, state: str, hours: int) -> dict[str, Any]:
    return {
        "id": CALENDAR,
        "revision": revision,
        "state": state,
        "calendar": OFFICE,
        "targets": [
            {"severity": "major", "kind": "resolve", "amount": hours * 3600, "unit": "seconds"},
            {"severity": "general", "kind": "resolve", "amount": 3, "unit": "working_days"},
            {"severity": "general", "kind": "respond", "amount": 3600, "unit": "working_seconds"},
        ],
        "warning_percents": [50, 90],
        "pause_reasons": ["waiting_for_customer"],
        "close_after_days": 5,
        "provider_signed_by": "Wu",
        "provider_signed_at": None,
        "customer_signed_by": None,
        "customer_signed_at": None,
    }


@pytest.fixture
def platform() -> Answering:
    content = {
        "contract_number": "DEMO-1",
        "customer_zh": "演示医院",
        "customer_en": "Demo Hospital",
        "hotline": "400-1",
        "hotline_email": "desk@demo.example",
        "engineers": [{"name_zh": "李伟", "name_en": "Li Wei", "phone": "138", "email": "li@demo.example"}],
        "contacts": [
            {"name": "Zhou", "role_zh": "主任", "role_en": "Head", "phone": "139", "email": "", "site_zh": None}
            | {"site_en": None}
        ],
    }
    term = {"starts_on": "2026-01-01", "ends_on": "2029-01-01"}
    calendar: dict[str, Any] = {
        "id": CALENDAR,
        "code": "CN",
        "name_zh": "中国办公时间",
        "name_en": "China office hours",
        "data": OFFICE,
    }
    calendar |= {"provisional_years": [2027], "first_year": 2026, "last_year": 2027}
    preview = {
        "at": "2026-03-07T02:30:00Z",
        "is_open": False,
        "next_opening": "2026-03-09T01:00:00Z",
        "due_at": "2026-03-09T03:00:00Z",
        "intervals": [{"starts_at": "2026-03-09T09:00:00+08:00", "ends_at": "2026-03-09T12:00:00+08:00"}],
        "provisional_years": [],
    }
    customer = {"customer_id": HOSPITAL, "name_zh": "演示医院", "name_en": "Demo Hospital", "active": True}
    issued = {"issued_at": "2026-03-01T00:00:00Z"}
    return Answering(
        {
            ("GET", "/v1/customers"): [customer],
            ("GET", f"/v1/customers/{HOSPITAL}"): customer,
            ("GET", "/v1/contracts"): [{"id": CONTRACT, "number": "DEMO-1", "customer_id": HOSPITAL} | term],
            ("GET", f"/v1/contracts/{CONTRACT}/agreements"): [
                agreement(1, "in_force", 8),
                agreement(2, "draft", 4),
            ],
            ("GET", LISTS): [issued | {"version": 1}, issued | {"version": 2}],
            ("GET", f"{LISTS}/2"): issued | {"version": 2, "content": content},
            ("GET", f"{LISTS}/2/document"): b"PK document",
            ("GET", "/v1/calendars"): [calendar],
            ("POST", "/v1/calendars:china"): calendar,
            ("POST", f"/v1/calendars/{CALENDAR}/preview"): preview,
        }
    )


@pytest.fixture
def caller(tmp_path: Path, platform: Answering) -> Caller:
    return Caller(tmp_path, platform.transport)


def told(caller: Caller, *arguments: str, language: str = "en") -> str:
    """What was told, with every run of blanks as one."""
    code, out, err = caller.calls(*arguments, language=language)
    assert (code, err) == (0, "")
    return " ".join(out.split())


def test_contracts_are_listed_with_their_customers(caller: Caller) -> None:
    assert "DEMO-1 Demo Hospital 2026-01-01 2029-01-01" in told(caller, "contracts", "list")
    assert json.loads(caller.calls("contracts", "list", "--json")[1])[0]["number"] == "DEMO-1"


def test_a_contract_shows_what_the_agreement_in_force_promises(caller: Caller) -> None:
    shown = told(caller, "contracts", "show", "demo-1")
    assert "general fault 1 h of service hours 3 working d" in shown
    assert "major fault 8 h" in shown, "not the draft's 4 h"
    assert "Clocks may pause waiting for the customer" in shown
    assert "3 个工作日" in told(caller, "contracts", "show", "DEMO-1", language="zh")


def test_the_newest_contact_list_is_shown_and_kept_as_a_document(caller: Caller, platform: Answering) -> None:
    kept = caller.folder / "list.docx"
    shown = told(caller, "contracts", "contact-list", "DEMO-1", "--document", str(kept), language="zh")
    assert "第 2 版" in shown
    assert "李伟 工程师 138 li@demo.example" in shown
    assert "Zhou 主任 全部站点 139" in shown
    assert kept.read_bytes() == b"PK document"
    assert ("GET", f"{LISTS}/2/document", {"lang": ["zh-CN"]}) in platform.asked


def test_a_contract_without_a_contact_list_says_so(caller: Caller, platform: Answering) -> None:
    platform.answers["GET", LISTS] = []
    code, _, err = caller.calls("contracts", "contact-list", "DEMO-1")
    assert (code, "No contact list was issued" in err) == (2, True)


def test_a_document_that_cannot_be_written_is_told(caller: Caller) -> None:
    missing = str(caller.folder / "nowhere" / "list.docx")
    code, _, err = caller.calls("contracts", "contact-list", "DEMO-1", "--document", missing)
    assert (code, "list.docx cannot be written" in err) == (2, True)


def test_a_calendar_shows_its_week_and_the_days_that_differ(caller: Caller) -> None:
    assert "China office hours CN Asia/Shanghai 2026–2027 2027" in told(caller, "calendars", "list")
    shown = told(caller, "calendars", "show", "office")
    assert "Fri 09:00–12:00 13:30–18:00 Sat closed" in shown
    assert "2026 closed 10-01 10-02 2026 09:00–12:00 13:30–18:00 10-10" in shown
    assert "2027 年节假日安排尚未公布" in told(caller, "calendars", "show", "CN", language="zh")


def test_a_chinese_calendar_is_added_for_its_years(caller: Caller, platform: Answering) -> None:
    added = told(caller, "calendars", "china", "--from-year", "2026", "--to-year", "2027", "--code", "CN")
    assert platform.written == [("/v1/calendars:china", {"from_year": 2026, "to_year": 2027, "code": "CN"})]
    assert "Added: China office hours." in added


def test_a_calendar_is_asked_of_a_time_in_its_own_zone(caller: Caller, platform: Answering) -> None:
    options = ("--at", "2026-03-07 10:30", "--amount", "7200")
    shown = told(caller, "calendars", "check", "CN", *options)
    [(_, said)] = platform.written
    assert said == {"at": "2026-03-07T10:30:00+08:00", "amount": 7200, "unit": "working_seconds"}
    assert "China office hours is closed at 2026-03-07 10:30:00. It opens at 2026-03-09 09:00:00." in shown
    assert "The time is over at 2026-03-09 11:00:00. 2026-03-09 Mon 09:00 – 12:00" in shown


def test_entitlements_are_told_year_by_year(caller: Caller, platform: Answering) -> None:
    years = [{"year": 1, "granted": 2, "used": 3, "left": -1}, {"year": 2, "granted": 2, "used": 0, "left": 2}]
    visits = {"item_code": "fault_removal", "unit": "visits", "years": years, "withdrawal": None}
    hours: dict[str, Any] = {"item_code": "health_check", "unit": "hours", "withdrawal": "Entered twice"}
    hours |= {"years": [{"year": 1, "granted": 10, "used": 2.25, "left": 7.75}]}
    path = f"/v1/contracts/{CONTRACT}/entitlements"
    item = {"code": "fault_removal", "name_zh": "故障排除服务", "name_en": "Fault removal"}
    platform.answers |= {("GET", path): [visits, hours], ("GET", "/v1/catalogue"): [item]}
    out = told(caller, "contracts", "entitlements", "DEMO-1")
    assert "Fault removal 1 2 3 -1 visits 2 2 0 2 visits" in out
    assert "health_check (withdrawn: Entered twice) 1 10 2.25 7.75 hours" in out
    assert "故障排除服务 1 2 3 -1 次上门" in told(caller, "contracts", "entitlements", "DEMO-1", language="zh")
    assert json.loads(caller.calls("contracts", "entitlements", "DEMO-1", "--json")[1])[1]["withdrawal"]
    platform.answers["GET", path] = []
    assert told(caller, "contracts", "entitlements", "DEMO-1") == "The contract grants no visits or hours."
