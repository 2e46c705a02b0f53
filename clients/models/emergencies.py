"""Plans, emergencies and what is set going in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clients.language import of_two
from clients.models.base import Answer, Named


class Plan(Named):
    id: UUID
    customer_id: UUID
    state: str


class Emergency(Answer):
    id: UUID
    state: str
    leader_ids: tuple[UUID, ...]
    leaders_told_at: datetime | None
    superior_informed_at: datetime | None


class Step(Answer):
    id: UUID
    position: int
    title_zh: str
    title_en: str
    measure: str
    state: str

    def title(self, language: str) -> str:
        return of_two(self.title_zh, self.title_en, language)


class Activation(Answer):
    """There are no steps before the plan is authorised."""

    id: UUID
    state: str
    plan_name_zh: str
    plan_name_en: str
    steps: tuple[Step, ...]

    def plan(self, language: str) -> str:
        return of_two(self.plan_name_zh, self.plan_name_en, language)


class Engagement(Answer):
    id: UUID
    party_name: str
    state: str


class PartCallUp(Answer):
    id: UUID
    part_number: str
    quantity: int
    state: str
    refusal: str | None
