"""What an agreement promises, where and when; and which one counts for a fault. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.events.contracts import Target
from shared.zones import zone_named

FROM_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    """A customer, site, asset or person by its name in both languages; an asset has one for both."""

    id: UUID
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Terms:
    """A version of an agreement that both sides signed. Dates are half-open, in the zone of its calendar.

    `in_force`: until another replaces it, or it is withdrawn. `in_force_at`: since when; None: from ever.
    """

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
    in_force: bool = True
    in_force_at: datetime | None = None

    def hold_at(self, at: datetime) -> bool:
        day = at.astimezone(zone_named(self.calendar["zone"])).date()
        return self.starts_on <= day < self.ends_on

    @property
    def since(self) -> datetime:
        return self.in_force_at or FROM_EVER

    def target(self, severity: str, kind: str) -> Target | None:
        """What is promised for a severity, or None when nothing is: also by a version that was withdrawn."""
        if self.withdrawn:
            return None
        found = (t for t in self.targets if t["severity"] == severity and t["kind"] == kind)
        return next((Target.model_validate(target) for target in found), None)


@dataclass(frozen=True)
class Place:
    """Where a fault is, and the versions of agreements that cover the asset, or its site, at any time."""

    customer: Named
    asset: Named | None
    site: Named | None
    agreements: tuple[Terms, ...]


def version_at(versions: Iterable[Terms], at: datetime, *, is_open: bool) -> Terms | None:
    """Of one contract's versions that hold at `at`, the one that counts for a report of that moment.

    It is the one in force then; where there was none, or it was withdrawn since, the first that came after and stays.
    For an open incident the version in force now comes before it, if it is for open incidents too. One that was
    superseded counts only where it is known by what, so that nobody gets it in place of a successor not heard of yet.
    """
    signed = sorted(versions, key=lambda terms: (terms.since, terms.revision, terms.agreement_id))
    last = max((place for place, terms in enumerate(signed) if terms.in_force or terms.withdrawn), default=-1)
    known = signed[: last + 1]
    if is_open and known and known[-1].in_force and known[-1].applies_to_open:
        return known[-1]
    begun = max((place for place, terms in enumerate(known) if terms.since <= at), default=0)
    return next((terms for terms in known[begun:] if not terms.withdrawn), None)


def cover(agreements: Iterable[Terms], asset_id: UUID | None, at: datetime, *, is_open: bool = True) -> Terms | None:
    """The agreement that counts for a report at `at`: of each contract the version of that moment, see `version_at`.

    Of several contracts one that names the asset comes before one for its site, then the newest.
    """
    by_contract: dict[str, list[Terms]] = defaultdict(list)
    for terms in agreements:
        if terms.hold_at(at):
            by_contract[terms.contract_number].append(terms)
    counting = (version_at(versions, at, is_open=is_open) for versions in by_contract.values())
    return max(
        (terms for terms in counting if terms is not None),
        key=lambda terms: (asset_id in terms.asset_ids, terms.starts_on, terms.revision, terms.agreement_id),
        default=None,
    )
