"""What a changed agreement means for an incident on which work goes on. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import Any
from uuid import UUID

from services.incidents.copies.domain import Terms
from services.incidents.incidents.domain import Cover
from shared.calendar_data import checked_calendar
from shared.errors import NotFound, Unprocessable


class Effect(Enum):
    """`FOLLOW`: it is the incident's own version, perhaps with a corrected calendar, or withdrawn. `REPLACE`: an
    amendment that both sides signed for open incidents too. `COVER`: its contract held at the report, which nobody
    knew; that it counts in the version of that time is seen to by who follows it.
    """

    FOLLOW = auto()
    REPLACE = auto()
    COVER = auto()
    NONE = auto()


def effect(terms: Terms, *, agreement_id: UUID | None, cover: str | None, reported_at: datetime) -> Effect:
    """What the version means for an incident with this agreement, or with this decision where it has none."""
    if agreement_id == terms.agreement_id:
        return Effect.FOLLOW
    if agreement_id is not None:
        return Effect.REPLACE if terms.applies_to_open else Effect.NONE
    return Effect.COVER if cover == Cover.UNDECIDED and terms.hold_at(reported_at) else Effect.NONE


class AgreementNotFound(NotFound):
    code = "agreement_not_found"
    en = "There is no agreement {agreement_id}."
    zh = "没有服务协议 {agreement_id}。"


class TargetRepeated(Unprocessable):
    code = "target_repeated"
    en = "The proposal names {kind} for {severity} more than once."
    zh = "所提方案中 {severity} 的 {kind} 重复。"


def proposed(
    terms: Terms,
    *,
    calendar: Mapping[str, Any] | None = None,
    targets: Sequence[Mapping[str, Any]] | None = None,
    **limits: int | None,
) -> Terms:
    """The terms as they would be; what is not proposed stays. Raises InvalidCalendar, TargetRepeated."""
    changed: dict[str, Any] = {"withdrawn": False, **limits}
    if calendar is not None:
        changed["calendar"] = checked_calendar(calendar).to_data()
    if targets is not None:
        named = Counter((target["severity"], target["kind"]) for target in targets)
        for (severity, kind), times in named.items():
            if times > 1:
                raise TargetRepeated(severity=severity, kind=kind)
        changed["targets"] = tuple(targets)
    return replace(terms, **changed)
