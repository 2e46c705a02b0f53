"""The table of who is told what, the waits between tries, and what client systems may be told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services import notify
from services.notify.deliveries.domain import DISABLED, LASTING_FAILURE, REMOVED, has_failed_lastingly
from services.notify.messages import domain
from services.notify.messages.rendering import TEMPLATES, moment_in
from services.notify.recipients.domain import LEFT, NO_ADDRESS, UNKNOWN, known, unknown
from services.notify.webhooks.public import PUBLIC_TYPES, UnknownEventTypes, checked_types
from shared.events import REGISTRY, Snapshot
from shared.events.words import WORDS

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_occasion_has_one_rule_and_a_template_in_both_languages() -> None:
    occasions = [rule.occasion for rule in domain.RULES]
    assert len(set(occasions)) == len(occasions)
    for language in ("zh", "en"):
        written = {path.stem for path in (TEMPLATES / language).glob("*.j2")}
        assert written == {*occasions, "frame"}


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.glob("*/*.j2")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_template_is_in_its_own_language(template: Path) -> None:
    words = re.sub(r"{[{%].*?[%}]}", "", template.read_text(encoding="utf-8"))
    assert bool(CHINESE.search(words)) == (template.parent.name == "zh")


def test_whoever_has_two_parts_is_told_once() -> None:
    class Unanswered:
        leader_ids, superior_ids = (UUID(int=1), UUID(int=2)), (UUID(int=2), UUID(int=3))

    whom = domain.people("leader_ids", "superior_ids")(Unanswered())
    assert whom.keys == tuple(f"person:{UUID(int=number)}" for number in (1, 2, 3))


def test_only_a_recipient_not_heard_of_yet_may_become_reachable() -> None:
    assert known("person:1", "王工", "wang@demo.example", "zh-CN").hindrance is None
    assert known("person:1", "王工", "", "zh-CN").hindrance == "no_address"
    assert known("person:1", "王工", "wang@demo.example", "zh-CN", active=False).hindrance == "recipient_left"
    assert unknown("person:1").hindrance == "recipient_unknown"


def test_a_mail_is_tried_ten_times_ever_less_often() -> None:
    assert domain.next_try(1, NOW) == NOW + timedelta(seconds=15)
    assert domain.next_try(9, NOW) == NOW + timedelta(hours=8)
    assert domain.next_try(10, NOW) is None
    assert all(earlier < later for earlier, later in pairwise(domain.WAITS))
    assert sum(domain.WAITS, timedelta()) == timedelta(hours=15, minutes=51, seconds=15)


def test_an_endpoint_is_dead_when_nothing_got_through_since_the_delivery_given_up() -> None:
    assert has_failed_lastingly(NOW, None)
    assert has_failed_lastingly(NOW, NOW - timedelta(seconds=1))
    assert not has_failed_lastingly(NOW, NOW)


def test_client_systems_are_told_facts_of_their_customer_and_no_secrets() -> None:
    assert {"incidents.incident_reported.v1", "escalation.plan_completed.v1"} <= set(PUBLIC_TYPES)
    assert not {"feedback.survey_sent.v1", "feedback.survey_reminded.v1"} & set(PUBLIC_TYPES)
    for event_type in PUBLIC_TYPES:
        event = REGISTRY[event_type]
        assert "customer_id" in event.model_fields
        assert "link" not in event.model_fields
        assert not issubclass(event, Snapshot)
        assert not event_type.startswith("notify.")


def test_event_types_are_checked_and_put_in_order() -> None:
    assert checked_types(["incidents.incident_resolved.v1", "incidents.incident_closed.v1"] * 2) == [
        "incidents.incident_closed.v1",
        "incidents.incident_resolved.v1",
    ]
    with pytest.raises(UnknownEventTypes) as refused:
        checked_types(["incidents.incident_closed.v1", "feedback.survey_sent.v1", "*"])
    assert refused.value.members["unknown"] == ["*", "feedback.survey_sent.v1"]


def test_every_reason_has_a_term_in_both_languages() -> None:
    service = Path(notify.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in service.rglob("*.py"))
    reasons = set(re.findall(r"(?:Refused|TryLater)\(\"([a-z_]+)\"", code))
    reasons |= {REMOVED, DISABLED, LASTING_FAILURE, NO_ADDRESS, LEFT, UNKNOWN}
    assert reasons <= WORDS.keys()
    assert "gone" in reasons


@pytest.mark.parametrize(
    ("zone", "language", "shown"),
    [
        ("Asia/Shanghai", "zh", "2026-03-02 09:30（UTC+08:00）"),
        ("Asia/Shanghai", "en", "2026-03-02 09:30 (UTC+08:00)"),
        ("Asia/Kathmandu", "en", "2026-03-02 07:15 (UTC+05:45)"),
        ("America/St_Johns", "en", "2026-03-01 22:00 (UTC-03:30)"),
    ],
)
def test_times_are_stated_with_their_offset(zone: str, language: str, shown: str) -> None:
    assert moment_in(NOW, language, ZoneInfo(zone)) == shown
