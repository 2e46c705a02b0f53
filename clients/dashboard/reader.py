"""Who reads a page: in which language, and in which time zone they see times. Nothing of who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from clients.dashboard.words import WORDS, say
from clients.language import language_named, listed
from shared.events.words import word
from shared.now import system_seconds
from shared.zones import SECOND, UnknownZone, fraction, zone_named

LANGUAGE_COOKIE = "language"
ZONE_COOKIE = "zone"
DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Reader:
    """A language (`zh` or `en`) and a zone; what a page says goes through here."""

    language: str
    zone: ZoneInfo

    @classmethod
    def of_request(cls, cookies: Mapping[str, str], accept_language: str) -> Reader:
        """The language chosen here before, else the browser's; the zone as the browser told it."""
        chosen = cookies.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in ("zh", "en") else preferred(accept_language)
        return cls(language, _zone_named(unquote(cookies.get(ZONE_COOKIE, ""))))

    @property
    def other_language(self) -> str:
        return "en" if self.language == "zh" else "zh"

    def say(self, key: str, **values: Any) -> str:
        return say(key, self.language, **values)

    def word(self, value: str) -> str:
        """The field's term for a coded value, as a label: it begins with a capital."""
        term = word(value, self.language)
        return term[:1].upper() + term[1:]

    def service(self, name: str) -> str:
        """The service that said something, by its task."""
        return self.say(f"service_{name}") if f"service_{name}" in WORDS else name

    def joined(self, texts: list[str]) -> str:
        return listed(texts, self.language)

    def moment(self, at: datetime) -> str:
        """Day and minute, such as 2026-05-12 14:03."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def short(self, at: datetime) -> str:
        """The same without the year, where space is dear; a year that is not the present one is said all the same."""
        local = at.astimezone(self.zone)
        return f"{local:%m-%d %H:%M}" if local.year == self._year_now else f"{local:%Y-%m-%d %H:%M}"

    @property
    def _year_now(self) -> int:
        return datetime.fromtimestamp(system_seconds(), self.zone).year

    def duration(self, seconds: float) -> str:
        """How long in words, to the minute, or to the second below one: 2 d 3 h 5 min."""
        days, rest = divmod(int(seconds), 86400)
        hours, rest = divmod(rest, 3600)
        minutes, left = divmod(rest, 60)
        parts = {"days": days, "hours": hours, "minutes": minutes}
        said = [self.say(f"span_{name}", count=count) for name, count in parts.items() if count]
        return " ".join(said) or self.say("span_seconds", count=left)

    def exact(self, seconds: float) -> str:
        """Hours, minutes and seconds, with the fraction there is, such as 31:05:09.5."""
        whole, microseconds = divmod(round(seconds * SECOND), SECOND)
        return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}{fraction(microseconds)}"

    def second(self, at: datetime) -> str:
        """Day and second, such as 2026-05-12 14:03:09."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def clock_time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M:%S}"

    def day(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d}"

    @property
    def zone_name(self) -> str:
        return self.say("zone_china") if self.zone.key == DEFAULT_ZONE else self.zone.key

    def at_local(self, text: str) -> datetime:
        """What a browser's date field holds (2026-05-12T14:03), in the reader's zone. Raises ValueError."""
        return datetime.fromisoformat(text).replace(tzinfo=self.zone)


def preferred(accept_language: str) -> str:
    """The one of our languages that a browser asks for first (RFC 9110 quality values); English without a wish."""
    wishes: list[tuple[float, int, str]] = []
    for position, item in enumerate(accept_language.split(",")):
        name, _, quality = item.strip().partition(";q=")
        if name.lower().startswith(("zh", "en")):
            wishes.append((-_number(quality), position, language_named(name)))
    return min(wishes)[2] if wishes else "en"


def _number(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


def _zone_named(name: str) -> ZoneInfo:
    try:
        return zone_named(name or DEFAULT_ZONE)
    except UnknownZone:
        return zone_named(DEFAULT_ZONE)
