"""The moves of an incident itself: their forms, and in words why one cannot be made. Pure.

The platform has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence

from clients.dashboard.asking import Ask, Move, Offer
from clients.dashboard.filters import FAULT_CLASSES, LEVELS, SEVERITIES
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident
from clients.models import Me, MoveState
from shared.events.words import word
from shared.permissions import GRANTS, Permission, Role

PAUSE_REASONS = ("waiting_for_customer", "site_closed", "agreed_window")
REASON = (Ask("reason", "text"),)
OVER = frozenset({"confirmed", "closed", "cancelled", "merged"})
RESTORED = OVER | {"resolved"}
"""Where there is no service left to restore."""
ENGINEER = Ask("engineer_id", "choice", "engineers")
WORK = frozenset({"acknowledge", "prioritise", "classify", "begin", "escalate", "pause", "resume", "resolve"})
NEEDS: dict[str, Permission] = dict.fromkeys(WORK, Permission.INCIDENTS_WORK) | {
    "confirm": Permission.INCIDENTS_CONFIRM,
    "refuse": Permission.INCIDENTS_CONFIRM,
    "reopen": Permission.INCIDENTS_REOPEN,
    "cancel": Permission.INCIDENTS_REOPEN,
}
"""Whom to name where a move is not permitted; what is not here needs dispatching."""


def own_offers(incident: Incident, children: Sequence[Incident], me: Me, reader: Reader) -> tuple[Offer, ...]:
    """Every move that the platform tells of, in its order, and what was to be decided about its cover."""
    forms = _forms(incident, children)
    own = [Offer(forms[told.move], _why_not(incident, told, reader)) for told in incident.moves if told.move in forms]
    return (*own, *_cover_offers(incident, me), *_family_offers(incident, me))


def _forms(incident: Incident, children: Sequence[Incident]) -> dict[str, Move]:
    at = f"/v1/incidents/{incident.id}"
    named = {
        "acknowledge": Move("acknowledge", f"{at}/acknowledge"),
        "prioritise": Move("prioritise", f"{at}/prioritise", _levels(incident)),
        "classify": Move("classify", f"{at}/classify", _classes(incident)),
        "assign": Move("assign", f"{at}/assign", (ENGINEER,)),
        "begin": Move("begin", f"{at}/begin"),
        "escalate": Move("escalate", f"{at}/escalate", REASON),
        "plan_visit": Move("plan_visit", f"{at}/visits", (ENGINEER, Ask("planned_at", "moment"))),
        "pause": Move("pause", f"{at}/pause", _PAUSE),
        "resume": Move("resume", f"{at}/resume"),
    }
    has_open = any(child.state not in RESTORED for child in children)
    return named | _endings(at, (Ask("with_children", "check", required=False, initial="true"),) if has_open else ())


def _endings(at: str, of_children: tuple[Ask, ...]) -> dict[str, Move]:
    return {
        "resolve": Move("resolve", f"{at}/resolve", (Ask("solution", "text"), *of_children)),
        "confirm": Move("confirm", f"{at}/confirm", asks_first=True),
        "refuse": Move("refuse_solution", f"{at}/refuse", REASON, is_refusal=True),
        "reopen": Move("reopen", f"{at}/reopen", REASON),
        "cancel": Move("cancel_incident", f"{at}/cancel", REASON, is_refusal=True),
        "merge": Move("merge", f"{at}/merge", (Ask("target_id", "incident"), *REASON)),
        "unmerge": Move("unmerge", f"{at}/unmerge", REASON),
    }


_PAUSE = (
    Ask("reason", "choice", PAUSE_REASONS),
    Ask("evidence", "text"),
    Ask("until", "moment", required=False),
)


def _levels(incident: Incident) -> tuple[Ask, ...]:
    return (
        Ask("impact", "choice", LEVELS, initial=incident.impact),
        Ask("urgency", "choice", LEVELS, initial=incident.urgency),
    )


def _classes(incident: Incident) -> tuple[Ask, ...]:
    return (
        Ask("severity", "choice", SEVERITIES, initial=incident.severity),
        Ask("fault_class", "choice", FAULT_CLASSES, initial=incident.fault_class or ""),
        Ask("analysis", "text", initial=incident.analysis or ""),
    )


def _cover_offers(incident: Incident, me: Me) -> tuple[Offer, ...]:
    if incident.cover != "undecided" or Permission.COVER_DECIDE not in me.permissions:
        return ()
    asks = (Ask("cover", "choice", ("goodwill", "declined")), *REASON)
    return (Offer(Move("decide_cover", f"/v1/incidents/{incident.id}/decide-cover", asks)),)


def _family_offers(incident: Incident, me: Me) -> tuple[Offer, ...]:
    if Permission.INCIDENTS_DISPATCH not in me.permissions:
        return ()
    at = f"/v1/incidents/{incident.id}"
    other = Ask("other_id", "incident")
    relate = Offer(Move("relate", f"{at}/related/{{other_id}}", (other, *REASON), method="PUT"))
    if incident.parent_id:
        return (Offer(Move("leave_parent", f"{at}/parent", asks_first=True, method="DELETE")), relate)
    return (Offer(Move("link_parent", f"{at}/parent", (Ask("parent_id", "incident"),), method="PUT")), relate)


def _why_not(incident: Incident, told: MoveState, reader: Reader) -> str | None:
    if told.why_not is None:
        return None
    if told.why_not == "not_permitted":
        return needs_role(NEEDS.get(told.move, Permission.INCIDENTS_DISPATCH), reader)
    if told.why_not == "customers_own":
        return reader.say("customers_own")
    if told.why_not == "not_in_this_state":
        return reader.say("not_in_state", state=reader.word(incident.state))
    return word(told.why_not, reader.language)


def needs_role(permission: Permission, reader: Reader) -> str:
    roles = [reader.word(role) for role in Role if role != Role.CLIENT_SYSTEM and permission in GRANTS[role]]
    return reader.say("needs_role", roles=reader.joined(roles))


def main_move(incident: Incident, possible: Sequence[Move]) -> Move | None:
    """The one to be made next: what is not done yet of acknowledging, deciding, classifying, assigning, resolving."""
    by_name = {move.name: move for move in possible}
    undone = {"acknowledge": True, "authorise": True, "confirm": True}
    undone |= {"classify": incident.fault_class is None, "assign": incident.engineer_id is None, "begin": True}
    undone |= {"resume": True, "resolve": True}
    return next((by_name[name] for name, is_undone in undone.items() if is_undone and name in by_name), None)
