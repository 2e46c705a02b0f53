"""What a terminal shows: columns that align in both languages, promises as they stand, effects under their causes."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType

from clients.cli.incident_page import incident_page
from clients.cli.pictures import Clocks, by_cause, incidents_table, timeline_table
from clients.cli.sentences import broken
from clients.cli.words import WORDS, say, span
from clients.models import Clock, Entry, Incident

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LANGUAGES = ("zh", "en")


def clock(kind: str = "resolve", state: str = "running", counted: int = 3600, left: int = 7200) -> Clock:
    return Clock(
        kind=kind,
        state=state,
        started_at=NOON,
        due_at=NOON + timedelta(hours=3),
        stopped_at=None if state in ("running", "paused") else NOON + timedelta(hours=1),
        counted_seconds=counted,
        remaining_seconds=left,
        target_seconds=counted + left,
    )


def incident(**changes: Any) -> Incident:
    known: dict[str, Any] = {
        "id": UUID(int=1),
        "number": "INC-2026-000001",
        "title": "核心交换机掉电 core switch down",
        "description": "",
        "state": "in_progress",
        "severity": "major",
        "fault_class": "device",
        "analysis": "电源模块故障",
        "solution": None,
        "channel": "api",
        "customer_id": UUID(int=2),
        "customer_name_zh": "演示医院",
        "customer_name_en": "Demo Hospital",
        "asset_id": UUID(int=3),
        "asset_name": "核心交换机",
        "covered": True,
        "contract_number": "DEMO-1",
        "engineer_name_zh": None,
        "engineer_name_en": None,
        "contact_name": "周敏",
        "contact_email": None,
        "reported_at": NOON,
        "closed_at": None,
        "version": 3,
        "clocks": (clock("respond", "met", 600, 3000), clock("on_site"), clock()),
        "allowed": ("assign", "resolve"),
    }
    return Incident(**known | changes)


def entry(number: int, cause: int | None = None, minutes: int = 0, text: str = "") -> Entry:
    return Entry(
        event_id=UUID(int=number),
        type="incidents.incident_reported.v1",
        service="incidents",
        at=NOON + timedelta(minutes=minutes),
        actor="system:incidents",
        actor_name_zh=None,
        actor_name_en=None,
        sentence_zh=text or f"第 {number} 步",
        sentence_en=text or f"step {number}",
        causation_id=None if cause is None else UUID(int=cause),
        data={},
    )


def drawn(picture: RenderableType, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(picture)
    return capture.get().splitlines()


def column_starts(lines: list[str], *words: str) -> list[int]:
    """In which cell of the terminal each word begins."""
    return [cell_len(line[: line.index(word)]) for word in words for line in lines if word in line]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_a_straight_box_whatever_the_script(language: str) -> None:
    assert {cell_len(line) for line in drawn(incident_page(incident(), language, UTC))} == {100}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_columns_of_a_list_begin_in_the_same_cell(language: str) -> None:
    english = incident(number="INC-2026-000002", title="Line down", customer_name_zh="Demo Library")
    lines = drawn(incidents_table([incident(), english], language), 160)
    numbers = [line for line in lines if "INC-" in line]
    severity = {"zh": "重大故障", "en": "major fault"}[language]
    assert len(numbers) == 2
    assert len(set(column_starts(numbers, severity))) == 1
    assert len(set(column_starts([say("severity", language), *numbers], severity))) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_the_terminal(language: str) -> None:
    entries = [entry(1, text="故障" * 80), entry(2, cause=1, text="fault " * 40)]
    for picture in (incidents_table([incident(title="交换机" * 60)], language), timeline_table(entries, language, UTC)):
        assert max(cell_len(line) for line in drawn(picture, 80)) <= 80


def test_a_list_names_the_promise_that_is_due_next() -> None:
    soon = clock("on_site", left=60).model_copy(update={"due_at": NOON + timedelta(hours=2)})
    [line] = [line for line in drawn(incidents_table([incident(clocks=(clock(), soon))], "en"), 160) if "INC-" in line]
    assert line.rstrip().endswith("on site 1 min")


def test_a_promise_shows_what_is_left_by_how_much_it_was_kept_or_broken() -> None:
    clocks = [clock(left=7200), clock(state="met", left=90), clock(state="breached", left=-5), clock(state="cancelled")]
    shown = [line.rstrip() for line in drawn(Clocks(clocks, "en", UTC))[1:]]
    assert shown[0].endswith("2 h")
    assert shown[1].endswith("1 min 30 s to spare")
    assert shown[2].endswith("over by 5 s")
    assert shown[3].endswith("03-02 07:00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_narrow_terminal_shortens_the_bars_and_no_word(language: str) -> None:
    long = [clock("plan_requested", "breached", 7200, -700), clock("superior_told", "met", 1, 7198)]
    lines = drawn(incident_page(incident(clocks=tuple(long)), language, UTC), 80)
    assert {cell_len(line) for line in lines} == {80}
    assert not any("…" in line for line in lines)


def test_an_incident_without_cover_says_so() -> None:
    text = "\n".join(drawn(incident_page(incident(covered=False, clocks=(), allowed=()), "zh", UTC)))
    assert "无承诺：不在合同范围" in text
    assert "您无可执行的操作" in text


def test_effects_stand_under_their_cause_in_order_of_time() -> None:
    entries = [
        entry(1),
        entry(2, cause=1, minutes=5),
        entry(3, minutes=1),
        entry(4, cause=1, minutes=2),
        entry(5, cause=4),
    ]
    order = [(line.event_id.int, guide) for line, guide in by_cause(entries)]
    assert order == [(1, ""), (4, "├─ "), (5, "│  └─ "), (2, "└─ "), (3, "")]


def test_an_entry_whose_cause_is_no_part_of_the_timeline_stands_by_itself() -> None:
    assert [guide for _, guide in by_cause([entry(2, cause=1)])] == [""]


def test_a_system_without_a_name_is_shown_as_what_it_is() -> None:
    assert "system:incidents" in "\n".join(drawn(timeline_table([entry(1)], "zh", UTC)))


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0 秒"),
        (0.2, "1 s", "1 秒"),
        (61, "1 min 1 s", "1 分 1 秒"),
        (7260, "2 h 1 min", "2 小时 1 分"),
        (3600, "1 h", "1 小时"),
        (90000, "1 d 1 h", "1 天 1 小时"),
        (-30, "30 s", "30 秒"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: float, en: str, zh: str) -> None:
    assert (span(seconds, "en"), span(seconds, "zh")) == (en, zh)


@given(st.text(st.sampled_from("ab 故障，。（“”）-"), max_size=60), st.integers(4, 20))
def test_a_broken_sentence_fits_and_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = list(broken(text, width))
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_sentence_breaks_between_chinese_characters_and_never_before_a_full_stop() -> None:
    assert list(broken("核心交换机掉电。已恢复", 14)) == ["核心交换机掉", "电。已恢复"]
    assert list(broken("the power supply failed", 10)) == ["the power", "supply", "failed"]


def test_both_languages_say_the_same_values() -> None:
    for en, zh in WORDS.values():
        assert en
        assert zh
        assert set(_fields(en)) == set(_fields(zh))


def _fields(sentence: str) -> list[str]:
    return [piece.split("}")[0] for piece in sentence.split("{")[1:]]


@pytest.mark.parametrize(("language", "said"), [("en", "Times in UTC+08:00."), ("zh", "时间按 UTC+08:00 时区。")])
def test_an_incident_says_once_in_which_zone_its_times_are(language: str, said: str) -> None:
    text = "\n".join(drawn(incident_page(incident(), language, ZoneInfo("Asia/Shanghai"))))
    assert text.count(said) == 1
