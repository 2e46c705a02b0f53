"""Notify as its tests need it: people it knows, one event of each kind it tells of, webhooks, and the outside world."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar, cast, get_origin
from uuid import UUID

from uuid_utils.compat import uuid7

from clients.recorder import Recorder
from services.notify.loops import Deliveries, Mails
from services.notify.settings import Settings
from shared.auth import Principal
from shared.events import Event
from shared.events.contracts import DepartmentChanged
from shared.events.escalation import (
    ActivationAuthorised,
    ActivationRefused,
    ActivationRequested,
    ActivationUnanswered,
    AlarmRaised,
    EmergencyOpened,
    PartyEngaged,
    SuperiorInformed,
)
from shared.events.feedback import SurveyReminded, SurveySent
from shared.events.gateway import PersonChanged
from shared.events.incidents import (
    IncidentAssigned,
    IncidentClosed,
    IncidentCommented,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    PauseDisputed,
    SolutionRefused,
    VisitPlanned,
    WatchersChanged,
)
from shared.events.inventory import PartReserved
from shared.permissions import Role, permissions_of
from tests.harness import OneService, principal

L = TypeVar("L", Mails, Deliveries)
ADMIN = principal(Role.ADMINISTRATOR)
DESK = principal(Role.DESK)
HOSPITAL, BANK = uuid7(), uuid7()
LEADER, SECOND_LEADER, SUPERIOR, ENGINEER, KEEPER, DEPARTMENT = (uuid7() for _ in range(6))
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LINK = "https://aftercare.demo.example/s/one-time-token"
WARD = "ward@hospital.example"
VENDOR = "support@vendor.example"


def key_of(customer_id: UUID) -> Principal:
    """The API key of a customer's system."""
    held = frozenset(permission.value for permission in permissions_of((Role.CLIENT_SYSTEM.value,)))
    return Principal("key", uuid7(), "Client system", (Role.CLIENT_SYSTEM.value,), held, customer_id, "127.0.0.1")


HOSPITAL_SYSTEM, BANK_SYSTEM = key_of(HOSPITAL), key_of(BANK)


async def opened(one_service: OneService.Factory, recorder: Recorder, **settings: Any) -> OneService:
    """Notify that sends its mails to the recorder and may call it."""
    told = {
        "smtp_host": recorder.host,
        "smtp_port": recorder.smtp_port,
        "allowed_receivers": [f"{recorder.host}:{recorder.http_port}"],
    }
    return await one_service("notify", **told | settings)


def loop_of(notify: OneService, kind: type[L]) -> L:
    """One of notify's loops, to be stepped by the test."""
    settings = cast(Settings, notify.runtime.settings)
    return kind(notify.runtime.database, notify.runtime.tracer, settings, active=lambda: True)


def a_person(person_id: UUID, name: str, locale: str = "zh-CN", **changes: Any) -> PersonChanged:
    facts: dict[str, Any] = {
        "person_id": person_id,
        "name_zh": f"{name}（中文名）",
        "name_en": name,
        "email": f"{name.lower()}@demo.example",
        "phone": "",
        "locale": locale,
        "roles": (),
        "customer_id": None,
        "active": True,
    }
    return PersonChanged(**facts | changes)


def a_department(locale: str = "zh-CN", **changes: Any) -> DepartmentChanged:
    facts: dict[str, Any] = {
        "department_id": DEPARTMENT,
        "customer_id": HOSPITAL,
        "name_zh": "门诊部",
        "name_en": "Outpatients",
        "email": "outpatients@hospital.example",
        "locale": locale,
    }
    return DepartmentChanged(**facts | changes)


async def introduce_everybody(notify: OneService, locale: str = "zh-CN", *, sequence: int = 1) -> None:
    names = {LEADER: "Li", SECOND_LEADER: "Luo", SUPERIOR: "Sun", ENGINEER: "Wang", KEEPER: "Kong"}
    for person_id, name in names.items():
        await notify.hear(a_person(person_id, name, locale), sequence=sequence)
    await notify.hear(a_department(locale), sequence=sequence)


SAID_BY_PEOPLE = (
    "核心交换机故障",
    "所有终端无法访问",
    "引擎板失效",
    "更换引擎板",
    "引擎板在途中",
    "王工",
    "业务中断",
    "护士站",
    "李组长",
    "现场报告与初步分析",
    "示例设备公司",
    "终端仍无法访问",
    "当时备件已到",
    LINK,
)
"""What the events below hold of people's own words: a mail passes it on as it is."""


def happened(kind: type[Event], locale: str = "zh-CN", **changes: Any) -> Any:
    """An event of this kind about one fault at the hospital; those it concerns outside read `locale`."""
    everything: dict[str, Any] = {
        "incident_id": INCIDENT,
        "customer_id": HOSPITAL,
        "number": "INC-2026-000123",
        "title": "核心交换机故障",
        "description": "所有终端无法访问",
        "channel": "api",
        "severity": "major",
        "fault_class": "device",
        "analysis": "引擎板失效",
        "covered": True,
        "agreement_id": uuid7(),
        "contract_number": "HT-2026-001",
        "contact_name": "护士站",
        "contact_email": WARD,
        "contact_locale": locale,
        "leader_ids": (LEADER, SECOND_LEADER),
        "superior_ids": (SUPERIOR,),
        "recipient_ids": (LEADER, ENGINEER),
        "plan_name_zh": "核心交换机预案",
        "plan_name_en": "Core switch plan",
        "requested_by": ENGINEER,
        "decided_by": LEADER,
        "decided_by_name": "李组长",
        "information": "现场报告与初步分析",
        "party_name": "示例设备公司",
        "party_email": VENDOR,
        "party_locale": locale,
        "part_number": "FAN-9000",
        "part_name_zh": "风扇模块",
        "part_name_en": "Fan module",
        "quantity": 2,
        "depot_name_zh": "成都备件库",
        "depot_name_en": "Chengdu depot",
        "keeper_id": KEEPER,
        "engineer_id": ENGINEER,
        "engineer_name": "王工",
        "solution": "更换引擎板",
        "text": "引擎板在途中",
        "author_name": "王工",
        "department_ids": (DEPARTMENT,),
        "link": LINK,
        "reason_given": "终端仍无法访问",
        "dispute": "当时备件已到",
        "team": "regional",
        "detail": "resolve",
        "reason": "clock_breached" if kind is AlarmRaised else "业务中断",
    }
    told = everything | changes
    return kind(**{name: told.get(name, _any(field.annotation)) for name, field in kind.model_fields.items()})


def _any(annotation: Any) -> Any:
    """Some value for a field that the test does not care for."""
    values = {datetime: AT, UUID: uuid7(), str: "-", int: 1, float: 1.0, bool: False, dict[str, Any]: {}}
    return values.get(annotation, () if get_origin(annotation) is tuple else None)


INCIDENT = uuid7()
TOLD: dict[type[Event], set[str]] = {
    IncidentReported: {WARD},
    EmergencyOpened: {"li@demo.example", "luo@demo.example"},
    SuperiorInformed: {"sun@demo.example"},
    ActivationRequested: {"li@demo.example", "luo@demo.example"},
    ActivationUnanswered: {"li@demo.example", "luo@demo.example", "sun@demo.example"},
    ActivationAuthorised: {"wang@demo.example"},
    ActivationRefused: {"wang@demo.example"},
    AlarmRaised: {"li@demo.example", "wang@demo.example"},
    PartyEngaged: {VENDOR},
    PartReserved: {"kong@demo.example"},
    VisitPlanned: {"wang@demo.example"},
    IncidentAssigned: {"wang@demo.example"},
    SolutionRefused: {"wang@demo.example"},
    IncidentReopened: {"wang@demo.example"},
    PauseDisputed: {"wang@demo.example"},
    IncidentResolved: {"outpatients@hospital.example", WARD},
    IncidentClosed: set(),
    IncidentCommented: {WARD},
    SurveySent: {WARD},
    SurveyReminded: {WARD},
}
"""Who gets a mail on each event, by address."""


def watched_by(*person_ids: UUID) -> WatchersChanged:
    return WatchersChanged(incident_id=INCIDENT, customer_id=HOSPITAL, person_ids=person_ids, watchers=len(person_ids))


async def messages(notify: OneService, who: Principal = DESK, **query: Any) -> list[dict[str, Any]]:
    """The messages as the API lists them, oldest first."""
    async with notify.as_(who) as client:
        answer = await client.get("/v1/messages", params=query)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()
    return listed[::-1]


async def a_webhook(
    notify: OneService, url: str, *event_types: str, who: Principal = HOSPITAL_SYSTEM, **extra: Any
) -> dict[str, Any]:
    """An endpoint entered by the customer's system, with its secret."""
    wanted = list(event_types) or [IncidentReported.type]
    async with notify.as_(who) as client:
        answer = await client.post("/v1/webhooks", json={"url": url, "event_types": wanted, **extra})
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def get(notify: OneService, path: str, who: Principal = HOSPITAL_SYSTEM, **query: Any) -> Any:
    async with notify.as_(who) as client:
        answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()
