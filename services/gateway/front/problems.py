"""Failures of the front itself, and how it answers them: as every service does, by problem+json."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from shared.errors import AftercareError, MethodNotAllowed, language_of, render


class NoAnswer(AftercareError):
    status = 504
    code = "no_answer"
    en = "No answer came in time. Whether the change was made is not known: repeat it with the same Idempotency-Key."
    zh = "未能及时收到答复，无法确认更改是否已完成，请使用相同的 Idempotency-Key 重试。"


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that (lower-case) name."""
    return next((value for key, value in scope["headers"] if key == name), None)


async def answer_problem(error: AftercareError, scope: Scope, receive: Receive, send: Send) -> None:
    response = render(error, language_of((header(scope, b"accept-language") or b"").decode("latin-1")))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.members["allowed"])
    await response(scope, receive, send)
