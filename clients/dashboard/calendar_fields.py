"""The fields in which a calendar's hours are typed."""

from __future__ import annotations

from typing import Any

from clients.dashboard.elements import Tag
from clients.dashboard.forms import INITIAL
from clients.dashboard.hours import DAYS, days_text, windows_typed
from clients.dashboard.reader import Reader
from clients.models import WorkCalendar

OFFICE = (("09:00", "12:00"), ("13:30", "18:00"))
USUAL = WorkCalendar(zone="Asia/Shanghai", week=(OFFICE,) * 5 + ((),) * 2)
"""What a new calendar begins with."""
LONGEST = "20000"


def draw_hours_fields(calendar: WorkCalendar, reader: Reader) -> None:
    """A line for each weekday, and one for each date that differs."""
    Tag("h3", reader.say("week_hours"), "form__part")
    with Tag("div", "", "week"):
        for number in DAYS:
            with Tag("label", "", "field field--beside"):
                Tag("span", reader.say(f"weekday_{number}"), "field__name")
                typed = windows_typed(calendar.week[number])
                control = {"type": "text", "name": f"week.{number}", "maxlength": "200", INITIAL: typed}
                Tag("input", "", "field__control", placeholder=reader.say("day_closed"), **control)
    with Tag("label", "", "field"):
        Tag("span", reader.say("ask_days"), "field__name")
        example = "2026-10-01..2026-10-07\n2026-10-10 09:00-12:00, 13:30-18:00"
        control = {"name": "days", "rows": "6", "maxlength": LONGEST, "placeholder": example}
        Tag("textarea", days_text(calendar), "field__control field__control--typed", **control)


def draw_line(name: str, reader: Reader, **attributes: Any) -> None:
    with Tag("label", "", "field"):
        Tag("span", reader.say(f"ask_{name}"), "field__name")
        Tag("input", "", "field__control", **{"name": name, "type": "text", "maxlength": "200"} | attributes)
