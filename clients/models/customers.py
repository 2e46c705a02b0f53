"""Customers and what they have."""

from __future__ import annotations

from uuid import UUID

from clients.models.base import Answer, Named


class Customer(Named):
    customer_id: UUID
    active: bool


class Site(Named):
    id: UUID
    address: str
    region: str


class Department(Named):
    id: UUID
    email: str
    locale: str


class KeyBusiness(Named):
    id: UUID
    department_id: UUID
    asset_ids: tuple[UUID, ...]


class Asset(Answer):
    id: UUID
    customer_id: UUID
    site_id: UUID
    name: str
    product: str
    model: str
    serial: str


class Contact(Answer):
    """A person of the customer; without a site, for all of them."""

    id: UUID
    site_id: UUID | None
    name: str
    email: str
    active: bool


class EmergencyOrganisation(Answer):
    team_ids: tuple[UUID, ...]
    leader_ids: tuple[UUID, ...]
    quorum: int
    superior_ids: tuple[UUID, ...]
