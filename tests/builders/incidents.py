"""A customer with a contract, as incidents hears of it, and the people who act: what its tests start from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from shared.auth import Principal
from shared.calendar import chinese_office_hours
from shared.events.contracts import (
    AgreementChanged,
    AssetChanged,
    CustomerChanged,
    DepartmentChanged,
    KeyBusinessChanged,
    SiteChanged,
    Target,
)
from shared.events.gateway import PersonChanged
from shared.events.incidents import ArmedClock, ClockBreached, ClocksArmed, ClockStopped, ClockWarned
from shared.mechanisms import tables_of
from shared.permissions import Permission, Role
from tests.harness import OneService, principal

HOUR = 3600
OFFICE_HOURS = chinese_office_hours((), ()).to_data()
TARGETS = tuple(
    Target(severity=severity, kind=kind, amount=amount, unit=unit)
    for severity, kind, amount, unit in (
        ("general", "respond", HOUR, "seconds"),
        ("general", "on_site", 2 * HOUR, "seconds"),
        ("general", "resolve", 8 * HOUR, "seconds"),
        ("major", "respond", HOUR, "seconds"),
        ("major", "on_site", 2 * HOUR, "seconds"),
        ("major", "resolve", 1, "working_days"),
        ("major", "plan_requested", HOUR, "seconds"),
        ("major", "plan_decided", HOUR // 2, "seconds"),
        ("major", "superior_told", 2 * HOUR, "seconds"),
        ("disaster", "respond", HOUR // 2, "seconds"),
        ("disaster", "on_site", 2 * HOUR, "seconds"),
        ("disaster", "resolve", 6 * HOUR, "seconds"),
        ("disaster", "plan_requested", HOUR // 4, "seconds"),
        ("disaster", "plan_decided", HOUR // 4, "seconds"),
        ("disaster", "superior_told", HOUR, "seconds"),
        ("consultation", "respond", 4 * HOUR, "working_seconds"),
        ("consultation", "resolve", 3, "working_days"),
    )
)
TIMERS = tables_of("incidents")["timers"]
ENGINEER_ID, DESK_ID = uuid7(), uuid7()
DESK = principal(Role.DESK, person_id=DESK_ID)
ENGINEER = principal(Role.ENGINEER, person_id=ENGINEER_ID)
CLASSIFIED = {"severity": "general", "fault_class": "device", "analysis": "The supervisor card does not start."}
SOLVED = {"solution": "Supervisor card replaced, traffic checked."}


@dataclass(frozen=True)
class Customer:
    """One customer's ids. Its core switch is at its computer room, and the ward system depends on it."""

    id: UUID = field(default_factory=uuid7)
    site: UUID = field(default_factory=uuid7)
    asset: UUID = field(default_factory=uuid7)
    printer: UUID = field(default_factory=uuid7)
    wards: UUID = field(default_factory=uuid7)
    office: UUID = field(default_factory=uuid7)
    business: UUID = field(default_factory=uuid7)
    agreement: UUID = field(default_factory=uuid7)
    user: Principal = field(init=False)
    key: Principal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "user", principal(Role.CUSTOMER_USER, customer_id=self.id))
        scopes = frozenset({Permission.INCIDENTS_REPORT.value, Permission.INCIDENTS_READ.value})
        object.__setattr__(self, "key", replace(self.user, kind="key", id=uuid7(), roles=(), permissions=scopes))

    def report(self, **changes: Any) -> dict[str, Any]:
        """A report of the core switch's failure, as the customer's own people send it."""
        body = {
            "title": "Core switch down",
            "description": "No traffic since 08:10.",
            "asset_id": str(self.asset),
            "contact_name": "示例联系人",
            "contact_email": "contact@example.com",
        }
        return body | changes

    def agreed(self, **changes: Any) -> AgreementChanged:
        said = {
            "agreement_id": self.agreement,
            "contract_id": uuid7(),
            "contract_number": "C-2026-1",
            "customer_id": self.id,
            "revision": 1,
            "in_force": True,
            "starts_on": date(2020, 1, 1),
            "ends_on": date(2120, 1, 1),
            "site_ids": (),
            "asset_ids": (self.asset,),
            "calendar": OFFICE_HOURS,
            "targets": TARGETS,
        }
        return AgreementChanged.model_validate(said | changes)


def person(person_id: UUID, name_zh: str, name_en: str, *roles: Role, active: bool = True) -> PersonChanged:
    return PersonChanged(
        person_id=person_id,
        name_zh=name_zh,
        name_en=name_en,
        email="demo@example.com",
        phone="0",
        locale="zh-CN",
        roles=tuple(role.value for role in roles),
        customer_id=None,
        active=active,
    )


async def a_customer(incidents: OneService, *agreed: AgreementChanged, of: Customer | None = None) -> Customer:
    """A customer whose records were heard, with `agreed` in place of its usual agreement."""
    customer = of or Customer()
    about = {"customer_id": customer.id}
    names = {"name_zh": "示例", "name_en": "Example"}
    thing = {"product": "p", "model": "m", "serial": "s", "criticality": "high", "site_id": customer.site}
    mail = {"email": "d@example.com", "locale": "zh-CN"}
    told = [
        CustomerChanged(**about, name_zh="示例医院", name_en="Example Hospital", active=True),
        SiteChanged(**about, **names, site_id=customer.site, address="示例路 1 号", region="Chengdu"),
        AssetChanged(**about, **thing, asset_id=customer.asset, name="Core switch"),
        AssetChanged(**about, **thing, asset_id=customer.printer, name="Printer"),
        DepartmentChanged(**about, **names, **mail, department_id=customer.wards),
        DepartmentChanged(**about, **names, **mail, department_id=customer.office),
        KeyBusinessChanged(
            **about,
            **names,
            key_business_id=customer.business,
            department_id=customer.wards,
            asset_ids=(customer.asset,),
            dependence="very_high",
            tolerable_outage_seconds=HOUR,
        ),
        *(agreed or [customer.agreed()]),
        person(ENGINEER_ID, "示例工程师", "Example Engineer", Role.ENGINEER),
        person(DESK_ID, "示例坐席", "Example Desk", Role.DESK),
    ]
    for event in told:
        await incidents.hear(event)
    return customer


async def reported(incidents: OneService, customer: Customer, **changes: Any) -> dict[str, Any]:
    """An incident that a user of the customer reported."""
    async with incidents.as_(customer.user) as user:
        answer = await user.post("/v1/incidents", json=customer.report(**changes))
    assert answer.status_code == 201, answer.text
    incident: dict[str, Any] = answer.json()
    return incident


async def do(
    incidents: OneService, who: Principal, incident: dict[str, Any], move: str, body: Any = None, *, expect: int = 200
) -> dict[str, Any]:
    """Make a move of the incident, and see it answered with `expect`."""
    async with incidents.as_(who) as client:
        answer = await client.post(f"/v1/incidents/{incident['id']}/{move}", json=body or {})
    assert answer.status_code == expect, answer.text
    moved: dict[str, Any] = answer.json()
    return moved


async def in_progress(incidents: OneService, customer: Customer, **classified: Any) -> dict[str, Any]:
    """An incident that was acknowledged and classified at once."""
    incident = await reported(incidents, customer)
    await do(incidents, DESK, incident, "acknowledge")
    return await do(incidents, ENGINEER, incident, "classify", CLASSIFIED | classified)


async def seen(incidents: OneService, incident: dict[str, Any], who: Principal = DESK) -> dict[str, Any]:
    """The incident as it is now."""
    async with incidents.as_(who) as client:
        answer = await client.get(f"/v1/incidents/{incident['id']}")
    found: dict[str, Any] = answer.json()
    return found


def states(incident: dict[str, Any]) -> dict[str, str]:
    """The state of each of the incident's promises."""
    return {clock["kind"]: clock["state"] for clock in incident["clocks"]}


async def warned(incidents: OneService, kind: str) -> list[int]:
    """The shares at which was warned of a kind of promise, in the order it was said."""
    return [w.percent for w in await incidents.said(ClockWarned) if w.kind == kind]


async def broken(incidents: OneService) -> list[str]:
    """The kinds of promises that were said to be broken, in that order."""
    return [b.kind for b in await incidents.said(ClockBreached)]


async def armed(incidents: OneService, kind: str | None = None) -> list[ArmedClock]:
    """Each clock, or each of a kind, as often as it was said to run."""
    told = [clock for said in await incidents.said(ClocksArmed) for clock in said.clocks]
    return [clock for clock in told if kind in (None, clock.kind)]


async def stopped(incidents: OneService) -> dict[str, str]:
    """How each promise that ended was judged."""
    return {s.kind: s.outcome for s in await incidents.said(ClockStopped)}


def clock(incident: dict[str, Any], kind: str) -> dict[str, Any]:
    """The one clock of a kind."""
    [found] = [clock for clock in incident["clocks"] if clock["kind"] == kind]
    assert isinstance(found, dict)
    return found


def counted_minutes(incident: dict[str, Any], kind: str) -> int:
    """Whole minutes that the one clock of a kind has counted; the seconds of a test's own run are none of them."""
    return int(clock(incident, kind)["counted_seconds"]) // 60


async def armed_timers(incidents: OneService) -> list[str]:
    """The labels of the timers of promises that would still fire."""
    of_clocks = TIMERS.c.kind.in_(("clock_warning", "clock_breach")) & (TIMERS.c.state == "armed")
    rows = await incidents.rows(select(TIMERS.c.label).where(of_clocks).order_by(TIMERS.c.label))
    return [row[0] for row in rows]
