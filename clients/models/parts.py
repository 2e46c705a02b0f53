"""Spare parts and where they are."""

from __future__ import annotations

from uuid import UUID

from clients.language import of_two
from clients.models.base import Answer, Named


class Part(Named):
    id: UUID
    part_number: str


class Depot(Named):
    id: UUID
    keeper_id: UUID


class Stock(Answer):
    """`good` is what is free of a part at a depot."""

    part_number: str
    depot_id: UUID
    good: int


class Movement(Answer):
    id: UUID
    quantity: int


class Reservation(Answer):
    id: UUID
    part_number: str
    part_name_zh: str
    part_name_en: str
    quantity: int
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    state: str

    def part(self, language: str) -> str:
        return of_two(self.part_name_zh, self.part_name_en, language)

    def depot(self, language: str) -> str:
        return of_two(self.depot_name_zh, self.depot_name_en, language)
