"""The account of a clock in words, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from services.incidents.clocks.domain import Reading
from shared import clocks
from shared.events.words import word
from shared.zones import zone_named

SECONDS, DAY = len("2026-11-24 09:00:00"), len("2026-11-24 ")


@dataclass(frozen=True)
class Line:
    """An interval of a clock's life. `so_far_seconds`: what had counted by its end."""

    from_at: datetime
    until_at: datetime
    counts: bool
    reason: str
    seconds: int
    so_far_seconds: int
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
    so_far = 0
    for interval in reading.account:
        so_far += interval.seconds if interval.counts else 0
        span = _span(interval.from_at.astimezone(zone), interval.until_at.astimezone(zone))
        texts = {lang: f"{span} {_because(interval, lang)}" for lang in ("zh", "en")}
        yield Line(*interval, so_far, texts["zh"], texts["en"])


def _span(start: datetime, end: datetime) -> str:
    """Local times to the second; the day of the end only where it is another one."""
    first, last = start.isoformat(" ", "seconds")[:SECONDS], end.isoformat(" ", "seconds")[:SECONDS]
    return f"{first} - {last[DAY:] if first[:DAY] == last[:DAY] else last}"


def _because(interval: clocks.Interval, language: str) -> str:
    length, reason = duration(interval.seconds, language), word(interval.reason, language)
    if interval.counts:
        return f"计入 {length}" if language == "zh" else f"{length} counted"
    return f"不计 {length}：{reason}" if language == "zh" else f"{length} not counted: {reason}"


def _summary(reading: Reading, zone: tzinfo, language: str) -> str:
    counted, target = duration(reading.counted_seconds, language), duration(reading.target_seconds, language)
    kind, state = word(reading.kind, language), word(reading.state, language)
    due = f"{reading.due_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if language == "zh":
        return f"承诺“{kind}”{state}：已计 {counted}，目标 {target}，应于 {due} 前完成。"
    return f"Promise “{kind}” {state}: {counted} counted of {target}, due {due}."


def duration(seconds: int, language: str) -> str:
    """Hours, minutes and seconds, without those that are none."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    units = (" 小时", " 分", " 秒") if language == "zh" else (" h", " min", " s")
    shown = [f"{amount}{unit}" for amount, unit in zip((hours, minutes, left), units, strict=True) if amount]
    return " ".join(shown) or f"0{units[2]}"
