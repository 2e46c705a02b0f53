"""The questions of a survey, its states, what counts as an answer, and the token of its link. Pure."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from shared.errors import Conflict, Gone, NotFound, Unprocessable
from shared.moves import Moves

MOVES: Moves = {
    ("sent", "remind"): "sent",
    ("sent", "answer"): "answered",
    ("sent", "expire"): "expired",
}
NOT_SENT = "not_sent"
"""The state of a survey that is recorded only, and never moves: the contact was left in peace."""

COMMENT_LIMIT = 2000


class LinkUnknown(NotFound):
    code = "survey_link_unknown"
    en = "This link does not lead to a survey. Please check that it is complete."
    zh = "此链接没有对应的调查，请检查链接是否完整。"


class LinkExpired(Gone):
    code = "survey_link_expired"
    en = "The time for answering this survey is over. Thank you for your interest all the same."
    zh = "此调查的答复期限已过，仍感谢您的关注。"


class AlreadyAnswered(Conflict):
    code = "survey_already_answered"
    en = "We have received your answers. They cannot be changed any more. Thank you for taking the time."
    zh = "我们已收到您的答复，答复提交后不可修改。感谢您抽出宝贵时间。"


class InvalidAnswers(Unprocessable):
    code = "invalid_answers"
    en = "{count} answer(s) are missing or not valid."
    zh = "有 {count} 项答复缺失或无效。"


@dataclass(frozen=True)
class Question:
    """One question of a template. `labels` name the choices, or both ends of the scale; texts are (zh, en)."""

    name: str
    kind: Literal["rating", "scale", "text"]
    required: bool
    text: tuple[str, str]
    labels: tuple[tuple[str, str], ...] = ()
    lowest: int = 0
    highest: int = 0

    @property
    def choices(self) -> range:
        return range(self.lowest, self.highest + 1)


@dataclass(frozen=True)
class Template:
    """The questions of one version. A survey keeps the version it was sent with."""

    version: int
    questions: tuple[Question, ...]


TEMPLATES: dict[int, Template] = {
    1: Template(
        1,
        (
            Question(
                "rating",
                "rating",
                True,
                ("您对本次服务的总体满意度如何？", "How satisfied are you with the service overall?"),
                (
                    ("很不满意", "Very dissatisfied"),
                    ("不满意", "Dissatisfied"),
                    ("一般", "Neutral"),
                    ("满意", "Satisfied"),
                    ("非常满意", "Very satisfied"),
                ),
                1,
                5,
            ),
            Question(
                "recommend",
                "scale",
                False,
                ("您有多大可能向同行推荐我们的服务？", "How likely are you to recommend our service to others?"),
                (("完全不可能", "Not at all likely"), ("极有可能", "Extremely likely")),
                0,
                10,
            ),
            Question(
                "comment",
                "text",
                False,
                ("您还有什么意见或建议？", "Is there anything you would like to tell us?"),
            ),
        ),
    )
}
CURRENT = TEMPLATES[1]


@dataclass(frozen=True)
class Answers:
    """What a contact said: `rating` 1 to 5, `recommend` 0 to 10 or nothing, `comment` possibly empty."""

    rating: int
    recommend: int | None
    comment: str


def require_open(state: str, expires_at: datetime, now: datetime, locale: str) -> None:
    """Raises AlreadyAnswered; LinkExpired also when the time is over and nobody has marked it yet."""
    if state == "answered":
        raise AlreadyAnswered(locale=locale)
    if state != "sent" or now >= expires_at:
        raise LinkExpired(locale=locale)


def in_peace(last_asked_at: datetime | None, now: datetime, rest: timedelta) -> bool:
    """Whether a contact was asked so recently that it is to be left in peace."""
    return last_asked_at is not None and now - last_asked_at < rest


def token_of(survey_id: UUID, secret: str) -> str:
    """The token of a survey's link (HMAC-SHA256, 43 characters). It can be made again, so it is stored nowhere."""
    digest = hmac.new(secret.encode(), b"survey " + survey_id.bytes, hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """What is stored of a token (SHA-256)."""
    return hashlib.sha256(token.encode()).digest()


def read_answers(template: Template, form: Mapping[str, str]) -> Answers:
    """The answers in a form. Raises InvalidAnswers whose `problems` name each question and what is wrong with it."""
    read: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for question in template.questions:
        value, problem = _read(question, form.get(question.name, ""))
        if problem:
            problems[question.name] = problem
        read[question.name] = value
    if problems:
        raise InvalidAnswers(count=len(problems), problems=problems)
    return Answers(**read)


def _read(question: Question, raw: str) -> tuple[str | int | None, str | None]:
    """One answer and what is wrong with it: missing, not_a_choice or too_long."""
    text = clean(raw)
    if question.kind == "text":
        return text, "too_long" if len(text) > COMMENT_LIMIT else None
    if not text:
        return None, "missing" if question.required else None
    if text not in {str(choice) for choice in question.choices}:
        return None, "not_a_choice"
    return int(text), None


def clean(raw: str) -> str:
    """The text with one newline per line end, and a space for control characters: a database refuses some of them."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(" " if c != "\n" and unicodedata.category(c) in ("Cc", "Cs") else c for c in lines).strip()
