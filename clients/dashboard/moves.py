"""What a person may do on an incident's page, and why not the rest; the platform has the last word. Pure."""

from __future__ import annotations

from clients.dashboard.asking import Ask, Move, Offer
from clients.dashboard.incident_moves import OVER, needs_role, own_offers
from clients.dashboard.reader import Reader
from clients.dashboard.records import Activation, Alarm, Engagement, Incident, Record, Reservation, Step, Visit
from clients.models import Me
from shared.permissions import Permission


def all_offers(record: Record, me: Me, reader: Reader) -> tuple[Offer, ...]:
    """The decisions that wait for this person, the moves of the incident, then what else may be set going."""
    incident = record.incident
    decisions = (
        offer
        for activation in record.activations or ()
        for offer in decision_offers(activation, me, reader)
        if offer.why_not is None
    )
    further = _further_offers(incident, me, reader) if me.customer_id is None else ()
    return (*decisions, *own_offers(incident, record.details.children or (), me, reader), *further)


def _further_offers(incident: Incident, me: Me, reader: Reader) -> tuple[Offer, ...]:
    about = (("incident_id", incident.id),)
    plan = Move(
        "request_activation", "/v1/activations", (Ask("plan_id", "choice", "plans"), Ask("reason", "text")), about
    )
    part = (Ask("part_number", "choice", "parts"), Ask("quantity", "number", initial="1"))
    party = (
        Ask("party_name"),
        Ask("party_email", "email", required=False),
        Ask("note", "text", required=False),
    )
    offers = (
        (plan, Permission.ACTIVATIONS_REQUEST, incident.fault_class is not None),
        (Move("call_up", "/v1/part-call-ups", part, about), Permission.PARTS_REQUEST, True),
        (Move("engage", "/v1/engagements", party, about), Permission.INCIDENTS_WORK, incident.fault_class is not None),
    )
    return tuple(Offer(move, _why_not_yet(incident, me, needs, ready, reader)) for move, needs, ready in offers)


def _why_not_yet(incident: Incident, me: Me, permission: Permission, ready: bool, reader: Reader) -> str | None:
    if permission not in me.permissions:
        return needs_role(permission, reader)
    if incident.state in OVER:
        return reader.say("not_in_state", state=reader.word(incident.state))
    return None if ready else reader.say("needs_class")


def decision_offers(activation: Activation, me: Me, reader: Reader) -> tuple[Offer, ...]:
    """A leader's decision on a request."""
    if activation.state != "requested":
        return ()
    at, plan = f"/v1/activations/{activation.id}", activation.plan(reader.language)
    moves = (
        Move("authorise", f"{at}/authorise", (Ask("information", "text"),), about=plan),
        Move("refuse", f"{at}/refuse", (Ask("reason", "text"),), about=plan, is_refusal=True),
    )
    why_not = _why_no_decision(activation, me, reader)
    return tuple(Offer(move, why_not) for move in moves)


def _why_no_decision(activation: Activation, me: Me, reader: Reader) -> str | None:
    if Permission.ACTIVATIONS_DECIDE not in me.permissions:
        return needs_role(Permission.ACTIVATIONS_DECIDE, reader)
    if activation.requested_by == me.id:
        return reader.say("own_request")
    decided = any(decision.person_id == me.id for decision in activation.decisions)
    return reader.say("decided_already") if decided else None


def step_moves(activation: Activation, step: Step, me: Me) -> tuple[Move, ...]:
    at = f"/v1/activations/{activation.id}/steps/{step.id}"
    moves = {
        "pending": Move("start_step", f"{at}/start"),
        "started": Move("complete_step", f"{at}/complete", (Ask("result", "text"),)),
    }
    running = activation.state == "authorised" and Permission.ACTIVATIONS_WORK in me.permissions
    return _next(moves, step.state) if running else ()


def visit_moves(visit: Visit, me: Me) -> tuple[Move, ...]:
    at = f"/v1/visits/{visit.id}"
    moves = {
        "planned": Move("depart", f"{at}/depart"),
        "en_route": Move("arrive", f"{at}/arrive"),
        "arrived": Move("complete_visit", f"{at}/complete", (Ask("service_record", "text"), Ask("signed_by"))),
    }
    return _next(moves, visit.state) if Permission.VISITS_WORK in me.permissions else ()


def reservation_moves(reservation: Reservation, me: Me) -> tuple[Move, ...]:
    at = f"/v1/reservations/{reservation.id}"
    moves = (
        ("reserved", Permission.STOCK_BOOK, Move("issue", f"{at}/issue", asks_first=True)),
        ("reserved", Permission.PARTS_REQUEST, Move("release", f"{at}/release", asks_first=True, is_refusal=True)),
        ("issued", Permission.PARTS_USE, Move("use", f"{at}/use", asks_first=True)),
    )
    return tuple(move for state, needs, move in moves if state == reservation.state and needs in me.permissions)


def engagement_moves(engagement: Engagement, me: Me) -> tuple[Move, ...]:
    at = f"/v1/engagements/{engagement.id}"
    moves = {
        "contacted": Move("accept", f"{at}/accept"),
        "accepted": Move("engagement_arrive", f"{at}/arrive"),
        "arrived": Move("engagement_complete", f"{at}/complete"),
    }
    return _next(moves, engagement.state) if Permission.INCIDENTS_WORK in me.permissions else ()


def alarm_moves(alarm: Alarm, me: Me) -> tuple[Move, ...]:
    if alarm.state != "raised" or Permission.ALARMS_ACKNOWLEDGE not in me.permissions:
        return ()
    return (Move("acknowledge_alarm", f"/v1/alarms/{alarm.id}/acknowledge"),)


def _next(moves: dict[str, Move], state: str) -> tuple[Move, ...]:
    return (moves[state],) if state in moves else ()
