"""What a reader sees of an event: codes become terms, names stay as they are, and nothing acts on a terminal."""

from __future__ import annotations

import pytest

from clients.models import Named
from shared.events import REGISTRY
from shared.events.incidents import IncidentImported, RecordedFact
from tests.repo.test_events import GOLDEN


def imported(**changes: object) -> IncidentImported:
    event = IncidentImported.model_validate_json((GOLDEN / f"{IncidentImported.type}.json").read_text(encoding="utf-8"))
    return event.model_copy(update=changes)


def test_a_name_that_looks_like_a_code_stays_a_name() -> None:
    said = imported(source="open", title="major")
    assert said.sentence("zh") == "从 open（INC0000045）导入 INC-2016-000045：major"
    assert said.sentence("en") == "INC-2016-000045 taken over from open (INC0000045): major"


def test_a_coded_value_reads_as_the_fields_term() -> None:
    reported = REGISTRY["incidents.incident_reported.v1"]
    golden = (GOLDEN / f"{reported.type}.json").read_text(encoding="utf-8")
    said = reported.model_validate_json(golden).model_copy(update={"channel": "hotline", "title": "api"})
    assert said.sentence("zh") == "INC-2026-000001 已报告（热线）：api"


@pytest.mark.parametrize(("language", "sentence"), [("en", "updated"), ("zh", "已更新")])
def test_a_fact_that_says_nothing_new_is_an_update(language: str, sentence: str) -> None:
    assert RecordedFact(at="2025-03-03T09:00:00Z", by="Agent").sentence(language) == sentence


def test_what_a_terminal_would_obey_is_taken_out_of_answers() -> None:
    answer = Named.model_validate({"name_zh": "\x1b[31m红\x07", "name_en": "two\nlines\tand\x9b2J"})
    assert (answer.name_zh, answer.name_en) == ("[31m红", "two\nlines\tand2J")


@pytest.mark.parametrize("turning", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_what_would_turn_the_direction_of_text_is_taken_out_of_answers(turning: str) -> None:
    answer = Named.model_validate({"name_zh": f"示例{turning}医院", "name_en": f"{turning}Example"})
    assert (answer.name_zh, answer.name_en) == ("示例医院", "Example")
