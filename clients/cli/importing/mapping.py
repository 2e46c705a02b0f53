"""What a mapping file (TOML) may say: which column means what. Strict, so that a misspelt name is told and not ignored.

The mapping of ServiceNow's export is such a file too: servicenow.toml, beside this module.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from clients.cli.importing.times import ISO
from clients.cli.terminal import Misuse

BUILT_IN = Path(__file__).with_name("servicenow.toml")
MOST_DETAILS = 60

State = Literal[
    "reported", "acknowledged", "in_progress", "waiting", "resolved", "confirmed", "closed", "cancelled", "not_said"
]
Severity = Literal["general", "major", "disaster", "consultation"]
Verdict = Literal["kept", "broken"]
Promise = Literal["respond", "on_site", "resolve"]
Channel = Literal["api", "hotline", "mail", "portal", "monitoring"]
DateForm = Annotated[str, Field(pattern=r"^(iso|([^%]|%[aAbBdfHIjmMpSyYz%])+)$")]
NOT_SAID = "not_said"
KEPT, BROKEN = "kept", "broken"
MADE_MOMENTS = ("acknowledged_at", "started_at")


def _known_encoding(name: str) -> str:
    """Of text: Python also calls compressions and the like encodings."""
    try:
        "".encode(name)
    except LookupError as unknown:
        raise ValueError(name) from unknown
    return name


class Part(BaseModel):
    """Base of all parts of a mapping: nothing unknown is accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileForm(Part):
    delimiter: Annotated[str, Field(pattern=r'^([^\w\s"]|\t)$')] = ","
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    missing: tuple[str, ...] = ("",)
    dates: Annotated[tuple[DateForm, ...], Field(min_length=1)] = (ISO,)


class Columns(Part):
    """Names of the file's columns. With `at` there is one row per update, without it one row per incident."""

    number: str
    reported_at: str
    at: str | None = None
    by: str | None = None
    team: str | None = None
    assignee: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    asset_serial: str | None = None
    acknowledged_at: str | None = None
    started_at: str | None = None
    arrived_at: str | None = None
    resolved_at: str | None = None
    closed_at: str | None = None
    resolved_by: str | None = None

    def named(self) -> dict[str, str]:
        return {name: column for name, column in self if column is not None}


class Meanings(Part):
    """What each value of a column means. `otherwise` is meant by one that is not listed; without it, its row is
    rejected."""

    column: str
    values: Mapping[str, str]
    otherwise: str | None = None


class States(Meanings):
    values: dict[str, State]
    otherwise: State | None = None


class Severities(Meanings):
    values: dict[str, Severity]
    otherwise: Severity | None = None


class Channels(Meanings):
    values: dict[str, Channel]
    otherwise: Channel | None = None


class Judged(Meanings):
    """What the file says of a promise, as its last row has it; a value that is not listed says nothing. Incidents are
    told apart by the values of `by`."""

    values: dict[str, Verdict]
    otherwise: Verdict | None = None
    promise: Promise = "resolve"
    by: str


class Counted(Part):
    """Of which columns the end tells how many incidents have each value, or a number above zero."""

    by_value: tuple[str, ...] = ()
    above_zero: tuple[str, ...] = ()


class Meaning(Part):
    """`title`, `description` and `solution` are columns whose values make the text. `late` are columns that were known
    only at the end though every row has them; those of the end's own times are late by themselves."""

    source: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    title: Annotated[tuple[str, ...], Field(min_length=1)]
    description: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    details: tuple[str, ...] | None = None
    file: FileForm = FileForm()
    columns: Columns
    state: States | None = None
    severity: Severities | None = None
    channel: Channels | None = None
    judged: Judged | None = None
    counts: Counted = Counted()

    @property
    def of_updates(self) -> bool:
        return self.columns.at is not None

    def late_columns(self) -> frozenset[str]:
        """What must not be told before the end, for the file copies it onto every row."""
        columns = self.columns
        ends = (columns.arrived_at, columns.resolved_at, columns.closed_at, columns.resolved_by)
        return frozenset((*filter(None, ends), *self.solution, *self.late))

    def detail_columns(self, header: Sequence[str]) -> tuple[str, ...]:
        """What a fact tells beside its own members. Raises Misuse for more than the platform takes."""
        columns = self.columns
        told = {columns.number, columns.at, columns.by, columns.reported_at, *self.late_columns()}
        wanted = self.details or dict.fromkeys(name for name in header if name and name not in told)
        if len(wanted) > MOST_DETAILS:
            raise Misuse("many_details", count=len(wanted), most=MOST_DETAILS)
        return tuple(wanted)

    def columns_used(self) -> Iterator[str]:
        yield from self.columns.named().values()
        yield from (*self.title, *self.description, *self.solution, *self.late, *(self.details or ()))
        yield from (*self.counts.by_value, *self.counts.above_zero)
        tables = (self.state, self.severity, self.channel, self.judged)
        yield from (table.column for table in tables if table is not None)
        if self.judged is not None:
            yield self.judged.by

    def require(self, header: Sequence[str], file: Path) -> None:
        """Raises Misuse for a file without the columns this mapping names, or with one of them twice."""
        used = dict.fromkeys(self.columns_used())
        if lacking := [name for name in used if name not in header]:
            near = difflib.get_close_matches(lacking[0], header, n=1)
            raise Misuse(
                "columns_lacking", file=file.name, columns=", ".join(lacking), nearest=near[0] if near else None
            )
        if twice := [name for name in used if header.count(name) > 1]:
            raise Misuse("columns_twice", file=file.name, columns=", ".join(twice))


def mapping_in(file: Path) -> Meaning:
    """Raises Misuse for a file that cannot be read, is no TOML, or says what a mapping does not know."""
    try:
        mapping = Meaning.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as problem:
        raise Misuse("unreadable_file", file=file, reason=_reason(problem)) from problem
    except tomllib.TOMLDecodeError as problem:
        raise Misuse("no_toml", file=file.name, reason=problem) from problem
    except ValidationError as wrong:
        raise _misuse(file, wrong) from wrong
    _require_sense(file, mapping)
    return mapping


def _reason(problem: OSError | UnicodeDecodeError) -> str:
    return (problem.strerror if isinstance(problem, OSError) else problem.reason) or type(problem).__name__


def _misuse(file: Path, wrong: ValidationError) -> Misuse:
    """The first error, by its place in the file."""
    error = wrong.errors()[0]
    place = ".".join(str(part) for part in error["loc"])
    keys = {"extra_forbidden": "mapping_unknown", "missing": "mapping_missing"}
    nearest: list[str] = []
    if error["type"] == "extra_forbidden":
        nearest = difflib.get_close_matches(str(error["loc"][-1]), _members_at(error["loc"][:-1]), n=1)
    key = keys.get(error["type"], "mapping_value")
    return Misuse(key, file=file.name, place=place, value=error["input"], nearest=nearest[0] if nearest else None)


def _members_at(place: tuple[Any, ...]) -> list[str]:
    kinds: dict[tuple[Any, ...], type[Part]] = {
        (): Meaning,
        ("file",): FileForm,
        ("columns",): Columns,
        ("state",): States,
        ("severity",): Severities,
        ("channel",): Channels,
        ("judged",): Judged,
        ("counts",): Counted,
    }
    return list(kinds[place].model_fields) if place in kinds else []


def _require_sense(file: Path, mapping: Meaning) -> None:
    """Moments belong to files with one row per incident, a state to files with one row per update."""
    named = mapping.columns.named()
    if mapping.of_updates and (moments := [name for name in MADE_MOMENTS if name in named]):
        raise Misuse("mapping_moments", file=file.name, place=f"columns.{moments[0]}")
    if not mapping.of_updates and mapping.state is not None:
        raise Misuse("mapping_state", file=file.name)
