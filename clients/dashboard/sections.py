"""The sections of an incident's page: activations, visits, parts, external support, alarms, messages.

A section that the reader may not see, or that has no content, is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

from clients.dashboard.asking import Move, Offer
from clients.dashboard.drawing import Drawing
from clients.dashboard.elements import Tag
from clients.dashboard.moves import (
    alarm_moves,
    decision_offers,
    engagement_moves,
    reservation_moves,
    step_moves,
    visit_moves,
)
from clients.dashboard.records import (
    Activation,
    Alarm,
    CallUp,
    Decision,
    Engagement,
    Message,
    Record,
    Reservation,
    Step,
    Visit,
)


class Sections(Drawing):
    """Draws the sections of one record for one person."""

    def draw(self, record: Record) -> None:
        self._begin(record)
        self._section("alarms", record.alarms, self._alarm)
        self._section("activations", record.activations, self._activation)
        self._section("visits", record.visits, self._visit)
        self._parts(record)
        self._section("engagements", record.engagements, self._engagement)
        self._section("messages", record.messages, self._message)

    def _activation(self, activation: Activation) -> None:
        reader = self._reader
        self._item(activation.plan(reader.language), activation.state)
        Tag("p", activation.reason, "item__text")
        who = self._names.get(activation.requested_by, reader.say("someone"))
        self._notes(
            reader.say("requested_by", name=who, time=reader.short(activation.requested_at)),
            self._when("answer_by", activation.answer_by) if activation.state == "requested" else "",
        )
        for decision in activation.decisions:
            self._decision(decision)
        for reason, moves in why_nots(decision_offers(activation, self._me, reader)):
            Tag("p", f"{reader.joined([reader.say(move.name) for move in moves])} — {reason}", "item__why-not")
        if activation.steps:
            with Tag("ol", "", "steps"):
                for step in activation.steps:
                    self._step(activation, step)

    def _decision(self, decision: Decision) -> None:
        said = self._reader.say(
            "decided",
            name=decision.name(self._reader.language),
            time=self._reader.short(decision.decided_at),
            information=decision.information,
        )
        Tag("p", said, f"item__decision item__decision--{decision.choice}")

    def _step(self, activation: Activation, step: Step) -> None:
        reader = self._reader
        with Tag("li", "", f"step step--{step.state}"):
            Tag("span", str(step.position), "step__position")
            with Tag("div", "", "step__body"):
                Tag("p", step.title(reader.language), "step__title")
                done = self._when("step_done", step.completed_at)
                self._notes(
                    reader.word(step.measure),
                    reader.word(step.state) if not done else "",
                    done or self._when("step_due", step.due_at),
                    step.result or "",
                )
                self._buttons(step_moves(activation, step, self._me))

    def _visit(self, visit: Visit) -> None:
        self._item(self._who(str(visit.engineer_id), visit.engineer_name), visit.state)
        self._notes(
            self._when("planned_for", visit.planned_at),
            self._when("departed", visit.departed_at),
            self._when("arrived_on_site", visit.arrived_at),
            self._when("finished", visit.completed_at),
        )
        if visit.service_record:
            Tag("p", visit.service_record, "item__text")
        if visit.signed_by:
            self._notes(self._reader.say("signed_by", name=visit.signed_by))
        self._buttons(visit_moves(visit, self._me))

    def _parts(self, record: Record) -> None:
        """Reservations, and the call-ups that no reservation has answered."""
        reserved = {reservation.call_up_id for reservation in record.reservations or ()}
        unanswered = [call_up for call_up in record.call_ups or () if call_up.id not in reserved]
        parts: list[Reservation | CallUp] = [*(record.reservations or ()), *unanswered]
        self._section("parts", parts, self._part)

    def _part(self, part: Reservation | CallUp) -> None:
        if isinstance(part, Reservation):
            self._reservation(part)
            return
        self._item(f"{part.part_number} × {part.quantity}", part.state)
        self._notes(self._when("called_up_at", part.called_up_at), self._reader.word(part.refusal or ""))

    def _reservation(self, reservation: Reservation) -> None:
        language = self._reader.language
        self._item(f"{reservation.part(language)} × {reservation.quantity}", reservation.state)
        self._notes(
            reservation.part_number,
            reservation.depot(language),
            self._when("promised", reservation.promised_at) if reservation.state in ("reserved", "issued") else "",
            self._when("held_until", reservation.expires_at) if reservation.state == "reserved" else "",
            self._when("issued_at", reservation.issued_at),
            self._when("used_at", reservation.used_at),
        )
        self._buttons(reservation_moves(reservation, self._me))

    def _engagement(self, engagement: Engagement) -> None:
        self._item(engagement.party_name, engagement.state)
        self._notes(
            self._when("contacted_at", engagement.contacted_at),
            self._when("accepted_at", engagement.accepted_at),
            self._when("arrived_on_site", engagement.arrived_at),
            self._when("finished", engagement.done_at),
        )
        if engagement.note:
            Tag("p", engagement.note, "item__text")
        self._buttons(engagement_moves(engagement, self._me))

    def _alarm(self, alarm: Alarm) -> None:
        self._item(self._reader.word(alarm.reason), alarm.state)
        self._notes(self._reader.word(alarm.detail), self._when("raised_at", alarm.raised_at))
        self._buttons(alarm_moves(alarm, self._me))

    def _message(self, message: Message) -> None:
        self._item(message.title, message.state)
        self._notes(
            message.name,
            message.address or "",
            self._when("sent_at", message.sent_at) or self._when("written_at", message.written_at),
            self._reader.word(message.why or ""),
        )


def why_nots(offers: Sequence[Offer]) -> list[tuple[str, list[Move]]]:
    """The moves that cannot be made, grouped by their reason in the order met."""
    grouped: dict[str, list[Move]] = {}
    for offer in offers:
        if offer.why_not:
            grouped.setdefault(offer.why_not, []).append(offer.move)
    return list(grouped.items())
