"""The fields of an agreement's draft: calendar, targets by severity, and all other terms."""

from __future__ import annotations

from collections.abc import Sequence

from clients.dashboard.asking import Choices
from clients.dashboard.drafting import told_amount, told_hours
from clients.dashboard.elements import Tag
from clients.dashboard.filters import LEVELS, PRIORITIES, SEVERITIES
from clients.dashboard.forms import INITIAL, option
from clients.dashboard.incident_moves import PAUSE_REASONS
from clients.dashboard.reader import Reader
from clients.dashboard.versions import KINDS, WORKING_DAYS, hours_of, target_name
from clients.models import Agreement, NamedCalendar, Target

UNITS = {"seconds": "in_hours", "working_seconds": "in_working_hours", WORKING_DAYS: "in_working_days"}


def draw_agreement_fields(agreement: Agreement, calendars: Sequence[NamedCalendar], reader: Reader) -> None:
    """As `agreement` has them, so that what is not touched stays."""
    _draw_calendar(agreement, calendars, reader)
    _title("targets", reader)
    with Tag("div", "", "severities"):
        for severity in SEVERITIES:
            _draw_targets(severity, agreement.targets, reader)
    _title("terms", reader)
    with Tag("div", "", "targets"):
        _draw_terms(agreement, reader)
    _draw_reasons(agreement, reader)
    _title("priorities", reader)
    _draw_priorities(agreement, reader)
    _draw_check("applies_to_open", "true", reader.say("for_open_ones"), is_on=False)


def _title(key: str, reader: Reader) -> None:
    Tag("h3", reader.say(key), "form__part")


def _draw_calendar(agreement: Agreement, calendars: Sequence[NamedCalendar], reader: Reader) -> None:
    kept = reader.say("calendar_kept", hours=hours_of(agreement.calendar, reader))
    named = [(str(calendar.id), calendar.name(reader.language)) for calendar in calendars]
    with Tag("label", "", "field"):
        Tag("span", reader.say("calendar"), "field__name")
        _draw_select("calendar", [("", kept), *named], str(agreement.calendar_id or ""))


def _draw_targets(severity: str, targets: Sequence[Target], reader: Reader) -> None:
    promised = {target.kind: target for target in targets if target.severity == severity}
    with Tag("fieldset", "", "severity"):
        Tag("legend", reader.word(severity), f"chip chip--{severity}")
        for kind in KINDS:
            _draw_target(f"{severity}.{kind}", target_name(severity, kind, reader), kind, promised.get(kind), reader)


def _draw_target(name: str, spoken: str, kind: str, target: Target | None, reader: Reader) -> None:
    amount = {INITIAL: told_amount(target)} if target else {}
    with Tag("div", "", "target"):
        Tag("span", reader.word(kind), "target__name")
        control = {"type": "number", "name": name, "min": "0", "step": "any", "aria_label": spoken}
        Tag("input", "", "field__control", placeholder="—", **control, **amount)
        units = [(unit, reader.say(key)) for unit, key in UNITS.items()]
        chosen = target.unit if target else "seconds"
        _draw_select(f"{name}.unit", units, chosen, aria_label=reader.say("unit_of", target=spoken))


def _draw_terms(agreement: Agreement, reader: Reader) -> None:
    cap, days = agreement.pause_cap_seconds, agreement.close_after_days
    lines = {
        "warning_percents": (", ".join(map(str, agreement.warning_percents)), "50, 75, 90"),
        "warn_before": (", ".join(map(told_hours, agreement.warn_before_seconds)), "4, 1"),
        "pause_cap": (told_hours(cap) if cap else "", "—"),
        "close_after_days": (str(days) if days else "", "—"),
    }
    for name, (text, example) in lines.items():
        with Tag("label", "", "field"):
            Tag("span", reader.say(f"ask_{name}"), "field__name")
            control = {"type": "text", "name": name, "maxlength": "100", "placeholder": example, INITIAL: text}
            Tag("input", "", "field__control", inputmode="decimal", **control)


def _draw_reasons(agreement: Agreement, reader: Reader) -> None:
    with Tag("div", "", "pills", role="group", aria_label=reader.say("pauses_allowed")):
        Tag("span", reader.say("pauses_allowed"), "field__name")
        for reason in PAUSE_REASONS:
            _draw_check(f"pause.{reason}", "true", reader.word(reason), is_on=reason in agreement.pause_reasons)


def _draw_priorities(agreement: Agreement, reader: Reader) -> None:
    """Impact in the rows, urgency in the columns."""
    matrix = agreement.priorities or {}
    priorities = [(value, reader.word(value)) for value in PRIORITIES]
    with Tag("div", "", "table-box"), Tag("table", "", "table matrix"):
        with Tag("thead"), Tag("tr"):
            Tag("th", "")
            for urgency in LEVELS:
                Tag("th", reader.say("urgency_is", urgency=reader.word(urgency)), scope="col")
        with Tag("tbody"):
            for impact in LEVELS:
                with Tag("tr"):
                    Tag("th", reader.say("impact_is", impact=reader.word(impact)), scope="row")
                    for urgency in LEVELS:
                        with Tag("td"):
                            spoken = reader.say(
                                "impact_and_urgency", impact=reader.word(impact), urgency=reader.word(urgency)
                            )
                            chosen = matrix.get(impact, {}).get(urgency, "medium")
                            _draw_select(f"priority.{impact}.{urgency}", priorities, chosen, aria_label=spoken)


def _draw_select(name: str, choices: Choices, chosen: str, **attributes: str) -> None:
    with Tag("select", "", "field__control", name=name, **attributes):
        for value, label in choices:
            option(value, label, is_chosen=value == chosen)


def _draw_check(name: str, value: str, label: str, *, is_on: bool) -> None:
    with Tag("label", "", "pill"):
        checked = {"checked": True} if is_on else {}
        Tag("input", "", "pill__box", type="checkbox", name=name, value=value, **checked)
        Tag("span", label)
