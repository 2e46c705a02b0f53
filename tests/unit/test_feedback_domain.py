"""The pure rules of feedback: what counts as an answer, when a survey is open, whom to leave in peace, tokens."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.surveys.domain import (
    COMMENT_LIMIT,
    CURRENT,
    TEMPLATES,
    AlreadyAnswered,
    Answers,
    InvalidAnswers,
    LinkExpired,
    clean,
    in_peace,
    read_answers,
    require_open,
    token_hash,
    token_of,
)
from services.feedback.surveys.wording import TEXTS, language_of_locale

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


@given(st.integers(1, 5), st.none() | st.integers(0, 10))
def test_what_can_be_chosen_is_an_answer(rating: int, recommend: int | None) -> None:
    form = {"rating": str(rating)} | ({} if recommend is None else {"recommend": str(recommend)})
    assert read_answers(CURRENT, form) == Answers(rating, recommend, "")


@given(st.dictionaries(st.sampled_from(["rating", "recommend", "comment", "other"]), st.text(max_size=30)))
def test_whatever_a_form_holds_it_is_an_answer_in_range_or_refused(form: dict[str, str]) -> None:
    with contextlib.suppress(InvalidAnswers):
        answers = read_answers(CURRENT, form)
        assert 1 <= answers.rating <= 5
        assert answers.recommend is None or 0 <= answers.recommend <= 10


@pytest.mark.parametrize(
    ("form", "problems"),
    [
        ({}, {"rating": "missing"}),
        ({"rating": " "}, {"rating": "missing"}),
        ({"rating": "6", "recommend": "-1"}, {"rating": "not_a_choice", "recommend": "not_a_choice"}),
        ({"rating": "05"}, {"rating": "not_a_choice"}),
        ({"rating": "５"}, {"rating": "not_a_choice"}),
        ({"rating": "5", "comment": "x" * (COMMENT_LIMIT + 1)}, {"comment": "too_long"}),
    ],
)
def test_each_wrong_answer_is_named_with_what_is_wrong(form: dict[str, str], problems: dict[str, str]) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        read_answers(CURRENT, form)
    assert (refused.value.members["problems"], refused.value.members["count"]) == (problems, len(problems))


@given(st.text())
def test_a_cleaned_text_stays_as_it_is_when_cleaned_again(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)
    assert "\x00" not in clean(raw)
    assert "\r" not in clean(raw)


@pytest.mark.parametrize(
    ("raw", "text"), [(" 很好\r\n谢谢 ", "很好\n谢谢"), ("a\tb\x00c", "a b c"), ("👩‍🔧 好", "👩‍🔧 好"), ("\x00", "")]
)
def test_a_comment_keeps_what_can_be_seen(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_a_survey_is_open_until_the_moment_its_time_is_over() -> None:
    require_open("sent", NOON, NOON - timedelta(microseconds=1), "en")
    with pytest.raises(LinkExpired):
        require_open("sent", NOON, NOON, "en")
    with pytest.raises(LinkExpired):
        require_open("expired", NOON + WEEK, NOON, "en")
    with pytest.raises(AlreadyAnswered):
        require_open("answered", NOON - WEEK, NOON, "en")


def test_a_contact_is_left_in_peace_until_the_rest_is_over() -> None:
    assert not in_peace(None, NOON, WEEK)
    assert in_peace(NOON - WEEK + timedelta(seconds=1), NOON, WEEK)
    assert not in_peace(NOON - WEEK, NOON, WEEK)
    assert not in_peace(NOON, NOON, timedelta())


@given(st.uuids(), st.uuids(), st.text(min_size=1, alphabet="abcdef"), st.text(min_size=1, alphabet="abcdef"))
def test_a_token_belongs_to_one_survey_and_one_secret(one: UUID, other: UUID, secret: str, another: str) -> None:
    assert token_of(one, secret) == token_of(one, secret)
    assert (token_of(one, secret) == token_of(other, secret)) is (one == other)
    assert (token_of(one, secret) == token_of(one, another)) is (secret == another)


def test_a_token_is_fit_for_an_address_and_its_hash_does_not_show_it() -> None:
    token = token_of(UUID(int=1), "secret")
    assert len(token) == 43
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert token.encode() not in token_hash(token)
    assert len(token_hash(token)) == 32


def test_every_template_keeps_its_version_and_speaks_both_languages() -> None:
    for version, template in TEMPLATES.items():
        assert template.version == version
        for question in template.questions:
            texts = (question.text, *question.labels)
            assert all(zh and en and zh != en for zh, en in texts)
            if question.kind == "rating":
                assert len(question.labels) == len(question.choices)


def test_the_pages_say_the_same_things_in_both_languages() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("ZH-TW", "zh"), ("en", "en"), ("de-DE", "en")])
def test_a_locale_has_a_language_we_speak(locale: str, language: str) -> None:
    assert language_of_locale(locale) == language
