"""An incident's timeline, newest first: who did what and when, and which event caused it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clients.dashboard.elements import Rows, Tag
from clients.dashboard.reader import Reader
from clients.models import Entry

BAD = ("breached", "failed", "refused", "unanswered", "expired", "alarm_raised")
AT_RISK = ("clock_warned",)
GOOD = ("resolved", "confirmed", "closed", "completed", "answered", "authorised")
ASIDE = ("clocks_armed", "message_sent", "watcher_told", "webhook_delivered", "clock_stopped", "survey_sent")


@dataclass(frozen=True)
class Line:
    """An entry with the one it came from, and whether it is the first of its day that is shown."""

    entry: Entry
    cause: Entry | None
    begins_day: bool


def lines(entries: tuple[Entry, ...], reader: Reader) -> list[Line]:
    """Newest first; among entries of one moment the platform's order is kept, reversed."""
    known: Mapping[UUID, Entry] = {entry.event_id: entry for entry in entries}
    told: list[Line] = []
    before = ""
    for entry in reversed(entries):
        day = reader.day(entry.at)
        told.append(Line(entry, known.get(entry.causation_id) if entry.causation_id else None, day != before))
        before = day
    return told


def weight(event_type: str) -> str:
    """How an entry is marked: bad, at-risk, good, aside (of the machinery), or plain."""
    name = event_type.split(".")[1] if "." in event_type else event_type
    for kind, endings in (("bad", BAD), ("at-risk", AT_RISK), ("good", GOOD), ("aside", ASIDE)):
        if name.endswith(endings):
            return kind
    return "plain"


class LineRow:
    """One line; its anchor is the event's id, so that an effect can point at its cause."""

    def __init__(self, line: Line, reader: Reader) -> None:
        self._reader = reader
        entry = line.entry
        self.element = Tag("li", "", f"line line--{weight(entry.type)}", id=anchor(entry))
        with self.element:
            self._day = Tag("span", "", "line__day")
            Tag("time", reader.clock_time(entry.at), "line__time", datetime=entry.at.isoformat())
            with Tag("div", "", "line__body"):
                Tag("p", entry.sentence(reader.language), "line__sentence")
                with Tag("p", "", "line__about"):
                    Tag("span", entry.who(reader.language), "line__who")
                    Tag("span", reader.service(entry.service), "line__service")
                    if due := entry.data.get("due_at"):
                        Tag("span", reader.say("due", time=reader.short(datetime.fromisoformat(due))))
                    if line.cause:
                        with Tag("span", "", "line__cause"):
                            Tag("span", reader.say("caused_by") + " ")
                            Tag(
                                "a",
                                line.cause.sentence(reader.language),
                                "line__cause-link",
                                href=f"#{anchor(line.cause)}",
                            )
        self.show(line)

    def show(self, line: Line) -> None:
        """Entries do not change; only whether a day begins with one does."""
        self._day.show(self._reader.day(line.entry.at) if line.begins_day else "")


def anchor(entry: Entry) -> str:
    return f"e-{entry.event_id}"


class Timeline:
    """Grows at its top while the page is open."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        with Tag("section", "", "card timeline"):
            with Tag("h2", reader.say("timeline"), "card__title"):
                self._count = Tag("span", "", "card__count")
            self._rows = Rows[Line](
                Tag("ol", "", "lines"), lambda line: line.entry.event_id, lambda line: LineRow(line, reader)
            )
            self._empty = Tag("p", "", "card__empty")

    def show(self, entries: tuple[Entry, ...]) -> None:
        self._rows.show(lines(entries, self._reader))
        self._count.show(str(len(entries)) if entries else "")
        self._empty.show("" if entries else self._reader.say("timeline_empty"))
