"""What a joint analysis lacks before it can be concluded, as the dashboard tells it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from clients.dashboard.reader import Reader
from clients.dashboard.records import JointAnalysis
from clients.dashboard.relations import TEAMS, why_not_concluded
from clients.models import Hypothesis, Participant
from shared.zones import zone_named

ENGLISH = Reader("en", zone_named("Asia/Shanghai"))


def analysis(*teams: str, finding: str | None = None) -> JointAnalysis:
    return JointAnalysis(
        id=UUID(int=1),
        state="open",
        convened_at=datetime(2026, 3, 2, 4, 0, tzinfo=UTC),
        concluded_at=None,
        conclusion=None,
        owner_id=None,
        participants=tuple(Participant(person_id=UUID(int=2), person_name="", team=team) for team in teams),
        hypotheses=(Hypothesis(id=UUID(int=3), statement="A worn fibre", verdict="proposed", finding=finding),),
    )


def test_people_of_all_teams_and_a_judgement_are_needed_to_conclude() -> None:
    told = [
        why_not_concluded(each, ENGLISH)
        for each in (analysis("site"), analysis(*TEAMS), analysis(*TEAMS, finding="Measured."))
    ]
    assert told == ["still nobody of: Regional platform, Headquarters", "no hypothesis is judged yet", None]
