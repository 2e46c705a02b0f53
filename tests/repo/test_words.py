"""What people read exists in both languages: terms of coded values, sentences of the timeline, errors, the glossary."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from sqlalchemy import CheckConstraint

import services
from services import catalogue
from services.notify.webhooks.public import PUBLIC_TYPES, TEST_TYPE
from shared.errors import AftercareError
from shared.events import REGISTRY, Event
from shared.events.titles import TITLES, title
from shared.events.words import WORDS, word
from shared.mechanisms import MECHANISMS
from shared.permissions import Role
from tests.repo.sources import ROOT, name_of, text_of, texts

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
"""A character, or Chinese punctuation."""
IN_LIST = re.compile(r"(?<![\w,] )\b(\w+) IN \(([^()]*)\)")
NOT_SHOWN = {
    "gateway.people.locale": "a language tag",
    "contracts.key_businesses.dependence": "counted with, never shown as a word so far",
    "incidents.clocks.unit": "shown with its amount",
    "escalation.decisions.choice": "shown as the state it leads to",
    "inventory.balances.account": "an account of the ledger, shown as it is booked",
}
"""Coded columns without terms, each with its reason."""
IN_ONE_LANGUAGE = frozenset({"api"})
HEADER = ("中文", "---")
THIS_FILE = Path(__file__)
TIMELINE = [pytest.param(kind, id=event_type) for event_type, kind in REGISTRY.items() if kind.en]


def coded_columns() -> Iterator[tuple[str, list[str]]]:
    for name in catalogue.NAMES:
        for table in catalogue.service(name).metadata.sorted_tables:
            for check in (c for c in table.constraints if isinstance(c, CheckConstraint)):
                for column, values in IN_LIST.findall(str(check.sqltext)) if table.name not in MECHANISMS else ():
                    yield f"{name}.{table.name}.{column}", re.findall(r"'([^']*)'", values)


def enumerations() -> list[type[StrEnum]]:
    found: list[type[StrEnum]] = [Role]
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if module.name.endswith(".domain"):
            own = (kind for kind in vars(import_module(module.name)).values() if isinstance(kind, type))
            found += [kind for kind in own if issubclass(kind, StrEnum) and kind.__module__ == module.name]
    return found


def fields_named(template: str) -> set[str]:
    """The fields a sentence names; `name_en` and `name_zh` are one field in two languages."""
    return {re.sub(r"_(en|zh)$", "", field) for _, field, _, _ in Formatter().parse(template) if field}


def test_every_state_and_kind_has_a_term() -> None:
    without = {
        f"{column}: {value}"
        for column, values in coded_columns()
        if column not in NOT_SHOWN
        for value in values
        if value not in WORDS
    }
    assert without == set()


def test_every_value_of_an_enumeration_has_a_term() -> None:
    units = {"seconds", "working_seconds", "working_days"}
    without = {f"{kind.__module__}.{kind.__name__}: {value}" for kind in enumerations() for value in kind}
    assert {shown for shown in without if shown.rsplit(" ", 1)[1] not in {*WORDS, *units}} == set()


@pytest.mark.parametrize("value", WORDS)
def test_a_term_reads_well_in_both_languages(value: str) -> None:
    en, zh = WORDS[value]
    assert en.isascii()
    assert CHINESE.search(zh) or value in IN_ONE_LANGUAGE
    assert (word(value, "en"), word(value, "zh")) == (en, zh)


def test_every_event_that_a_webhook_may_tell_has_a_title_in_both_languages() -> None:
    told = {event_type.rpartition(".v")[0] for event_type in (*PUBLIC_TYPES, TEST_TYPE)}
    assert told == set(TITLES)
    assert [name for name, (en, zh) in TITLES.items() if not en.isascii() or not CHINESE.search(zh)] == []
    assert title("incidents.incident_closed.v2", "zh") == "事件已关闭"
    assert title("later.than_this.v1", "en") == "later.than_this.v1"


def test_an_event_about_an_incident_has_its_sentence() -> None:
    about = {kind for kind in REGISTRY.values() if "incident_id" in kind.model_fields}
    assert [kind.type for kind in about if not (kind.en and kind.zh)] == []
    assert [kind.type for kind in set(REGISTRY.values()) - about if kind.en or kind.zh] == []


@pytest.mark.parametrize("kind", TIMELINE)
def test_a_sentence_says_the_same_in_both_languages(kind: type[Event]) -> None:
    assert fields_named(kind.en) == fields_named(kind.zh)
    assert CHINESE.search(kind.zh)
    assert not CHINESE.search(kind.en)


@pytest.mark.parametrize("kind", TIMELINE)
def test_a_sentence_can_be_said_of_every_event(kind: type[Event]) -> None:
    """Of the golden sample, and of one that has nothing where nothing is allowed."""
    event = kind.model_validate_json(text_of(ROOT / "tests" / "repo" / "golden" / f"{kind.type}.json"))
    nothing = {name: None for name, field in kind.model_fields.items() if type(None) in _types(field.annotation)}
    for said in (event, event.model_copy(update=nothing)):
        for language in ("en", "zh"):
            sentence = said.sentence(language)
            assert sentence.strip()
            assert not re.search(r"[{}]|\bNone\b", sentence)


def _types(annotation: object) -> tuple[object, ...]:
    return getattr(annotation, "__args__", ())


def expected_failures(kind: type[AftercareError] = AftercareError) -> Iterator[type[AftercareError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(("services.", "shared.")):
            yield child
        yield from expected_failures(child)


def test_every_error_tells_the_same_in_both_languages() -> None:
    for name in catalogue.NAMES:
        catalogue.service(name)
    unequal = [
        kind.__qualname__
        for kind in expected_failures()
        if kind.code and (fields_named(kind.en) != fields_named(kind.zh) or not CHINESE.search(kind.zh))
    ]
    assert unequal == []


def test_every_error_code_means_one_thing() -> None:
    """Two services may miss the same record; then their clients are told the same."""
    meanings: dict[str, set[tuple[str, int]]] = {}
    for kind in expected_failures():
        if "code" in vars(kind):
            owner = ".".join(kind.__module__.split(".")[:2])
            meanings.setdefault(f"{kind.code} of {owner}", set()).add((kind.__qualname__, kind.status))
            meanings.setdefault(kind.code, set()).add((kind.__qualname__, kind.status))
    assert {code: kinds for code, kinds in meanings.items() if len(kinds) > 1} == {}


def test_the_glossary_and_the_terms_agree() -> None:
    """Rows of the glossary: term, Chinese, meaning."""
    glossary = text_of(ROOT / "docs" / "glossary.md")
    rows = [row for row in re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", glossary, re.MULTILINE) if row[1] not in HEADER]
    terms = dict(rows)
    assert {role.value for role in Role if word(role, "en") not in terms} == set()
    said_otherwise = {en: terms[en] for en, zh in WORDS.values() if en in terms and terms[en] != zh}
    assert said_otherwise == {}
    assert len(terms) == len(rows), "one word per idea"


@pytest.mark.parametrize(
    ("other", "ours"),
    [
        (r"\b[Ii]ncident tickets?\b|工单|案件", "incident, 事件"),
        (r"\b[Dd]ead[- ]?lettered\b|死信", "parked, 已搁置"),
        (r"\b[Oo]rganiz|\b[Aa]uthoriz(?!ation)|\b[Bb]ehavior\b|\b[Cc]anceled\b|\b[Cc]atalog\b", "British spelling"),
    ],
)
def test_another_word_for_an_idea_is_not_used(other: str, ours: str) -> None:
    written = [path for path in texts() if path != THIS_FILE and path.suffix in (".py", ".md", ".html", ".j2")]
    assert [name_of(path) for path in written if re.search(other, text_of(path))] == [], ours
