"""What the incident's page reads beside clients/models.py. Members that the page does not show are left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clients import models
from clients.language import of_two
from clients.models import (
    AccountedClock,
    Answer,
    Attachment,
    Comment,
    Entry,
    Named,
    Pause,
    Person,
    RelatedIncident,
    Segment,
    TimeEntry,
    Watcher,
)


class Incident(models.Incident):
    """With what only its own page shows."""

    site_name_zh: str | None = None
    site_name_en: str | None = None

    def site(self, language: str) -> str:
        return of_two(self.site_name_zh, self.site_name_en, language)


class JointAnalysis(models.JointAnalysis):
    """With who sees to what was concluded."""

    owner_id: UUID | None


class Visit(Answer):
    id: UUID
    engineer_id: UUID
    engineer_name: str
    state: str
    planned_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    completed_at: datetime | None
    service_record: str | None
    signed_by: str | None


class Decision(Named):
    person_id: UUID
    choice: str
    information: str
    decided_at: datetime


class Step(models.Step):
    due_at: datetime
    completed_at: datetime | None
    result: str | None


class Activation(models.Activation):
    """With who asked, why, and what was decided."""

    reason: str
    requested_by: UUID
    requested_at: datetime
    answer_by: datetime
    decisions: tuple[Decision, ...]
    steps: tuple[Step, ...]

    def plan(self, language: str) -> str:
        return of_two(self.plan_name_zh, self.plan_name_en, language)


class CallUp(Answer):
    id: UUID
    part_number: str
    quantity: int
    state: str
    called_up_at: datetime
    refusal: str | None


class Reservation(Answer):
    id: UUID
    call_up_id: UUID
    part_number: str
    part_name_zh: str
    part_name_en: str
    quantity: int
    depot_name_zh: str
    depot_name_en: str
    state: str
    promised_at: datetime
    expires_at: datetime
    issued_at: datetime | None
    used_at: datetime | None

    def part(self, language: str) -> str:
        return of_two(self.part_name_zh, self.part_name_en, language)

    def depot(self, language: str) -> str:
        return of_two(self.depot_name_zh, self.depot_name_en, language)


class Engagement(Answer):
    id: UUID
    party_name: str
    state: str
    note: str | None
    contacted_at: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None


class Alarm(Answer):
    id: UUID
    reason: str
    detail: str
    state: str
    raised_at: datetime


class Message(Answer):
    """`why`: what its last try failed for."""

    id: UUID
    name: str
    address: str | None
    title: str
    state: str
    written_at: datetime
    sent_at: datetime | None
    why: str | None


@dataclass(frozen=True)
class Details:
    """What is read beside an incident itself. What the reader may not see, or what is not read yet, is None."""

    accounts: tuple[AccountedClock, ...] | None = None
    pauses: tuple[Pause, ...] | None = None
    comments: tuple[Comment, ...] | None = None
    attachments: tuple[Attachment, ...] | None = None
    watchers: tuple[Watcher, ...] | None = None
    tags: tuple[str, ...] | None = None
    time: tuple[TimeEntry, ...] | None = None
    segments: tuple[Segment, ...] | None = None
    children: tuple[Incident, ...] | None = None
    merged: tuple[Incident, ...] | None = None
    related: tuple[RelatedIncident, ...] | None = None
    analyses: tuple[JointAnalysis, ...] | None = None
    parent: Incident | None = None
    target: Incident | None = None


@dataclass(frozen=True)
class Record:
    """All that is known of one incident. A section that the reader may not see, or that is not read yet, is None."""

    incident: Incident
    timeline: tuple[Entry, ...] = ()
    details: Details = Details()
    visits: tuple[Visit, ...] | None = None
    activations: tuple[Activation, ...] | None = None
    call_ups: tuple[CallUp, ...] | None = None
    reservations: tuple[Reservation, ...] | None = None
    engagements: tuple[Engagement, ...] | None = None
    alarms: tuple[Alarm, ...] | None = None
    messages: tuple[Message, ...] | None = None
    people: tuple[Person, ...] | None = None

    def names(self, language: str) -> dict[UUID, str]:
        """The people whom the reader may know, and those who acted on the incident, as the timeline names them."""
        acted = {
            UUID(entry.actor.removeprefix("person:")): entry.who(language)
            for entry in self.timeline
            if entry.actor.startswith("person:") and (entry.actor_name_zh or entry.actor_name_en)
        }
        engineer = self.incident.engineer_id
        assigned = {engineer: self.incident.engineer(language)} if engineer else {}
        return {person.id: person.name(language) for person in self.people or ()} | assigned | acted
