"""Importing customers, sites and assets: each row is judged by itself, and all are written or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.changes.actions import Row, differing, write_changes
from services.contracts.copies.queries import engineers_named
from services.contracts.customers import actions as customers
from services.contracts.customers import queries
from services.contracts.imports import domain
from services.contracts.imports.domain import Column, Line, Outcome
from shared.errors import AftercareError

if TYPE_CHECKING:
    from services.contracts.customers.models import Site

Fields = Mapping[str, Any]
NOTHING_NEW: Mapping[str, Any] = {"criticality": "normal", "warranty_until": None, "servicer_ids": []}
"""What a new asset has where the file does not say."""


@dataclass(frozen=True)
class Judged:
    """What becomes of one row; `found` is the record it is about, if there is one."""

    row: int
    key: str
    outcome: Outcome
    fields: Fields
    found: Row | None = None
    refusal: AftercareError | None = None


@dataclass(frozen=True)
class Imported:
    """What became of a file. Nothing is written when a row is refused, or when it was only tried."""

    rows: Sequence[Judged]
    dry_run: bool

    @property
    def written(self) -> bool:
        return not self.dry_run and not any(judged.refusal for judged in self.rows)


async def import_customers(session: AsyncSession, *, content: bytes, dry_run: bool) -> Imported:
    """A customer is known by its Chinese name. Raises what `domain.read` raises."""
    lines = domain.read(content, domain.CUSTOMERS)
    known = await queries.customers_to_change(session, [line.cells.get("name_zh", "") for line in lines])
    rows = _judge(lines, domain.CUSTOMERS, "name_zh", known, dict)
    imported = Imported(rows, dry_run)
    if imported.written:
        for judged in _with(rows, Outcome.CREATED):
            await customers.add_customer(session, **judged.fields)
        await _change(session, rows, "change_customer", customers.say_customer)
    return imported


async def import_sites(session: AsyncSession, *, customer_id: UUID, content: bytes, dry_run: bool) -> Imported:
    """A site is known by its Chinese name. Raises CustomerNotFound, and what `domain.read` raises."""
    lines = domain.read(content, domain.SITES)
    await queries.locked_customer(session, customer_id)
    rows = _judge(lines, domain.SITES, "name_zh", await queries.sites_to_change(session, customer_id), dict)
    imported = Imported(rows, dry_run)
    if imported.written:
        for judged in _with(rows, Outcome.CREATED):
            await customers.add_site(session, customer_id=customer_id, **judged.fields)
        await _change(session, rows, "change_site", customers.say_site)
    return imported


async def import_assets(session: AsyncSession, *, customer_id: UUID, content: bytes, dry_run: bool) -> Imported:
    """An asset is known by its serial number. Raises CustomerNotFound, and what `domain.read` raises."""
    lines = domain.read(content, domain.ASSETS)
    await queries.locked_customer(session, customer_id)
    sites = _by_name(await queries.sites_to_change(session, customer_id))
    engineers = await engineers_named(session, _names(lines))
    serials = [line.cells.get("serial", "") for line in lines]
    known = await queries.assets_to_change(session, customer_id, serials)
    rows = _judge(lines, domain.ASSETS, "serial", known, lambda cells: _asset(cells, sites, engineers))
    imported = Imported(rows, dry_run)
    if imported.written:
        new = [{**NOTHING_NEW, **judged.fields} for judged in _with(rows, Outcome.CREATED)]
        await customers.add_assets(session, customer_id, new)
        await _change(session, rows, "change_asset", customers.say_asset)
    return imported


def _judge(
    lines: Sequence[Line],
    columns: Sequence[Column],
    key: str,
    known: Sequence[Any],
    understood: Callable[[Mapping[str, str]], Fields],
) -> list[Judged]:
    rows: list[Judged] = []
    by_key: dict[str, list[Any]] = {}
    for row in known:
        by_key.setdefault(getattr(row, key), []).append(row)
    first: dict[str, int] = {}
    for line in lines:
        named = line.cells.get(key, "")
        try:
            fields = understood(domain.checked(line, columns))
            if named in first:
                raise domain.RowRepeated(key=named, row=first[named])
            rows.append(_compared(line, named, fields, by_key.get(named, [])))
        except AftercareError as refusal:
            rows.append(Judged(line.row, named, Outcome.REFUSED, {}, refusal=refusal))
        first.setdefault(named, line.row)
    return rows


def _compared(line: Line, key: str, fields: Fields, found: Sequence[Any]) -> Judged:
    if len(found) > 1:
        raise domain.NameAmbiguous(name=key)
    if not found:
        return Judged(line.row, key, Outcome.CREATED, fields)
    outcome = Outcome.UPDATED if differing(found[0], fields) else Outcome.UNCHANGED
    return Judged(line.row, key, outcome, fields, found[0])


def _names(lines: Sequence[Line]) -> set[str]:
    return {name for line in lines for name in domain.named_in(line.cells.get("servicers", ""))}


def _asset(cells: Mapping[str, str], sites: Mapping[str, set[UUID]], engineers: Mapping[str, set[UUID]]) -> Fields:
    """Raises SiteUnknown, CellInvalid, CellNoDate, ServicersUnknown."""
    fields: dict[str, Any] = dict(cells)
    at = sites.get(fields.pop("site"), set())
    if len(at) != 1:
        raise domain.SiteUnknown(site=cells["site"])
    fields["site_id"] = next(iter(at))
    if "criticality" in fields:
        fields["criticality"] = domain.criticality(fields["criticality"])
    if "warranty_until" in fields:
        fields["warranty_until"] = domain.day(fields["warranty_until"], "warranty_until")
    if "servicers" in fields:
        fields["servicer_ids"] = domain.servicers(fields.pop("servicers"), engineers)
    return fields


def _by_name(sites: Sequence[Site]) -> Mapping[str, set[UUID]]:
    """Sites in use by their names in both languages."""
    named: dict[str, set[UUID]] = {}
    for site in sites:
        for name in (site.name_zh, site.name_en) if site.active else ():
            named.setdefault(name, set()).add(site.id)
    return named


def _with(rows: Sequence[Judged], outcome: Outcome) -> list[Judged]:
    return [judged for judged in rows if judged.outcome == outcome]


async def _change(
    session: AsyncSession, rows: Sequence[Judged], action: str, say: Callable[[AsyncSession, Any], None]
) -> None:
    """Write all that differs in one flush, then say each record."""
    changed = [judged for judged in _with(rows, Outcome.UPDATED) if judged.found is not None]
    for judged in changed:
        assert judged.found is not None
        write_changes(session, judged.found, action, judged.fields)
    await session.flush()
    for judged in changed:
        say(session, judged.found)
