"""What contracts says: snapshots of the reference data that four other services answer from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events._base import Event, Snapshot


class Target(BaseModel):
    """One promise of an agreement: `kind` of clock for a severity. `unit`: seconds, working_seconds or working_days.

    `next_update` is owed again after each update to the customer; `vendor` is what an external party owes us.
    """

    model_config = ConfigDict(frozen=True)

    severity: str
    kind: str
    amount: int
    unit: str


class CustomerChanged(Snapshot, type="contracts.customer_changed.v1", subject="customer_id"):
    """A customer: an organisation that holds contracts. Every tenant row carries its id."""

    customer_id: UUID
    name_zh: str
    name_en: str
    active: bool


class SiteChanged(Snapshot, type="contracts.site_changed.v1", subject="site_id"):
    """A place where a customer's assets stand."""

    site_id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    address: str
    region: str
    active: bool = True


class DepartmentChanged(Snapshot, type="contracts.department_changed.v1", subject="department_id"):
    """A business department of a customer; it is told when service is restored."""

    department_id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    email: str
    locale: str
    active: bool = True


class AssetChanged(Snapshot, type="contracts.asset_changed.v1", subject="asset_id"):
    """One item of the installed base. `state`: in_service or retired; `warranty_until` is its last day of warranty.

    `servicer_ids`: the people authorised to service it; none named, anybody with the skill is.
    """

    asset_id: UUID
    customer_id: UUID
    site_id: UUID
    name: str
    product: str
    model: str
    serial: str
    criticality: str
    warranty_until: date | None = None
    servicer_ids: tuple[UUID, ...] = ()
    state: str = "in_service"


class KeyBusinessChanged(Snapshot, type="contracts.key_business_changed.v1", subject="key_business_id"):
    """A key business, its owner department and the assets it depends on. `dependence`: general or very_high."""

    key_business_id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str
    department_id: UUID
    asset_ids: tuple[UUID, ...]
    dependence: str
    tolerable_outage_seconds: int
    active: bool = True


class AgreementChanged(Snapshot, type="contracts.agreement_changed.v1", subject="agreement_id"):
    """A version of a service-level agreement with the contract it belongs to: cover, term, calendar and targets.

    `calendar` is a work calendar as plain data, for the targets in working units. `in_force` is true once both sides
    signed and until another version replaces it. Dates are half-open: `starts_on` counts, `ends_on` does not.

    `calendar_id`: the named calendar that `calendar` was taken from; a correction of it says the agreement again.
    `applies_to_open`: both sides signed that this version also holds for incidents that are open. `withdrawn`: it
    promises nothing any more, from now on. Warnings: `warning_percents` of a promise's time (none: the platform's
    own), and `warn_before_seconds` of counted time ahead of its end. `pause_reasons` are those for which an incident
    may wait, up to `pause_cap_seconds` in all (None: no cap). `close_after_days`: working days after which a solution
    that nobody answered is taken as accepted (None: never). `priorities`: by impact, then urgency.
    `provisional_years`: those of the calendar whose public holidays are not announced yet. `in_force_at`: when both
    sides had signed (None where it was said before this was told).
    """

    agreement_id: UUID
    contract_id: UUID
    contract_number: str
    customer_id: UUID
    revision: int
    in_force: bool
    starts_on: date
    ends_on: date
    site_ids: tuple[UUID, ...]
    asset_ids: tuple[UUID, ...]
    calendar: dict[str, Any]
    targets: tuple[Target, ...]
    calendar_id: UUID | None = None
    applies_to_open: bool = False
    withdrawn: bool = False
    warning_percents: tuple[int, ...] = ()
    warn_before_seconds: tuple[int, ...] = ()
    pause_reasons: tuple[str, ...] = ("waiting_for_customer",)
    pause_cap_seconds: int | None = None
    close_after_days: int | None = None
    priorities: dict[str, dict[str, str]] = Field(default_factory=dict)
    provisional_years: tuple[int, ...] = ()
    in_force_at: datetime | None = None


class EmergencyOrganisationChanged(Snapshot, type="contracts.emergency_organisation_changed.v1", subject="customer_id"):
    """Who acts for a customer in an emergency. `quorum`: how many leaders must authorise a plan."""

    customer_id: UUID
    team_ids: tuple[UUID, ...]
    leader_ids: tuple[UUID, ...]
    quorum: int
    superior_ids: tuple[UUID, ...]


class ContactChanged(Snapshot, type="contracts.contact_changed.v1", subject="contact_id"):
    """A person of the customer to call, at one site or (None) for all of them. `locale`: the language they read."""

    contact_id: UUID
    customer_id: UUID
    site_id: UUID | None
    name: str
    role_zh: str
    role_en: str
    phone: str
    email: str
    locale: str
    active: bool


class YearScope(BaseModel):
    """How the `year`th year of a contract's term is served: on site, remotely, and in words."""

    model_config = ConfigDict(frozen=True)

    year: int
    on_site: bool
    remote: bool
    text_zh: str
    text_en: str


class ContractChanged(Snapshot, type="contracts.contract_changed.v1", subject="contract_id"):
    """A contract: its term (`starts_on` counts, `ends_on` does not), what it covers and who is responsible for it.

    `item_codes` name items of the catalogue; `engineer_ids` are in the order in which they are called.
    """

    contract_id: UUID
    number: str
    customer_id: UUID
    starts_on: date
    ends_on: date
    site_ids: tuple[UUID, ...]
    asset_ids: tuple[UUID, ...]
    item_codes: tuple[str, ...]
    engineer_ids: tuple[UUID, ...]
    years: tuple[YearScope, ...]


class CatalogueItemChanged(Snapshot, type="contracts.catalogue_item_changed.v1", subject="item_id"):
    """A service item that contracts may include. `modes`: on_site, remote; `skills` are asked for at dispatch."""

    item_id: UUID
    code: str
    name_zh: str
    name_en: str
    scope_zh: str
    scope_en: str
    provider_zh: str
    provider_en: str
    modes: tuple[str, ...]
    skills: tuple[str, ...]
    targets: tuple[Target, ...]
    active: bool


class EntitlementUsed(
    Event,
    type="contracts.entitlement_used.v1",
    subject="entitlement_id",
    en="Counted against contract {contract_number}, year {year}: {unit} {amount:g}",
    zh="计入合同 {contract_number} 第 {year} 年服务额度：{amount:g} {unit}",
):
    """A use was counted against what a contract grants in one year. `unit`: visits or hours.

    `left` is below zero when more was used than granted. `incident_id` is None for a use entered by hand.
    """

    entitlement_id: UUID
    use_id: UUID
    contract_id: UUID
    contract_number: str
    customer_id: UUID
    incident_id: UUID | None
    item_code: str
    unit: str
    year: int
    amount: float
    granted: float
    left: float
    used_at: datetime


class EntitlementExhausted(Event, type="contracts.entitlement_exhausted.v1", subject="entitlement_id"):
    """What a contract grants in one year is used up, or more than that. Said once for each year."""

    entitlement_id: UUID
    contract_id: UUID
    contract_number: str
    customer_id: UUID
    item_code: str
    unit: str
    year: int
    granted: float
    used: float
