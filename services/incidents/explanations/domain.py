"""The account of a clock in words, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from services.incidents.clocks.domain import Reading
from shared import clocks
from shared.events.words import word
from shared.zones import fraction, zone_named


@dataclass(frozen=True)
class Line:
    """An interval of a clock's life. `so_far_seconds`: what had counted by its end."""

    from_at: datetime
    until_at: datetime
    counts: bool
    reason: str
    seconds: float
    so_far_seconds: float
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Explanation:
    """`provisional_years`: those of its time whose public holidays are not announced yet."""

    reading: Reading
    zone: str
    amount: int
    unit: str
    provisional_years: tuple[int, ...]
    lines: tuple[Line, ...]
    summary_zh: str
    summary_en: str


def explanation(
    reading: Reading, unit: str, amount: int, provisional_years: Collection[int], provider_zone: str
) -> Explanation:
    """Texts are in the calendar's zone; of a clock that runs 24x7 in the provider's."""
    promise = reading.promise
    zone = provider_zone if unit == "seconds" else promise.calendar.zone
    years = range(promise.started_at.year, max(reading.due_at, reading.at).year + 1)
    touched = () if unit == "seconds" else tuple(year for year in years if year in provisional_years)
    return Explanation(
        reading=reading,
        zone=zone,
        amount=amount,
        unit=unit,
        provisional_years=touched,
        lines=tuple(_lines(reading, zone_named(zone))),
        summary_zh=_summary(reading, zone_named(zone), "zh"),
        summary_en=_summary(reading, zone_named(zone), "en"),
    )


def _lines(reading: Reading, zone: tzinfo) -> Iterator[Line]:
    so_far = timedelta()
    for interval in reading.account:
        so_far += interval.length if interval.counts else timedelta()
        span = _span(interval.from_at.astimezone(zone), interval.until_at.astimezone(zone))
        texts = {lang: f"{span} {_because(interval, lang)}" for lang in ("zh", "en")}
        yield Line(*interval, interval.seconds, so_far.total_seconds(), texts["zh"], texts["en"])


def _span(start: datetime, end: datetime) -> str:
    """Local times; the day of the end only where it is another one."""
    return f"{_day(start)} {_time(start)} - {'' if start.date() == end.date() else f'{_day(end)} '}{_time(end)}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _time(at: datetime) -> str:
    return f"{at:%H:%M:%S}{fraction(at.microsecond)}"


def _because(interval: clocks.Interval, language: str) -> str:
    length, reason = duration(interval.length, language), word(interval.reason, language)
    if interval.counts:
        return f"计入 {length}" if language == "zh" else f"{length} counted"
    return f"不计 {length}：{reason}" if language == "zh" else f"{length} not counted: {reason}"


def _summary(reading: Reading, zone: tzinfo, language: str) -> str:
    counted, target = duration(reading.counted, language), duration(clocks.total(reading.promise), language)
    kind, state = word(reading.kind, language), word(reading.state, language)
    local = reading.due_at.astimezone(zone)
    due = f"{_day(local)} {_time(local)}"
    if language == "zh":
        return f"承诺“{kind}”{state}：已计 {counted}，目标 {target}，应于 {due} 前完成。"
    return f"Promise “{kind}” {state}: {counted} counted of {target}, due {due}."


def duration(length: timedelta, language: str) -> str:
    """Hours, minutes and seconds, without those that are none."""
    whole = length // timedelta(seconds=1)
    left = f"{whole % 60}{fraction(length.microseconds)}"
    units = (" 小时", " 分", " 秒") if language == "zh" else (" h", " min", " s")
    amounts = (str(whole // 3600), str(whole % 3600 // 60), left)
    shown = [f"{amount}{unit}" for amount, unit in zip(amounts, units, strict=True) if amount != "0"]
    return " ".join(shown) or f"0{units[2]}"
