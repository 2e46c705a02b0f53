"""One incident in a list: a row of a table on a wide screen, a card on a narrow one."""

from __future__ import annotations

from clients.dashboard.addresses import incident_path
from clients.dashboard.clock import ClockElement, is_broken, most_urgent
from clients.dashboard.elements import Rows, Tag
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident
from clients.models import Clock

CLOCKS_SHOWN = 2
OWED_NO_MORE = frozenset({"cancelled", "merged"})


class IncidentRow:
    """One incident in the list; a link to its page."""

    def __init__(self, incident: Incident, reader: Reader, is_new: bool) -> None:
        self._reader = reader
        self.element = Tag("a", "", "listed listed--new" if is_new else "listed", href=incident_path(incident.number))
        with self.element:
            Tag("span", incident.number, "listed__number")
            with Tag("span", "", "listed__what"):
                self._title = Tag("span", "", "listed__title")
                self._customer = Tag("span", "", "listed__customer")
            self._severity = Tag("span", "", "chip")
            self._priority = Tag("span", "", "priority", data_label=reader.say("priority"))
            self._state = Tag("span", "", "state")
            self._cover = Tag("span", "", "cover")
            with Tag("span", "", "listed__clocks"):
                self._clocks = Rows[Clock](
                    Tag("span", "", "listed__open"), lambda clock: (clock.kind, clock.started_at), self._clock
                )
                self._further = Tag("span", "", "listed__further")
        self.show(incident)

    def _clock(self, clock: Clock) -> ClockElement:
        return ClockElement(clock, self._reader)

    def show(self, incident: Incident) -> None:
        reader = self._reader
        self._title.show(incident.title)
        self._customer.show(incident.customer(reader.language))
        self._severity.show(reader.word(incident.severity), f"chip chip--{incident.severity}")
        self._priority.show(reader.word(incident.priority), f"priority priority--{incident.priority}")
        self._state.show(reader.word(incident.state), f"state state--{incident.state}")
        self._cover.show(*cover(incident, reader))
        urgent = most_urgent(incident.clocks)
        self._clocks.show(urgent[:CLOCKS_SHOWN])
        self._further.show(*self._rest(incident, len(urgent)))

    def _rest(self, incident: Incident, still_open: int) -> tuple[str, str]:
        """What is to be said beside the clocks shown, or instead of them."""
        reader, broken = self._reader, sum(map(is_broken, incident.clocks))
        if still_open > CLOCKS_SHOWN:
            return reader.say("further", count=still_open - CLOCKS_SHOWN), "listed__further"
        if still_open:
            return "", "listed__further"
        if broken:
            return reader.say("broken", count=broken), "listed__further listed__further--broken"
        if incident.state in OWED_NO_MORE or all(clock.state == "cancelled" for clock in incident.clocks):
            return reader.say("no_promise"), "listed__further"
        return reader.say("all_kept"), "listed__further listed__further--kept"


def cover(incident: Incident, reader: Reader) -> tuple[str, str]:
    """Whether a contract covers it, as text and classes."""
    if incident.covered:
        return reader.say("covered_by"), "cover cover--yes"
    if incident.cover in ("goodwill", "declined"):
        return reader.word(incident.cover), "cover cover--no"
    return reader.word("not_covered"), "cover cover--no"
