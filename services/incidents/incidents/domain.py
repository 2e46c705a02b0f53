"""States and moves of an incident, and who may make them. Pure.

The table of moves is the only one: it feeds the CHECK constraint, the routes' permissions and the answer's `allowed`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from shared.errors import IllegalMove, Unprocessable
from shared.permissions import Permission


class State(StrEnum):
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


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


MOVES: Mapping[tuple[State, str], State] = {
    (State.REPORTED, "acknowledge"): State.ACKNOWLEDGED,
    (State.REPORTED, "plan_visit"): State.REPORTED,
    (State.ACKNOWLEDGED, "classify"): State.IN_PROGRESS,
    (State.ACKNOWLEDGED, "assign"): State.IN_PROGRESS,
    (State.ACKNOWLEDGED, "plan_visit"): State.ACKNOWLEDGED,
    (State.IN_PROGRESS, "classify"): State.IN_PROGRESS,
    (State.IN_PROGRESS, "assign"): State.IN_PROGRESS,
    (State.IN_PROGRESS, "plan_visit"): State.IN_PROGRESS,
    (State.IN_PROGRESS, "resolve"): State.RESOLVED,
    (State.RESOLVED, "confirm"): State.CONFIRMED,
    (State.CONFIRMED, "close"): State.CLOSED,
}

RESTORED = frozenset({State.RESOLVED, State.CONFIRMED, State.CLOSED})
"""States in which service is restored, so that nothing new is promised."""

NEEDS: Mapping[str, Permission] = {
    "acknowledge": Permission.INCIDENTS_WORK,
    "classify": Permission.INCIDENTS_WORK,
    "assign": Permission.INCIDENTS_DISPATCH,
    "plan_visit": Permission.INCIDENTS_DISPATCH,
    "resolve": Permission.INCIDENTS_WORK,
    "confirm": Permission.INCIDENTS_CONFIRM,
}
"""What each move asks of its caller. To close is nobody's move: it follows the customer's confirmation."""

CUSTOMERS_OWN = frozenset({"confirm"})
"""Moves that only a person of the customer makes, whatever staff may be permitted."""


def moved(state: str, move: str) -> State:
    """The state after a move. Raises IllegalMove, which names the moves there are."""
    after = MOVES.get((State(state), move))
    if after is None:
        raise IllegalMove(state=state, move=move, allowed=moves_from(state))
    return after


def moves_from(state: str) -> list[str]:
    return [move for source, move in MOVES if source == state and move in NEEDS]


def allowed(state: str, permissions: Collection[str], *, is_customers_person: bool) -> list[str]:
    """The moves this caller can make now."""
    return [
        move
        for move in moves_from(state)
        if NEEDS[move].value in permissions and (is_customers_person or move not in CUSTOMERS_OWN)
    ]


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
