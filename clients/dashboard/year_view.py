"""A year of a calendar at a glance: open and closed days, public holidays, days that are worked instead."""

from __future__ import annotations

from calendar import Calendar
from datetime import date

from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.versions import windows_text
from clients.models import NamedCalendar, WorkCalendar


def kind_of(calendar: WorkCalendar, day: date) -> str:
    """open or closed as every week, or by exception: holiday, make_up (open though the weekday is not), changed."""
    usual, actual = calendar.week[day.weekday()], calendar.windows(day)
    if actual == usual:
        return "open" if usual else "closed"
    if not actual:
        return "holiday"
    return "changed" if usual else "make_up"


def is_beyond(calendar: NamedCalendar, year: int) -> bool:
    """Whether it follows public holidays, but not those of this year."""
    if calendar.first_year is None or calendar.last_year is None:
        return False
    return not calendar.first_year <= year <= calendar.last_year


def draw_year(calendar: NamedCalendar, year: int, reader: Reader) -> None:
    if year in calendar.provisional_years:
        Tag("p", reader.say("provisional", years=str(year)), "provisional")
    if is_beyond(calendar, year):
        span = {"first": calendar.first_year, "last": calendar.last_year}
        Tag("p", reader.say("holidays_not_followed", year=year, **span), "provisional")
    with Tag("div", "", "year" if year not in calendar.provisional_years else "year year--provisional"):
        for month in range(1, 13):
            _draw_month(calendar.data, year, month, reader)
    with Tag("p", "", "legend"):
        for kind in ("open", "closed", "holiday", "make_up", "changed"):
            with Tag("span", "", "legend__item"):
                Tag("i", "", f"day day--{kind}")
                Tag("span", reader.say(f"day_{kind}"))


def _draw_month(calendar: WorkCalendar, year: int, month: int, reader: Reader) -> None:
    with Tag("section", "", "month"):
        Tag("h3", reader.say("month", year=year, month=month), "month__name")
        with Tag("div", "", "month__days"):
            for number in range(7):
                Tag("span", reader.say(f"weekday_{number}"), "month__weekday", aria_hidden="true")
            for day in Calendar().itermonthdates(year, month):
                if day.month == month:
                    _draw_day(calendar, day, reader)
                else:
                    Tag("span", "", "day day--none")


def _draw_day(calendar: WorkCalendar, day: date, reader: Reader) -> None:
    kind = kind_of(calendar, day)
    hours = windows_text(calendar.windows(day)) or reader.say("day_closed")
    Tag("span", str(day.day), f"day day--{kind}", title=f"{day.isoformat()} · {reader.say(f'day_{kind}')} · {hours}")
