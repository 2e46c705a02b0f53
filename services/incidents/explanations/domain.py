"""The account of a clock in words, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from services.incidents.clocks.domain import Reading
from shared.events.words import word
from shared.zones import fraction, zone_named

SECONDS, DAY = len("2026-11-24 09:00:00"), len("2026-11-24 ")


class Line(NamedTuple):
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
    years = range(promise.started_at.year, max(reading.due_at or reading.at, reading.at).year + 1)
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
    """Each line begins where the one before it ended, so that every edge is put into words once."""
    so_far, start = timedelta(), _local(reading.started_at.astimezone(zone))
    for interval in reading.account:
        so_far += interval.length if interval.counts else timedelta()
        end = _local(interval.until_at.astimezone(zone))
        span = f"{start} - {end[DAY:] if start[:DAY] == end[:DAY] else end}"
        zh, en = _because(interval.length, interval.counts, interval.reason)
        yield Line(*interval, interval.seconds, so_far.total_seconds(), f"{span} {zh}", f"{span} {en}")
        start = end


def _local(at: datetime) -> str:
    return at.isoformat(" ", "seconds")[:SECONDS] + fraction(at.microsecond)


@lru_cache(maxsize=1024)
def _because(length: timedelta, counts: bool, reason: str) -> tuple[str, str]:
    """In Chinese and in English. The account of a year has few of them, again and again."""
    if counts:
        return f"计入 {duration(length, 'zh')}", f"{duration(length, 'en')} counted"
    return (
        f"不计 {duration(length, 'zh')}：{word(reason, 'zh')}",
        f"{duration(length, 'en')} not counted: {word(reason, 'en')}",
    )


def _summary(reading: Reading, zone: tzinfo, language: str) -> str:
    counted, target = duration(reading.counted, language), duration(reading.promise.total, language)
    kind, state = word(reading.kind, language), word(reading.state, language)
    if reading.due_at is None:
        in_time = {"zh": "暂停中，暂无到期时间", "en": "no due time while paused"}
    else:
        due = _local(reading.due_at.astimezone(zone))
        in_time = {"zh": f"应于 {due} 前完成", "en": f"due {due}"}
    if language == "zh":
        return f"承诺“{kind}”{state}：已计 {counted}，目标 {target}，{in_time['zh']}。"
    return f"Promise “{kind}” {state}: {counted} counted of {target}, {in_time['en']}."


def duration(length: timedelta, language: str) -> str:
    """Hours, minutes and seconds, without those that are none."""
    whole = length // timedelta(seconds=1)
    left = f"{whole % 60}{fraction(length.microseconds)}"
    units = (" 小时", " 分", " 秒") if language == "zh" else (" h", " min", " s")
    amounts = (str(whole // 3600), str(whole % 3600 // 60), left)
    shown = [f"{amount}{unit}" for amount, unit in zip(amounts, units, strict=True) if amount != "0"]
    return " ".join(shown) or f"0{units[2]}"
