"""Calendars by chance, in a form that can be asked of every single minute: slow, plain, and nothing of ours inside."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.calendar import WorkCalendar

MINUTE = timedelta(minutes=1)

Minutes = list[tuple[int, int]]


def _clock_face(minute: int) -> str:
    return "24:00" if minute == 1440 else f"{minute // 60 % 24:02}:{minute % 60:02}"


class SlowCalendar:
    """Windows in minutes; asks of each single minute whether its wall time lies in one."""

    def __init__(self, zone: str, week: list[Minutes], exceptions: dict[date, Minutes]) -> None:
        self.zone, self.week, self.exceptions = ZoneInfo(zone), week, exceptions
        self.name = zone

    def windows(self, day: date) -> Minutes:
        return self.exceptions[day] if day in self.exceptions else self.week[day.weekday()]

    def owner(self, at: datetime) -> tuple[date, int] | None:
        """The day whose window the minute is in, and its minutes since that day's midnight."""
        wall = at.astimezone(self.zone)
        for back in (0, 1):
            day, minute = wall.date() - timedelta(days=back), wall.hour * 60 + wall.minute + 1440 * back
            if any(start <= minute < end for start, end in self.windows(day)):
                return day, minute
        return None

    def add_working_days(self, at: datetime, days: int) -> datetime:
        while (found := self.owner(at)) is None:
            at += MINUTE
        if not days:
            return at
        day, minute = found
        while days:
            day += timedelta(days=1)
            days -= bool(self.windows(day))
        windows = sorted(self.windows(day))
        inside = [max(start, min(end, minute)) for start, end in windows if start <= minute]
        wanted = datetime.combine(day, datetime.min.time()) + MINUTE * (inside[-1] if inside else windows[0][0])
        while at.astimezone(self.zone).replace(tzinfo=None) < wanted:
            at += MINUTE
        return at

    def quick(self) -> WorkCalendar:
        def data(windows: Minutes) -> list[list[str]]:
            return [[_clock_face(start), _clock_face(end)] for start, end in windows]

        return WorkCalendar.from_data(
            {
                "zone": self.name,
                "week": [data(windows) for windows in self.week],
                "exceptions": {day.isoformat(): data(windows) for day, windows in self.exceptions.items()},
            }
        )


def some_calendar(dice: random.Random, zone: str, day: date, around: int) -> SlowCalendar:
    """Any windows, over midnight or not, with exceptions so many days around a day."""
    overnight = dice.random() < 0.4
    earliest = 300 if overnight else 0

    def some_day() -> Minutes:
        marks = sorted(dice.sample(range(earliest, 1441, 5), 2 * dice.randint(0, 3)))
        windows = list(zip(marks[::2], marks[1::2], strict=True))
        if overnight and windows and dice.random() < 0.6:
            windows[-1] = windows[-1][0], 1440 + dice.randint(0, earliest - 1)
        return windows

    week = [some_day() for _ in range(7)]
    week[dice.randrange(7)] = [(dice.randint(earliest, 600), 1320)]
    exceptions = {
        day + timedelta(days=dice.randint(-around, around)): some_day() for _ in range(dice.randint(0, around))
    }
    return SlowCalendar(zone, week, exceptions)
