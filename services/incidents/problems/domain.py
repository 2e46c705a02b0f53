"""How a difficult problem climbs, and what a joint analysis needs to conclude. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from services.incidents.incidents.domain import Team
from shared.errors import Conflict
from shared.moves import Moves

NEXT: Mapping[Team, Team] = {
    Team.DESK: Team.REGIONAL,
    Team.SITE: Team.REGIONAL,
    Team.REGIONAL: Team.HEADQUARTERS,
    Team.HEADQUARTERS: Team.JOINT_ANALYSIS,
}
JOINING = (Team.SITE, Team.REGIONAL, Team.HEADQUARTERS)
"""The teams whose people analyse together."""


class State(StrEnum):
    """`ENDED`: its incident was over before it concluded."""

    OPEN = "open"
    CONCLUDED = "concluded"
    ENDED = "ended"


class Verdict(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


MOVES: Moves = {
    (State.OPEN, "join"): State.OPEN,
    (State.OPEN, "propose"): State.OPEN,
    (State.OPEN, "judge"): State.OPEN,
    (State.OPEN, "conclude"): State.CONCLUDED,
}
WITH_INCIDENT: Moves = {
    (State.OPEN, "end"): State.ENDED,
    (State.ENDED, "take_up"): State.OPEN,
}
"""Moves that nobody makes: they follow when the incident is over, or taken up again."""


class ProblemAtTop(Conflict):
    code = "problem_at_top"
    en = "The problem is with the joint analysis already; nobody is above it."
    zh = "该问题已进入联合会诊，无法继续升级。"


class TeamsMissing(Conflict):
    code = "teams_missing"
    en = "A joint analysis concludes with people of all three teams; missing: {teams}."
    zh = "联合会诊须有三级团队人员共同参加，尚缺：{teams}。"


class NothingJudged(Conflict):
    code = "nothing_judged"
    en = "No hypothesis was confirmed or rejected yet."
    zh = "尚无假设被确认或排除。"


class AlreadyJudged(Conflict):
    code = "already_judged"
    en = "This hypothesis was judged already."
    zh = "该假设已有结论。"


class AlreadyJoined(Conflict):
    code = "already_joined"
    en = "This person takes part already."
    zh = "该人员已参加会诊。"


def above(team: str) -> Team:
    """Where a problem climbs to. Raises ProblemAtTop."""
    following = NEXT.get(Team(team))
    if following is None:
        raise ProblemAtTop()
    return following


def require_conclusive(teams: Collection[str], verdicts: Collection[str]) -> None:
    """Raises TeamsMissing, NothingJudged."""
    missing = [team.value for team in JOINING if team not in teams]
    if missing:
        raise TeamsMissing(teams=missing)
    if not set(verdicts) - {Verdict.PROPOSED}:
        raise NothingJudged()
