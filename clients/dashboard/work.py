"""What staff keep beside an incident: tags, who watches it, the time they spent, and the teams it went through."""

from __future__ import annotations

from clients.dashboard.asking import Ask, Move
from clients.dashboard.drawing import Drawing
from clients.dashboard.elements import Tag
from clients.dashboard.filters import Filters
from clients.dashboard.records import Details, Record
from clients.models import Segment, TimeEntry
from shared.permissions import Permission

WORKS = ("remote", "on_site", "travel")


class Work(Drawing):
    def draw(self, record: Record) -> None:
        self._begin(record)
        details = record.details
        self._watchers(details)
        if self._me.customer_id is None:
            self._tags(details.tags)
            self._time(details.time)
            self._section("segments", details.segments, self._segment)

    def _tags(self, tags: tuple[str, ...] | None) -> None:
        if tags is None:
            return
        with Tag("section", "", "card section--tags"):
            self._title("tags", len(tags))
            with Tag("p", "", "tags"):
                for tag in tags:
                    Tag("a", tag, "tag", href=Filters(tag=tag).path)
            asks = (Ask("tags", "words", required=False, initial=" ".join(tags)),)
            self._buttons([Move("tag", f"{self._at}/tags", asks, method="PUT")])

    def _watchers(self, details: Details) -> None:
        if details.watchers is None:
            return
        language = self._reader.language
        with Tag("section", "", "card section--watchers"):
            self._title("watchers", len(details.watchers))
            names = [watcher.name(language) for watcher in details.watchers]
            Tag("p", self._reader.joined(names) or self._reader.say("nobody_watches"), "item__notes")
            is_watching = any(watcher.person_id == self._me.id for watcher in details.watchers)
            name, method = ("unwatch", "DELETE") if is_watching else ("watch", "PUT")
            if Permission.INCIDENTS_DISCUSS in self._me.permissions:
                self._buttons([Move(name, f"{self._at}/watchers/me", method=method)])

    def _time(self, entries: tuple[TimeEntry, ...] | None) -> None:
        if entries is None:
            return
        reader = self._reader
        counted = [entry for entry in entries if entry.withdrawn_at is None]
        with Tag("section", "", "card section--time"):
            self._title("time_spent", len(counted))
            for entry in counted:
                self._entry(entry)
            if counted:
                total = reader.duration(60 * sum(entry.minutes for entry in counted))
                Tag("p", reader.say("time_total", time=total), "item__decision")
            if Permission.INCIDENTS_INTERNAL in self._me.permissions:
                self._buttons([Move("enter_time", f"{self._at}/time", _TIME)])

    def _entry(self, entry: TimeEntry) -> None:
        reader = self._reader
        name, spent = self._who(str(entry.person_id), entry.person_name), reader.duration(60 * entry.minutes)
        with Tag("div", "", "item"):
            Tag("span", f"{name} · {reader.word(entry.work)} · {spent}", "item__title")
            self._notes(entry.spent_on.isoformat(), entry.note or "")
            if entry.person_id == self._me.id:
                about = f"{entry.spent_on.isoformat()} · {spent}"
                at = f"/v1/time/{entry.id}/withdraw"
                self._buttons([Move("withdraw_time", at, (Ask("reason"),), is_refusal=True, about=about)])

    def _segment(self, segment: Segment) -> None:
        reader = self._reader
        Tag("span", reader.word(segment.team), "item__title")
        until = reader.short(segment.until_at) if segment.until_at else reader.say("still")
        counted = segment.counted_seconds
        self._notes(
            f"{reader.short(segment.from_at)} – {until}",
            reader.duration(segment.seconds),
            reader.say("counted_of_it", time=reader.duration(counted)) if counted is not None else "",
        )

    @property
    def _at(self) -> str:
        return f"/v1/incidents/{self._record.incident.id}"


_TIME = (
    Ask("work", "choice", WORKS, initial="remote"),
    Ask("minutes", "number"),
    Ask("spent_on", "day"),
    Ask("note", "text", required=False),
)
