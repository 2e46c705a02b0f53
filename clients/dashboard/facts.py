"""The head of an incident's page, and what is known of the incident in short."""

from __future__ import annotations

from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident
from clients.dashboard.rows import cover


def draw_head(incident: Incident, reader: Reader) -> None:
    with Tag("div", "", "head__marks"):
        Tag("span", incident.number, "head__number")
        Tag("span", reader.word(incident.severity), f"chip chip--{incident.severity}")
        priority = reader.say("priority_is", priority=reader.word(incident.priority))
        Tag("span", priority, f"priority priority--{incident.priority}")
        Tag("span", reader.word(incident.state), f"state state--{incident.state}")
        text, classes = cover(incident, reader)
        Tag("span", text, classes)
    Tag("h1", incident.title, "head__title")
    Tag("p", incident.customer(reader.language), "head__customer")
    if incident.closes_at and not incident.closed_at:
        Tag("p", reader.say("closes_at", time=reader.moment(incident.closes_at)), "closes")


def draw_facts(incident: Incident, reader: Reader) -> None:
    Tag("h2", reader.say("facts"), "card__title")
    with Tag("dl", "", "facts__list"):
        for key, value in _facts(incident, reader).items():
            if value:
                Tag("dt", reader.say(key))
                Tag("dd", value)
    for key in ("description", "analysis", "solution"):
        if text := getattr(incident, key):
            Tag("h3", reader.say(key), "facts__sub")
            Tag("p", text, "facts__text")


def _facts(incident: Incident, reader: Reader) -> dict[str, str | None]:
    language = reader.language
    late = incident.registered_at and (incident.registered_at - incident.reported_at).total_seconds() >= 60
    return {
        "customer": incident.customer(language),
        "site": incident.site(language),
        "asset": incident.asset_name,
        "contract": incident.contract_number or reader.word("not_covered"),
        "contact": " · ".join(filter(None, (incident.contact_name, incident.contact_email))),
        "channel": reader.word(incident.channel),
        "taken_over": incident.taken_over,
        "reported_at": reader.moment(incident.reported_at),
        "registered_at": reader.moment(incident.registered_at) if incident.registered_at and late else None,
        "impact": reader.word(incident.impact),
        "urgency": reader.word(incident.urgency),
        "fault_class": reader.word(incident.fault_class) if incident.fault_class else None,
        "team": reader.word(incident.team) if incident.team else None,
        "engineer": incident.engineer(language),
        "resolved_at": reader.moment(incident.resolved_at) if incident.resolved_at else None,
        "closed_at": reader.moment(incident.closed_at) if incident.closed_at else None,
        "cancelled_at": reader.moment(incident.cancelled_at) if incident.cancelled_at else None,
    }
