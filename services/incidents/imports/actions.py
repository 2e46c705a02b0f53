"""Taking over incidents: each is judged by itself, all that can be taken are written in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.incidents.clocks import actions as clocks
from services.incidents.clocks.domain import Bearer, Recorded, Wanted, aim
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Place, Terms, cover
from services.incidents.imports import domain
from services.incidents.imports.domain import Outcome, Record, Standing
from services.incidents.incidents import queries
from services.incidents.incidents.actions import take_over_incidents
from services.incidents.incidents.queries import TakenOver
from services.incidents.pauses.actions import record_pauses
from services.incidents.pauses.domain import Reason, Stretch
from shared.audit import note
from shared.db import context
from shared.errors import AftercareError, NotFound
from shared.events.incidents import IncidentImported, RecordedClock
from shared.outbox import emit

AS_RECORDED = (
    "title",
    "description",
    "channel",
    "severity",
    "asset_id",
    "contact_name",
    "contact_email",
    "contact_locale",
    "reported_at",
    "arrived_at",
    "solution",
)
"""The incident's columns that are filled as the record has them."""
AUDITED = ("source", "source_number", "title", "severity", "state", "covered")

Where = tuple[UUID | None, UUID | None]
"""An asset and a site, as a record names them."""


@dataclass(frozen=True)
class Result:
    """What became of one incident of the request."""

    source_number: str
    outcome: Outcome
    incident_id: UUID | None = None
    number: str | None = None
    covered: bool | None = None
    refusal: AftercareError | None = None


@dataclass(frozen=True)
class Accepted:
    """A record that can be taken over, with what was promised when it was reported."""

    record: Record
    standing: Standing
    terms: Terms | None
    site_id: UUID | None


async def import_incidents(
    session: AsyncSession,
    *,
    source: str,
    customer_id: UUID,
    dry_run: bool,
    incidents: Sequence[Mapping[str, Any]],
) -> list[Result]:
    """Take over what is new, leave what is known, refuse what cannot be. Raises CustomerNotFound."""
    records = [Record.of(given) for given in incidents]
    await queries.hold_source(session, customer_id, source)
    known = await queries.taken_over(session, customer_id, source, [record.number for record in records])
    places = await _places(session, customer_id, records)
    results: dict[int, Result] = {}
    accepted: dict[int, Accepted] = {}
    seen: set[str] = set()
    for place, record in enumerate(records):
        judged = _judged(session, record, known.get(record.number), places, repeated=record.number in seen)
        seen.add(record.number)
        if isinstance(judged, Accepted):
            accepted[place] = judged
            results[place] = Result(record.number, Outcome.IMPORTED, covered=judged.terms is not None)
        else:
            results[place] = judged
    if accepted and not dry_run:
        written = await _take_over(session, source, customer_id, list(accepted.values()))
        for place, bearer in zip(accepted, written, strict=True):
            results[place] = replace(results[place], incident_id=bearer.incident_id, number=bearer.number)
    return [results[place] for place in range(len(records))]


async def _places(session: AsyncSession, customer_id: UUID, records: Sequence[Record]) -> dict[Where, Place | NotFound]:
    """Each place the records name, or why it is none. Raises CustomerNotFound."""
    await copies.place(session, customer_id, None, None)
    found: dict[Where, Place | NotFound] = {}
    for where in dict.fromkeys((record.asset_id, record.site_id) for record in records):
        try:
            found[where] = await copies.place(session, customer_id, *where)
        except NotFound as nowhere:
            found[where] = nowhere
    return found


def _judged(
    session: AsyncSession,
    record: Record,
    known: TakenOver | None,
    places: Mapping[Where, Place | NotFound],
    *,
    repeated: bool,
) -> Accepted | Result:
    place = places[record.asset_id, record.site_id]
    at_last = domain.standing(record)
    refusal = domain.contradiction(record, at_last, context(session).now)
    if repeated:
        refusal = domain.NumberRepeated()
    elif known and known.history_hash == record.hash:
        return Result(record.number, Outcome.UNCHANGED, known.id, known.number, known.covered)
    elif known:
        refusal = domain.HistoryDiffers()
    elif isinstance(place, NotFound):
        refusal = place
    if refusal or isinstance(place, NotFound):
        return Result(record.number, Outcome.REFUSED, refusal=refusal)
    terms = cover(place.agreements, record.asset_id, record.reported_at)
    return Accepted(record, at_last, terms, place.site.id if place.site else None)


async def _take_over(
    session: AsyncSession, source: str, customer_id: UUID, accepted: Sequence[Accepted]
) -> Sequence[Bearer]:
    columns = [_columns(one) | {"source": source} for one in accepted]
    written = await take_over_incidents(session, customer_id, columns)
    promised = [promise for bearer, one in zip(written, accepted, strict=True) for promise in _promises(bearer, one)]
    stretches = {bearer.incident_id: _uncounted(one) for bearer, one in zip(written, accepted, strict=True)}
    await record_pauses(session, customer_id, f"source:{source}", stretches)
    judged = await clocks.record_clocks(session, promised, stretches)
    for bearer, one, filled in zip(written, accepted, columns, strict=True):
        _say(session, bearer, one.record, filled, judged.get(bearer.incident_id, ()))
    return written


def _columns(one: Accepted) -> dict[str, Any]:
    """The incident's columns that the record and its standing fill."""
    record, terms = one.record, one.terms
    return {name: getattr(record, name) for name in AS_RECORDED} | {
        "source_number": record.number,
        "history_hash": record.hash,
        "site_id": one.site_id,
        "state": one.standing.state,
        "acknowledged_at": one.standing.acknowledged_at,
        "resolved_at": one.standing.resolved_at,
        "closed_at": one.standing.closed_at,
        "cancelled_at": one.standing.cancelled_at,
        "covered": terms is not None,
        "agreement_id": terms.agreement_id if terms else None,
        "contract_number": terms.contract_number if terms else None,
    }


def _uncounted(one: Accepted) -> tuple[Stretch, ...]:
    """Where no agreement holds, waiting is shown all the same."""
    return domain.uncounted(
        one.record, waits=one.terms is None or Reason.WAITING_FOR_CUSTOMER in one.terms.pause_reasons
    )


def _promises(bearer: Bearer, one: Accepted) -> list[Recorded]:
    severity, started_at = one.record.severity, one.record.reported_at
    kept = domain.kept_promises(one.record, one.standing)
    return [
        Recorded(bearer, Wanted(kind, started_at, aimed), how.stopped_at, how.cancelled_at)
        for kind, how in kept.items()
        if (aimed := aim(one.terms, kind, severity, hits_key_business=False))
    ]


def _say(
    session: AsyncSession,
    bearer: Bearer,
    record: Record,
    columns: Mapping[str, Any],
    judged: Sequence[RecordedClock],
) -> None:
    own = {**vars(bearer), **columns, "resolved_by": record.resolved_by}
    emit(session, IncidentImported.model_validate({**own, "facts": record.facts, "clocks": tuple(judged)}))
    note(
        session,
        bearer.incident_id,
        "import_incident",
        after={"number": bearer.number} | {name: columns[name] for name in AUDITED},
        information={"history_hash": columns["history_hash"], "facts": len(record.facts)},
        customer_id=bearer.customer_id,
    )
