"""States and moves of an incident, and who may make them. Pure.

The table of moves is the only one: it feeds the CHECK constraint, the routes' permissions and the answer's `allowed`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Forbidden, IllegalMove, Unprocessable
from shared.permissions import Permission
from shared.priorities import DEFAULT_PRIORITIES


class State(StrEnum):
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


class Severity(StrEnum):
    GENERAL = "general"
    MAJOR = "major"
    DISASTER = "disaster"
    CONSULTATION = "consultation"


class FaultClass(StrEnum):
    DEVICE = "device"
    LINE = "line"
    SOFTWARE = "software"
    POWER_OR_CONNECTION = "power_or_connection"
    OTHER = "other"


class Channel(StrEnum):
    API = "api"
    HOTLINE = "hotline"
    MAIL = "mail"
    PORTAL = "portal"
    MONITORING = "monitoring"
    DIRECT_CALL = "direct_call"


class Level(StrEnum):
    """How wide the impact is, or how urgent the matter."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Team(StrEnum):
    """Who holds an incident. It begins at the desk; a difficult problem climbs in this order."""

    DESK = "desk"
    SITE = "site"
    REGIONAL = "regional"
    HEADQUARTERS = "headquarters"
    JOINT_ANALYSIS = "joint_analysis"


class Cover(StrEnum):
    """What was decided about an incident that no agreement covers."""

    UNDECIDED = "undecided"
    GOODWILL = "goodwill"
    DECLINED = "declined"


WORKED_ON = (State.ACKNOWLEDGED, State.TRIAGED, State.IN_PROGRESS, State.WAITING)
UNRESTORED = (State.REPORTED, *WORKED_ON)
RESTORED = frozenset({State.RESOLVED, State.CONFIRMED, State.CLOSED})
"""States in which service is restored, so that nothing new is promised."""
OVER = frozenset({State.CLOSED, State.CANCELLED, State.MERGED})
"""States in which nobody works on the incident itself any more."""

_KEEPING_STATE = {(state, move): state for state in UNRESTORED for move in ("plan_visit", "prioritise")}
_WORK = {
    (State.REPORTED, "acknowledge"): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, "classify"): State.TRIAGED,
    (State.TRIAGED, "classify"): State.TRIAGED,
    (State.IN_PROGRESS, "classify"): State.IN_PROGRESS,
    (State.WAITING, "classify"): State.WAITING,
    (State.ACKNOWLEDGED, "assign"): State.IN_PROGRESS,
    (State.TRIAGED, "assign"): State.IN_PROGRESS,
    (State.IN_PROGRESS, "assign"): State.IN_PROGRESS,
    (State.WAITING, "assign"): State.WAITING,
    (State.ACKNOWLEDGED, "begin"): State.IN_PROGRESS,
    (State.TRIAGED, "begin"): State.IN_PROGRESS,
    (State.IN_PROGRESS, "escalate"): State.IN_PROGRESS,
    (State.WAITING, "escalate"): State.WAITING,
    (State.TRIAGED, "pause"): State.WAITING,
    (State.IN_PROGRESS, "pause"): State.WAITING,
    (State.WAITING, "resume"): State.IN_PROGRESS,
}
_ENDS = {
    (State.TRIAGED, "resolve"): State.RESOLVED,
    (State.IN_PROGRESS, "resolve"): State.RESOLVED,
    (State.WAITING, "resolve"): State.RESOLVED,
    (State.RESOLVED, "confirm"): State.CONFIRMED,
    (State.RESOLVED, "refuse"): State.IN_PROGRESS,
    (State.RESOLVED, "close_unanswered"): State.CLOSED,
    (State.CONFIRMED, "close"): State.CLOSED,
    **{(state, "cancel"): State.CANCELLED for state in UNRESTORED},
    **{(state, "resolve_with_parent"): State.RESOLVED for state in UNRESTORED},
    **{(state, "reopen"): State.IN_PROGRESS for state in (State.RESOLVED, State.CLOSED)},
    **{(state, "merge"): State.MERGED for state in (*UNRESTORED, State.RESOLVED)},
}
_UNDONE: dict[tuple[State, str], State | None] = {
    (State.CANCELLED, "reopen"): None,
    (State.MERGED, "unmerge"): None,
}
MOVES: Mapping[tuple[State, str], State | None] = _KEEPING_STATE | _WORK | _ENDS | _UNDONE
"""The state after each move; None: the one that the incident had before it was merged or cancelled."""

NEEDS: Mapping[str, Permission] = {
    "acknowledge": Permission.INCIDENTS_WORK,
    "prioritise": Permission.INCIDENTS_WORK,
    "classify": Permission.INCIDENTS_WORK,
    "assign": Permission.INCIDENTS_DISPATCH,
    "begin": Permission.INCIDENTS_WORK,
    "escalate": Permission.INCIDENTS_WORK,
    "plan_visit": Permission.INCIDENTS_DISPATCH,
    "pause": Permission.INCIDENTS_WORK,
    "resume": Permission.INCIDENTS_WORK,
    "resolve": Permission.INCIDENTS_WORK,
    "confirm": Permission.INCIDENTS_CONFIRM,
    "refuse": Permission.INCIDENTS_CONFIRM,
    "reopen": Permission.INCIDENTS_REOPEN,
    "cancel": Permission.INCIDENTS_REOPEN,
    "merge": Permission.INCIDENTS_DISPATCH,
    "unmerge": Permission.INCIDENTS_DISPATCH,
}
"""What each move asks of its caller. To close is nobody's move: it follows the customer's answer, or none in time."""

CUSTOMERS_OWN = frozenset({"confirm", "refuse"})
"""Moves that only a person of the customer makes, whatever staff may be permitted."""


class Why(StrEnum):
    """Why a caller cannot make a move now."""

    NOT_IN_THIS_STATE = "not_in_this_state"
    NOT_PERMITTED = "not_permitted"
    CUSTOMERS_OWN = "customers_own"
    CHILDREN_OPEN = "children_open"
    MERGED_INTO_IT = "merged_into_it"
    PROBLEM_AT_TOP = "problem_at_top"


def moved(state: str, move: str, *, former: str | None = None) -> State:
    """The state after a move; `former`: see `to_come_back_to`. Raises IllegalMove with what there is."""
    if (State(state), move) not in MOVES:
        raise IllegalMove(state=state, move=move, allowed=moves_from(state))
    return MOVES[State(state), move] or State(former or State.REPORTED)


def as_it_stands(state: str, *, pause_is_over: bool) -> State:
    """What waited until a planned end is worked on from then on, whether or not anything ran to see it."""
    return moved(state, "resume") if pause_is_over and state == State.WAITING else State(state)


def to_come_back_to(state: str) -> State:
    """Where an incident goes on when its merge or cancellation is undone: what waited does not wait any more."""
    return State.IN_PROGRESS if state == State.WAITING else State(state)


def moves_from(state: str) -> list[str]:
    return [move for move in NEEDS if (state, move) in MOVES]


def hindrances(
    state: str, permissions: Collection[str], *, is_customers: bool, is_person: bool, held_up: Mapping[str, Why]
) -> dict[str, Why | None]:
    """Each move, and what keeps this caller from making it now; None: nothing does.

    `held_up`: moves that something beside the state is in the way of. A customer is not told of moves that are the
    provider's.
    """
    own = is_customers and is_person
    found = {move: _hindrance(state, move, permissions, own) or held_up.get(move) for move in NEEDS}
    return {move: why for move, why in found.items() if not (is_customers and why is Why.NOT_PERMITTED)}


def _hindrance(state: str, move: str, permissions: Collection[str], is_customers_person: bool) -> Why | None:
    if NEEDS[move].value not in permissions:
        return Why.NOT_PERMITTED
    if move in CUSTOMERS_OWN and not is_customers_person:
        return Why.CUSTOMERS_OWN
    return None if (State(state), move) in MOVES else Why.NOT_IN_THIS_STATE


def priority(impact: str, urgency: str, agreed: Mapping[str, Mapping[str, str]]) -> Priority:
    return Priority((agreed or DEFAULT_PRIORITIES)[impact][urgency])


class ChannelNotYours(Unprocessable):
    code = "channel_not_yours"
    en = "A report of yours does not come by the channel {channel}; yours: {yours}."
    zh = "您的报告不能使用渠道 {channel}；可用渠道：{yours}。"


def channels(caller: str, *, is_customers: bool) -> tuple[Channel, ...]:
    """The channels by which a caller's reports come, the usual one first; `caller` is the principal's kind.

    Staff register what reached them by any channel.
    """
    if caller == "key":
        return (Channel.API, Channel.MONITORING)
    if is_customers:
        return (Channel.PORTAL,)
    return (Channel.HOTLINE, *(channel for channel in Channel if channel != Channel.HOTLINE))


def channel_of(stated: Channel | None, yours: Sequence[Channel]) -> Channel:
    """By which of the caller's channels a report came. Raises ChannelNotYours."""
    if stated is None:
        return yours[0]
    if stated not in yours:
        raise ChannelNotYours(channel=stated.value, yours=", ".join(yours))
    return stated


class TrueTimeNotYours(Forbidden):
    code = "true_time_not_yours"
    en = "Only staff record a report afterwards, with its true time."
    zh = "只有服务方人员可以事后补录报告的真实时间。"


class TrueTimeMissing(Unprocessable):
    code = "true_time_missing"
    en = "Say when the direct call was (reported_at)."
    zh = "请填写直接致电的真实时间（reported_at）。"


class TrueTimeNotPast(Unprocessable):
    code = "true_time_not_past"
    en = "The true time of a report lies in the past, by at most {days} days."
    zh = "报告的真实时间必须早于现在，且不超过 {days} 天。"


RECORDED_WITHIN = timedelta(days=7)


def true_time(stated: datetime | None, channel: Channel, now: datetime, *, is_staffs: bool) -> datetime:
    """When a report was made. Raises TrueTimeNotYours, TrueTimeMissing, TrueTimeNotPast."""
    if stated is None:
        if channel is Channel.DIRECT_CALL:
            raise TrueTimeMissing()
        return now
    if not is_staffs:
        raise TrueTimeNotYours()
    if not now - RECORDED_WITHIN <= stated <= now:
        raise TrueTimeNotPast(days=RECORDED_WITHIN.days)
    return stated
