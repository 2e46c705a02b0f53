"""Taking over incidents: each is judged by itself, all that can be taken are written in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.clocks.domain import Bearer, Recorded, Wanted, aim
from services.incidents.clocks.queries import readings
from services.incidents.clocks.recording import foresee_clocks, record_clocks
from services.incidents.copies import queries as copies
from services.incidents.copies.domain import Place, Terms, cover
from services.incidents.imports import domain
from services.incidents.imports.domain import Outcome, Record, Standing
from services.incidents.incidents import queries
from services.incidents.incidents.actions import take_over_incidents
from services.incidents.incidents.domain import OVER
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
    """What became of one incident of the request; `clocks`: by kind, how the promise stands."""

    source_number: str
    outcome: Outcome
    incident_id: UUID | None = None
    number: str | None = None
    covered: bool | None = None
    clocks: Mapping[str, str] = field(default_factory=dict)
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
    numbers = [record.number for record in records if record.is_storable]
    known = await queries.taken_over(session, customer_id, source, numbers)
    places = await _places(session, customer_id, records)
    judged: list[Accepted | Result] = []
    seen: set[str] = set()
    for record in records:
        repeated = record.number in seen
        judged.append(_judged(session, record, known.get(record.number), places, repeated=repeated))
        seen.add(record.number)
    accepted = [one for one in judged if isinstance(one, Accepted)]
    taken = iter(
        _foreseen(session, customer_id, accepted)
        if dry_run
        else await _take_over(session, source, customer_id, accepted)
    )
    left = iter(await _with_clocks(session, [one for one in judged if isinstance(one, Result)]))
    return [next(taken) if isinstance(one, Accepted) else next(left) for one in judged]


async def _places(session: AsyncSession, customer_id: UUID, records: Sequence[Record]) -> dict[Where, Place | NotFound]:
    """Each place the records name, or why it is none. Raises CustomerNotFound."""
    await copies.place(session, customer_id, None, None, of_before=True)
    found: dict[Where, Place | NotFound] = {}
    for where in dict.fromkeys((record.asset_id, record.site_id) for record in records):
        try:
            found[where] = await copies.place(session, customer_id, *where, of_before=True)
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
    is_open = at_last.state not in OVER
    terms = cover(place.agreements, record.asset_id, record.reported_at, is_open=is_open)
    return Accepted(record, at_last, terms, place.site.id if place.site else None)


async def _take_over(
    session: AsyncSession, source: str, customer_id: UUID, accepted: Sequence[Accepted]
) -> list[Result]:
    if not accepted:
        return []
    columns = [_columns(one) | {"source": source} for one in accepted]
    written = await take_over_incidents(session, customer_id, columns)
    promised, stretches = _of_record(written, accepted)
    await record_pauses(session, customer_id, f"source:{source}", stretches)
    judged = await record_clocks(session, promised, stretches)
    for bearer, one, filled in zip(written, accepted, columns, strict=True):
        _say(session, bearer, one.record, filled, judged.get(bearer.incident_id, ()))
    return [
        replace(
            _imported(one, judged.get(bearer.incident_id, ())), incident_id=bearer.incident_id, number=bearer.number
        )
        for bearer, one in zip(written, accepted, strict=True)
    ]


def _foreseen(session: AsyncSession, customer_id: UUID, accepted: Sequence[Accepted]) -> list[Result]:
    """As `_take_over` would answer; nothing is written."""
    bearers = [Bearer(uuid7(), customer_id, one.record.number) for one in accepted]
    judged = foresee_clocks(session, *_of_record(bearers, accepted))
    return [_imported(one, judged.get(bearer.incident_id, ())) for bearer, one in zip(bearers, accepted, strict=True)]


def _of_record(
    bearers: Sequence[Bearer], accepted: Sequence[Accepted]
) -> tuple[list[Recorded], dict[UUID, tuple[Stretch, ...]]]:
    """What was promised, and by incident what did not count."""
    pairs = list(zip(bearers, accepted, strict=True))
    promised = [promise for bearer, one in pairs for promise in _promises(bearer, one)]
    return promised, {bearer.incident_id: _uncounted(one) for bearer, one in pairs}


def _imported(one: Accepted, judged: Sequence[RecordedClock]) -> Result:
    outcomes = {clock.kind: clock.outcome for clock in judged}
    return Result(one.record.number, Outcome.IMPORTED, covered=one.terms is not None, clocks=outcomes)


async def _with_clocks(session: AsyncSession, results: Sequence[Result]) -> list[Result]:
    """Those that are here already tell how their own promises stand by now."""
    here = [result.incident_id for result in results if result.incident_id]
    found = await readings(session, here, context(session).now)
    stand = {of: {one.kind: str(one.state) for one in clocks if one.about_id is None} for of, clocks in found.items()}
    return [replace(one, clocks=stand.get(one.incident_id, {})) if one.incident_id else one for one in results]


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
        "answer_since": None if one.standing.closed_at else one.standing.resolved_at,
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
