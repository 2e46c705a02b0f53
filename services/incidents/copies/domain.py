"""What an agreement promises, where and when; and which one counts for a fault. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.events.contracts import Target
from shared.zones import zone_named


@dataclass(frozen=True)
class Named:
    """A customer, site, asset or person by its name in both languages; an asset has one for both."""

    id: UUID
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Terms:
    """A version of an agreement. Dates are half-open, in the zone of its calendar."""

    agreement_id: UUID
    contract_number: str
    revision: int
    starts_on: date
    ends_on: date
    asset_ids: Collection[UUID]
    calendar: Mapping[str, Any]
    targets: Sequence[Mapping[str, Any]]
    applies_to_open: bool = False
    withdrawn: bool = False
    warning_percents: Sequence[int] = ()
    warn_before_seconds: Sequence[int] = ()
    pause_reasons: Collection[str] = ()
    pause_cap_seconds: int | None = None
    close_after_days: int | None = None
    priorities: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    provisional_years: Collection[int] = ()

    def hold_at(self, at: datetime) -> bool:
        day = at.astimezone(zone_named(self.calendar["zone"])).date()
        return self.starts_on <= day < self.ends_on

    def target(self, severity: str, kind: str) -> Target | None:
        """What is promised for a severity, or None when nothing is: also by a version that was withdrawn."""
        if self.withdrawn:
            return None
        found = (t for t in self.targets if t["severity"] == severity and t["kind"] == kind)
        return next((Target.model_validate(target) for target in found), None)


@dataclass(frozen=True)
class Place:
    """Where a fault is, and the agreements in force that cover the asset, or its site, at any time."""

    customer: Named
    asset: Named | None
    site: Named | None
    agreements: tuple[Terms, ...]


def cover(agreements: Iterable[Terms], asset_id: UUID | None, at: datetime) -> Terms | None:
    """The agreement that counts at `at`: one that names the asset before one for its site, then the newest."""
    holding = (terms for terms in agreements if terms.hold_at(at))
    return max(
        holding,
        key=lambda terms: (asset_id in terms.asset_ids, terms.starts_on, terms.revision, terms.agreement_id),
        default=None,
    )
