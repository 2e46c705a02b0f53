"""What an incident belongs to: the one above, those below, those merged into it, and joint analyses of it."""

from __future__ import annotations

from clients.dashboard.addresses import incident_path
from clients.dashboard.asking import Ask, Move
from clients.dashboard.drawing import Drawing
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident, JointAnalysis, Record
from clients.models import Hypothesis, Participant, RelatedIncident
from shared.permissions import Permission

OPEN = "open"
TEAMS = ("site", "regional", "headquarters")


class Relations(Drawing):
    def draw(self, record: Record) -> None:
        self._begin(record)
        details = record.details
        self._section("merged_into", [details.target] if details.target else [], self._other)
        self._section("parent", [details.parent] if details.parent else [], self._other)
        self._section("children", details.children, self._other)
        self._section("merged_here", details.merged, self._other)
        self._section("related", details.related, self._related)
        self._section("analyses", details.analyses, self._analysis)

    def _related(self, other: RelatedIncident) -> None:
        self._other(other)
        Tag("p", other.reason, "item__text")
        time = self._reader.short(other.related_at)
        self._notes(self._reader.say("related_by", name=self._who(other.related_by), time=time))
        if Permission.INCIDENTS_DISPATCH in self._me.permissions:
            at = f"/v1/incidents/{self._record.incident.id}/related/{other.id}"
            self._buttons([Move("unrelate", at, (Ask("reason"),), about=other.number, method="DELETE")])

    def _other(self, incident: Incident | RelatedIncident) -> None:
        with Tag("div", "", "item__head"):
            Tag("a", f"{incident.number} {incident.title}", "item__title", href=incident_path(incident.number))
            Tag("span", self._reader.word(incident.state), f"state state--{incident.state}")

    def _analysis(self, analysis: JointAnalysis) -> None:
        reader = self._reader
        self._item(reader.say("convened", time=reader.short(analysis.convened_at)), analysis.state)
        names = [self._participant(one) for one in analysis.participants]
        if names:
            self._notes(reader.joined(names))
        is_open = analysis.state == OPEN
        for hypothesis in analysis.hypotheses:
            self._hypothesis(analysis, hypothesis, is_open=is_open)
        if analysis.ended_at:
            self._notes(reader.say("ended_unconcluded", time=reader.short(analysis.ended_at)))
        if analysis.conclusion:
            self._conclusion(analysis, analysis.conclusion)
        if is_open and Permission.INCIDENTS_WORK in self._me.permissions:
            why_not = why_not_concluded(analysis, reader)
            if why_not:
                Tag("p", f"{reader.say('conclude')} — {why_not}", "item__why-not")
            self._buttons([*_moves(analysis), *([] if why_not else [_concluding(analysis)])])

    def _conclusion(self, analysis: JointAnalysis, conclusion: str) -> None:
        Tag("p", conclusion, "item__decision")
        owner = self._who(str(analysis.owner_id) if analysis.owner_id else None)
        self._notes(
            self._when("concluded", analysis.concluded_at),
            self._reader.say("carried_out_by", name=owner) if owner else "",
        )

    def _participant(self, one: Participant) -> str:
        name = self._who(str(one.person_id), one.person_name)
        return self._reader.say("participant", name=name, team=self._reader.word(one.team))

    def _hypothesis(self, analysis: JointAnalysis, hypothesis: Hypothesis, *, is_open: bool) -> None:
        with Tag("div", "", "hypothesis"):
            self._item(hypothesis.statement, hypothesis.verdict)
            if hypothesis.finding:
                Tag("p", hypothesis.finding, "item__text")
            if is_open and hypothesis.finding is None and Permission.INCIDENTS_WORK in self._me.permissions:
                at = f"/v1/joint-analyses/{analysis.id}/hypotheses/{hypothesis.id}/judge"
                asks = (Ask("verdict", "choice", ("confirmed", "rejected")), Ask("finding", "text"))
                self._buttons([Move("judge", at, asks, about=hypothesis.statement)])


def _moves(analysis: JointAnalysis) -> tuple[Move, ...]:
    at = f"/v1/joint-analyses/{analysis.id}"
    person = Ask("person_id", "choice", "staff")
    return (
        Move("add_participant", f"{at}/participants", (person, Ask("team", "choice", TEAMS))),
        Move("add_hypothesis", f"{at}/hypotheses", (Ask("statement", "text"),)),
    )


def _concluding(analysis: JointAnalysis) -> Move:
    asks = (Ask("conclusion", "text"), Ask("owner_id", "choice", "staff"))
    return Move("conclude", f"/v1/joint-analyses/{analysis.id}/conclude", asks)


def why_not_concluded(analysis: JointAnalysis, reader: Reader) -> str | None:
    """What is missing: people of each team, and a hypothesis that was judged."""
    present = {participant.team for participant in analysis.participants}
    if missing := [reader.word(team) for team in TEAMS if team not in present]:
        return reader.say("teams_missing", teams=reader.joined(missing))
    was_judged = any(hypothesis.finding is not None for hypothesis in analysis.hypotheses)
    return None if was_judged else reader.say("nothing_judged")
