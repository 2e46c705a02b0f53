"""From the rows of one incident to the history that is sent: its facts in order of time, and its end by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from clients.cli.importing.mapping import NOT_SAID, Meaning
from clients.cli.importing.reading import Row, Values
from clients.cli.importing.records import Record
from clients.cli.importing.rejections import Rejection, Unfit
from clients.cli.importing.times import LocalTimes
from clients.cli.importing.values import is_above_zero, iso, meaning_of, name_in, text_of, value_in

MOST_TITLE, MOST_TEXT, MOST_NUMBER = 200, 10_000, 100
MOST_BYTES = 3_000_000
"""Of one incident: the platform takes 4 MiB in one request."""
MOMENTS = (
    ("acknowledged_at", "acknowledged"),
    ("started_at", "in_progress"),
    ("resolved_at", "resolved"),
    ("closed_at", "closed"),
)

TOLD_ON_CHANGE = ("state", "team", "assignee", "severity")

Json = dict[str, Any]
Count = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the file says of the promise that the mapping names (kept, broken or nothing), and its value of `by`."""

    of: str
    said: str | None


@dataclass(frozen=True, slots=True)
class History:
    """One incident as the platform takes it, with what the counts at the end need of it."""

    number: str
    line: int
    body: Json
    bytes: int
    updates: int
    counts: tuple[Count, ...]
    verdict: Verdict | None


@dataclass(frozen=True)
class Historian:
    """Reads records by a mapping. `asset_id` answers for a serial number, with None for one that is not known."""

    meaning: Meaning
    times: LocalTimes
    details: tuple[str, ...]
    asset_id: Callable[[str], str | None]
    place: Mapping[str, str | None]

    def history_of(self, record: Record) -> History | list[Rejection]:
        """The history, or every reason why there is none."""
        rejections = list(record.rejections)
        dated: list[tuple[datetime, Row]] = []
        for row in record.rows:
            try:
                dated.append((self._checked(row), row))
            except Unfit as unfit:
                rejections.append(Rejection(row.line, record.number, unfit.key, unfit.values))
        if rejections:
            return sorted(rejections, key=lambda rejection: rejection.line)
        dated.sort(key=lambda pair: pair[0])
        try:
            return self._history(record, dated)
        except Unfit as unfit:
            return [Rejection(dated[-1][1].line, record.number, unfit.key, unfit.values)]

    def _checked(self, row: Row) -> datetime:
        """The time of the row. Raises Unfit for any value that cannot be, also for one that is used by no fact."""
        columns = self.meaning.columns
        for column in (columns.by, columns.team, columns.assignee, columns.contact_name, columns.resolved_by):
            name_in(row.values, column)
        for column in (columns.arrived_at, columns.resolved_at, columns.closed_at):
            self._moment(row.values, column)
        self._state(row.values)
        meaning_of(self.meaning.severity, row.values)
        reported_at = self._wanted(row.values, columns.reported_at)
        return reported_at if columns.at is None else self._wanted(row.values, columns.at)

    def _history(self, record: Record, dated: Sequence[tuple[datetime, Row]]) -> History:
        last = dated[-1][1].values
        if len(record.number) > MOST_NUMBER:
            raise Unfit("too_long", column=self.meaning.columns.number, most=MOST_NUMBER)
        facts = list(self._facts(dated)) if self.meaning.of_updates else list(self._facts_of_moments(dated))
        severities = [fact["severity"] for fact in facts if fact["severity"]]
        body = {
            "number": record.number,
            **self._texts(record.number, last),
            **self._where(last),
            **self._moments(last),
            "severity": severities[-1] if severities else "general",
            "facts": facts,
        }
        size = len(orjson.dumps(body))
        if size > MOST_BYTES:
            raise Unfit("too_large", most=MOST_BYTES)
        counts = tuple(self._counts(last))
        return History(record.number, record.line, body, size, record.length, counts, self._verdict(last))

    def _texts(self, number: str, last: Values) -> Json:
        """What it was about, and whom to answer. The number stands where the record says nothing."""
        meaning, columns = self.meaning, self.meaning.columns
        return {
            "title": text_of(last, meaning.title, " / ", MOST_TITLE) or number,
            "description": text_of(last, meaning.description or meaning.title, "\n", MOST_TEXT) or number,
            "channel": meaning_of(meaning.channel, last) or "api",
            "contact_name": name_in(last, columns.contact_name) or meaning.source,
            "contact_email": value_in(last, columns.contact_email),
        }

    def _moments(self, last: Values) -> Json:
        """When it was reported, and what is stated once for the end."""
        columns = self.meaning.columns
        return {
            "reported_at": self._wanted(last, columns.reported_at).isoformat(),
            "arrived_at": iso(self._moment(last, columns.arrived_at)),
            "resolved_at": iso(self._moment(last, columns.resolved_at)),
            "closed_at": iso(self._moment(last, columns.closed_at)),
            "solution": text_of(last, self.meaning.solution, "\n", MOST_TEXT) or None,
            "resolved_by": name_in(last, columns.resolved_by),
        }

    def _facts(self, dated: Sequence[tuple[datetime, Row]]) -> Iterator[Json]:
        """One per row. What is as the row before had it is not told again."""
        before: Values = {}
        told: Json = {}
        for at, row in dated:
            fact = self._fact(at, row.values, self._state(row.values), self._changed(before, row.values))
            yield fact | {name: None for name in TOLD_ON_CHANGE if fact[name] == told.get(name)}
            before, told = row.values, fact

    def _facts_of_moments(self, dated: Sequence[tuple[datetime, Row]]) -> Iterator[Json]:
        """Of the one row of an incident: what is known only at its end is told by the last fact, not by an earlier."""
        if len(dated) > 1:
            raise Unfit("several_rows")
        reported_at, row = dated[0]
        columns = self.meaning.columns.named()
        moments = [(self._moment(row.values, columns.get(name)), state) for name, state in MOMENTS]
        *earlier, (at, state) = [(reported_at, "reported"), *((at, state) for at, state in moments if at)]
        for earlier_at, earlier_state in earlier:
            yield self._fact(earlier_at, {}, earlier_state, {})
        yield self._fact(at, row.values, state, self._changed({}, row.values))

    def _fact(self, at: datetime, values: Values, state: str | None, details: Values) -> Json:
        columns = self.meaning.columns
        return {
            "at": at.isoformat(),
            "by": name_in(values, columns.by) or self.meaning.source,
            "state": state,
            "team": name_in(values, columns.team),
            "assignee": name_in(values, columns.assignee),
            "severity": meaning_of(self.meaning.severity, values),
            "details": details,
        }

    def _changed(self, before: Values, now: Values) -> Values:
        """A team or assignee is told by the fact itself; here only when it was taken away, which null does not say."""
        own = (self.meaning.columns.team, self.meaning.columns.assignee)
        return {
            name: now[name]
            for name in self.details
            if now[name] != before.get(name) and (now[name] is None or name not in own)
        }

    def _state(self, values: Values) -> str | None:
        state = meaning_of(self.meaning.state, values)
        return None if state == NOT_SAID else state

    def _where(self, last: Values) -> Json:
        serial = value_in(last, self.meaning.columns.asset_serial)
        if serial is None:
            return dict(self.place)
        asset_id = self.asset_id(serial)
        if asset_id is None:
            raise Unfit("unknown_serial", value=serial)
        return {"site_id": None, "asset_id": asset_id}

    def _counts(self, last: Values) -> Iterator[Count]:
        for column in self.meaning.counts.by_value:
            yield column, last[column] or "?"
        for column in self.meaning.counts.above_zero:
            if is_above_zero(last[column]):
                yield column, ">0"

    def _verdict(self, last: Values) -> Verdict | None:
        """A value that is not listed says nothing: what a file says of promises never keeps an incident out."""
        judged = self.meaning.judged
        if judged is None:
            return None
        return Verdict(last[judged.by] or "?", judged.values.get(last[judged.column] or "", judged.otherwise))

    def _wanted(self, values: Values, column: str) -> datetime:
        at = self._moment(values, column)
        if at is None:
            raise Unfit("no_date", column=column)
        return at

    def _moment(self, values: Values, column: str | None) -> datetime | None:
        value = value_in(values, column)
        return None if value is None else self.times.read(value)
