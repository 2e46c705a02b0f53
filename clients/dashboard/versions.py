"""The versions of an agreement side by side, each difference from the version before it marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clients.dashboard.elements import Tag
from clients.dashboard.filters import SEVERITIES
from clients.dashboard.matrix import draw_matrices
from clients.dashboard.reader import Reader
from clients.models import Agreement, Target, WorkCalendar

KINDS = ("respond", "on_site", "resolve", "plan_requested", "plan_decided", "superior_told", "next_update", "vendor")
WORKING_DAYS = "working_days"


def draw_versions(agreements: Sequence[Agreement], reader: Reader) -> None:
    """A table with a column for each version: its terms, its targets by severity, then its priorities, in the rows."""
    columns = [parts_of(agreement, reader) for agreement in agreements]
    if len(agreements) > 1:
        Tag("p", reader.say("versions_beside", count=len(agreements)), "versions__hint")
    label = {"role": "region", "tabindex": "0", "aria_label": reader.say("agreement_versions")}
    with Tag("div", "", "table-box", **label), Tag("table", "", "table versions"):
        with Tag("thead"), Tag("tr"):
            Tag("th", "")
            for agreement in agreements:
                with Tag("th", "", scope="col"):
                    Tag("span", reader.say("version", number=agreement.revision))
                    Tag("span", reader.word(agreement.state), f"state state--{agreement.state}")
        for title in columns[0]:
            _draw_part(title, [column[title] for column in columns])
        _draw_priorities(agreements, reader)


def _draw_part(title: str, columns: Sequence[Mapping[str, str]]) -> None:
    """A part of all versions under its title; one that none of them has is not there."""
    fullest_first = sorted(columns, key=len, reverse=True)
    names = dict.fromkeys(name for column in fullest_first for name in column)
    if not names:
        return
    with Tag("tbody"):
        if title:
            _title(title, len(columns))
        for name in names:
            _row(name, [column.get(name, "") for column in columns])


def _draw_priorities(agreements: Sequence[Agreement], reader: Reader) -> None:
    if any(agreement.priorities for agreement in agreements):
        with Tag("tbody"):
            _title(reader.say("priorities"), len(agreements))
            draw_matrices([agreement.priorities for agreement in agreements], reader)


def _title(text: str, versions: int) -> None:
    with Tag("tr", "", "versions__part"), Tag("th", "", scope="rowgroup", colspan=str(versions + 1)):
        Tag("span", text, "versions__title")


def _row(name: str, values: Sequence[str]) -> None:
    with Tag("tr"):
        Tag("th", name, scope="row")
        for before, value in zip((None, *values), values, strict=False):
            Tag("td", value or "—", "is-changed" if before is not None and before != value else "")


def parts_of(agreement: Agreement, reader: Reader) -> dict[str, dict[str, str]]:
    """What an agreement says in words: parts by their title, the first without one, and in them terms by their name."""
    targets = {reader.word(severity): _of_targets(agreement.targets, severity, reader) for severity in SEVERITIES}
    return {"": _of_signing(agreement, reader) | _of_life(agreement, reader)} | targets


def _of_signing(agreement: Agreement, reader: Reader) -> dict[str, str]:
    say = reader.say
    signed = {
        "signed_by_provider": (agreement.provider_signed_by, agreement.provider_signed_at),
        "signed_by_customer": (agreement.customer_signed_by, agreement.customer_signed_at),
    }
    terms = {say(key): f"{who or ''} {reader.day(at)}".strip() if at else "" for key, (who, at) in signed.items()}
    if agreement.withdrawn_at:
        terms[say("withdrawn_because")] = f"{agreement.withdrawn_because} {reader.day(agreement.withdrawn_at)}"
    terms[say("hours")] = hours_of(agreement.calendar, reader)
    terms[say("exceptions")] = say("days_count", count=len(agreement.calendar.exceptions))
    if agreement.provisional_years:
        terms[say("provisional_years")] = reader.joined([str(year) for year in agreement.provisional_years])
    return terms


def _of_life(agreement: Agreement, reader: Reader) -> dict[str, str]:
    say = reader.say
    cap, days = agreement.pause_cap_seconds, agreement.close_after_days
    return {
        say("pauses_allowed"): reader.joined([reader.word(reason) for reason in agreement.pause_reasons]),
        say("pause_cap"): reader.duration(cap) if cap else say("no_cap"),
        say("warnings"): reader.joined([f"{percent} %" for percent in agreement.warning_percents]) or say("usual"),
        say("warnings_before"): reader.joined([reader.duration(each) for each in agreement.warn_before_seconds]),
        say("closing"): say("closing_days", count=days) if days else say("never"),
        say("for_open_ones"): say("yes" if agreement.applies_to_open else "no"),
    }


def _of_targets(targets: Sequence[Target], severity: str, reader: Reader) -> dict[str, str]:
    by_kind = {target.kind: target for target in targets if target.severity == severity}
    return {reader.word(kind): amount_of(by_kind[kind], reader) for kind in KINDS if kind in by_kind}


def target_name(severity: str, kind: str, reader: Reader) -> str:
    return reader.say("target_of", severity=reader.word(severity), clock=reader.word(kind))


def amount_of(target: Target, reader: Reader) -> str:
    """How long, and in which time it counts."""
    if target.unit == WORKING_DAYS:
        return reader.say("working_days", count=target.amount) if target.amount > 1 else reader.say("working_day")
    time = reader.duration(target.amount)
    return time if target.unit == "seconds" else reader.say("working_time", time=time)


def hours_of(calendar: WorkCalendar, reader: Reader) -> str:
    """The hours of the week: days that follow each other with the same hours are told together."""
    days = [reader.say(f"weekday_{number}") for number in range(7)]
    told = [f"{_span(days, first, last)} {text}" for first, last, text in _runs(calendar) if text]
    return f"{'; '.join(told)} ({calendar.zone})" if told else calendar.zone


def _span(days: Sequence[str], first: int, last: int) -> str:
    return days[first] if first == last else f"{days[first]}–{days[last]}"


def _runs(calendar: WorkCalendar) -> list[tuple[int, int, str]]:
    runs: list[tuple[int, int, str]] = []
    for number, windows in enumerate(calendar.week):
        text = windows_text(windows)
        if runs and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], number, text)
        else:
            runs.append((number, number, text))
    return runs


def windows_text(windows: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{start}–{end}" for start, end in windows)
