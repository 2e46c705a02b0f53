"""`aftercare import incidents`: its options, and the order in which an import is prepared, run and told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated
from uuid import UUID

import orjson
import typer

from clients.api import Aftercare, Problem, Unreachable
from clients.cli.helping import Command, family
from clients.cli.importing.comparing import Comparison
from clients.cli.importing.histories import Historian
from clients.cli.importing.mapping import BUILT_IN, Meaning, mapping_in
from clients.cli.importing.pictures import bar, summary_page
from clients.cli.importing.place import assets_by_serial, place_of, zone_asked, zone_of_contract
from clients.cli.importing.reading import Export
from clients.cli.importing.records import Records
from clients.cli.importing.rejections import Rejection, Rejections, rejections_kept
from clients.cli.importing.sending import Destination, Import
from clients.cli.importing.summary import REJECTED, Summary
from clients.cli.importing.times import LocalTimes
from clients.cli.parameters import AsJson, Lang, one_of, terminal_of
from clients.cli.terminal import Misuse, Terminal

FORMATS = ("servicenow", "csv")
LEFT_OUT = 1


def import_group() -> typer.Typer:
    group = family("import")
    group.command("incidents", cls=Command, help="import_incidents")(import_incidents)
    return group


@dataclass(frozen=True)
class Asked:
    """What the options say of the import; None is not said."""

    customer: str | None
    site: str | None
    asset: str | None
    zone: str | None
    limit: int | None
    dry_run: bool

    @property
    def says_where(self) -> bool:
        return self.site is not None or self.asset is not None


def import_incidents(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="argument_export")],
    form: Annotated[str, typer.Option("--format", metavar="|".join(FORMATS), help="option_format")],
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="option_mapping")] = None,
    customer: Annotated[str | None, typer.Option(help="option_import_customer")] = None,
    site: Annotated[str | None, typer.Option(help="option_import_site")] = None,
    asset: Annotated[str | None, typer.Option(help="option_import_asset")] = None,
    zone: Annotated[str | None, typer.Option(help="option_zone")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="option_import_limit")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option_dry_run")] = False,
    report: Annotated[bool, typer.Option("--report", help="option_import_report")] = False,
    rejected: Annotated[Path | None, typer.Option(metavar="FILE", help="option_rejected")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> int:
    terminal = terminal_of(ctx, as_json)
    one_of("--format", form, FORMATS)
    asked = Asked(customer, site, asset, zone, limit, dry_run)
    meaning = _meaning(form, mapping)
    with Export(file, meaning.file) as export, rejections_kept(terminal.language, rejected) as rejections:
        summary = Summary(meaning.counts, asked.says_where, _comparison(meaning, report))
        run = Run(terminal, asked, meaning, export, rejections, summary)
        run.carry_out()
    return 0 if run.summary.clean else LEFT_OUT


@dataclass
class Run:
    """One call of the command. The zone is known once the platform is asked."""

    terminal: Terminal
    asked: Asked
    meaning: Meaning
    export: Export
    rejections: Rejections
    summary: Summary
    zone: str = field(default="", init=False)

    def carry_out(self) -> None:
        """An import that ends early tells what came of it up to then, and why. Raises Misuse for a wrong file."""
        self.meaning.require(self.export.header, self.export.path)
        try:
            asyncio.run(self.terminal.with_platform(self._work))
        except (Problem, Unreachable, KeyboardInterrupt):
            if self.summary.sent:
                self._tell("ended_early")
            raise
        if self.summary.is_empty and not self.summary.broken:
            raise Misuse("no_rows", file=self.export.path.name)
        self._tell("judged" if self.asked.dry_run else "done")
        if broken := self.summary.broken:
            raise Misuse("broken_file", file=self.export.path.name, line=broken.line, reason=broken.reason)

    async def _work(self, api: Aftercare) -> None:
        place = await place_of(api, self.asked.customer, self.asked.site, self.asked.asset)
        zone = (
            zone_asked(self.asked.zone)
            if self.asked.zone is not None
            else await zone_of_contract(api, place.customer_id)
        )
        self.zone = zone.key
        historian = Historian(
            self.meaning,
            LocalTimes(zone, self.meaning.file.dates),
            self.meaning.detail_columns(self.export.header),
            await self._asset_id(api, place.customer_id),
            place.at,
        )
        destination = Destination(self.meaning.source, place.customer_id, self.asked.dry_run)
        records = Records(self.export, self.meaning.columns.number, self._reject_stray)
        with bar(self.terminal, self.export, self.summary, self.asked.limit) as progress:
            sending = Import(api, destination, historian, self.summary, self.rejections, progress)
            await sending.run(islice(records, self.asked.limit))
        self.summary.broken = self.export.broken

    async def _asset_id(self, api: Aftercare, customer_id: UUID) -> Callable[[str], str | None]:
        by_serial = await assets_by_serial(api, customer_id) if self.meaning.columns.asset_serial else {}
        return by_serial.get

    def _reject_stray(self, rejection: Rejection) -> None:
        """A row that is in the file, but in none of its incidents."""
        self.summary.updates[REJECTED] += 1
        self.rejections.add(rejection)

    def _tell(self, heading: str) -> None:
        terminal = self.terminal
        if not terminal.as_json:
            told = terminal.say(heading, file=self.export.path.name, zone=self.zone)
            terminal.tell(summary_page(self.summary, self.rejections, told, terminal.language))
            return
        content = {
            "source": self.meaning.source,
            "file": self.export.path.name,
            "zone": self.zone,
            "dry_run": self.asked.dry_run,
            **self.summary.to_data(),
            "first_left_out": self.rejections.to_data(),
        }
        terminal.out.file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")


def _comparison(meaning: Meaning, wanted: bool) -> Comparison | None:
    """Raises Misuse where the mapping does not say what the file judges."""
    if not wanted:
        return None
    if meaning.judged is None:
        raise Misuse("mapping_judges_nothing")
    return Comparison(meaning.judged)


def _meaning(form: str, mapping: Path | None) -> Meaning:
    """Raises Misuse for a mapping where none belongs, or none where one does, and for one that is wrong."""
    if form == "csv":
        if mapping is None:
            raise Misuse("missing", parameter="--mapping")
        return mapping_in(mapping)
    if mapping is not None:
        raise Misuse("mapping_without_csv")
    return mapping_in(BUILT_IN)
