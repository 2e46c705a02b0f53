"""Expected failures: classes with a status and a stable code, raised where the rule lives, rendered once (RFC 9457)."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.events.words import word

PROBLEM = "application/problem+json"
log = structlog.get_logger()


class AftercareError(Exception):
    """Base of all expected failures.

    A concrete class states `code` (what clients switch on), and its sentence in both languages; both may name the
    keyword arguments given when it is raised, which also travel as members of the problem document.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = ""
    en: ClassVar[str] = "Something went wrong."
    zh: ClassVar[str] = "出现错误。"

    def __init__(self, **members: Any) -> None:
        self.members = members
        super().__init__(self.detail("en"))

    def detail(self, language: str) -> str:
        sentence = self.zh if language == "zh" else self.en
        return sentence.format(**{name: _shown(name, value, language) for name, value in self.members.items()})

    def problem(self, language: str) -> dict[str, Any]:
        return {
            "type": f"/docs/errors#{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.code,
            "detail": plain(self.detail(language)),
            **{name: plain(value) for name, value in self.members.items()},
        }


CODED = frozenset({"state", "move", "allowed", "severity", "kind", "side", "why", "reason", "roles", "role", "teams"})
"""Members that hold coded values: in sentences they read as the field's terms."""


def _shown(name: str, value: Any, language: str) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        listed = [str(_shown(name, item, language)) for item in value]
        return ("、" if language == "zh" else ", ").join(listed) or ("无" if language == "zh" else "nothing")
    return word(str(value), language) if name in CODED else value


def plain(value: Any) -> Any:
    """A member of a problem document as JSON: numbers and lists stay, everything else becomes its text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    return str(value).encode("utf-8", "replace").decode()


class BadRequest(AftercareError):
    status = 400


class Unauthenticated(AftercareError):
    status = 401
    code = "unauthenticated"
    en = "Sign in or send an API key."
    zh = "请先登录或提供 API 密钥。"


class Forbidden(AftercareError):
    status = 403
    code = "forbidden"
    en = "This needs the permission {permission}."
    zh = "此操作需要权限 {permission}。"


class NotFound(AftercareError):
    status = 404
    code = "not_found"
    en = "There is nothing at this address."
    zh = "此地址没有内容。"


class Conflict(AftercareError):
    status = 409


class Gone(AftercareError):
    status = 410


class TooLarge(AftercareError):
    status = 413
    code = "body_too_large"
    en = "The body may have at most {limit} bytes."
    zh = "请求正文最多 {limit} 字节。"


class Unprocessable(AftercareError):
    status = 422


class TooMany(AftercareError):
    status = 429
    code = "too_many_requests"
    en = "Too many requests; try again in {retry_after} s."
    zh = "请求过于频繁，请在 {retry_after} 秒后重试。"


class Unavailable(AftercareError):
    status = 503
    code = "unavailable"
    en = "A part of the platform cannot be reached; nothing was changed. Try again shortly."
    zh = "平台的一部分暂时无法访问，未作任何更改，请稍后重试。"


class InvalidInput(Unprocessable):
    code = "invalid_input"
    en = "The input is not valid: {count} error(s)."
    zh = "输入无效：共 {count} 处错误。"


class UnstorableValue(Unprocessable):
    code = "unstorable_value"
    en = "A value cannot be stored: a text holds a NUL character, or a number is out of range."
    zh = "有无法保存的值：文本含有 NUL 字符，或数字超出范围。"


class IllegalMove(Conflict):
    """A state machine has no such move from the present state; `allowed` lists the moves it has."""

    code = "illegal_move"
    en = "Not possible in state {state}: {move}. Possible now: {allowed}."
    zh = "当前状态 {state} 下不能执行 {move}，可执行：{allowed}。"


class VersionMismatch(AftercareError):
    status = 412
    code = "version_mismatch"
    en = "The record was changed meanwhile: it is at version {current}, not {expected}."
    zh = "记录已被修改：当前版本为 {current}，而不是 {expected}。"


class PreconditionUnsupported(BadRequest):
    code = "precondition_unsupported"
    en = "If-Match cannot be used here: this request changes no record that has a version. Nothing was changed."
    zh = "此处不能使用 If-Match：该请求不更改任何带版本的记录，未作任何更改。"


class IdempotencyKeyReused(Unprocessable):
    code = "idempotency_key_reused"
    en = "This Idempotency-Key was used before with another request."
    zh = "此 Idempotency-Key 已用于另一个请求。"


class Unexpected(AftercareError):
    code = "internal_error"
    en = "An error we did not expect; it is in our log. Nothing was changed."
    zh = "发生意外错误，已记入日志，未作任何更改。"


def language_of(accept_language: str | None) -> str:
    """`zh` when the first language asked for is Chinese, else `en`."""
    first = (accept_language or "").split(",", 1)[0].strip().lower()
    return "zh" if first.startswith("zh") else "en"


def render(error: AftercareError, language: str) -> JSONResponse:
    headers = {"Content-Language": "zh-CN" if language == "zh" else "en"}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if retry_after := error.members.get("retry_after"):
        headers["Retry-After"] = str(retry_after)
    return JSONResponse(error.problem(language), status_code=error.status, media_type=PROBLEM, headers=headers)


def as_expected(problem: Exception) -> AftercareError:
    """The failure a client is told of, for whatever was raised."""
    if isinstance(problem, AftercareError):
        return problem
    if isinstance(problem, RequestValidationError):
        errors = [
            {"at": ".".join(str(part) for part in e["loc"]), "code": e["type"], "detail": e["msg"]}
            for e in problem.errors()
        ]
        return InvalidInput(count=len(errors), errors=errors)
    if isinstance(problem, HTTPException):
        return _from_status(problem.status_code)
    if is_database_down(problem):
        return Unavailable()
    if is_foreign(problem):
        return NotFound()
    return UnstorableValue() if is_unstorable(problem) else Unexpected()


def is_unstorable(problem: Exception) -> bool:
    """True when PostgreSQL refused a value for what it is (class 22): a NUL in a text, a number out of range."""
    return sqlstate_of(problem).startswith("22")


def is_foreign(problem: Exception) -> bool:
    """True when row-level security kept a caller from writing another customer's row."""
    return sqlstate_of(problem) == "42501" and "row-level security" in str(problem)


def sqlstate_of(problem: Exception) -> str:
    """PostgreSQL's code of what went wrong, or an empty text."""
    return str(getattr(getattr(problem, "orig", problem), "sqlstate", None) or "")


NOT_THE_STATEMENT = ("08", "57P", "53300", "40P01", "40001", "55P03")
"""How the codes begin of: no connection, a server that ends, starts or recovers, no place left, lost a deadlock, a lock
that another holds and that is not waited for.
"""


def is_database_down(problem: Exception) -> bool:
    """True when it was not the statement's fault: no connection, a lost one, none free in time, or a deadlock."""
    if isinstance(problem, DBAPIError) and problem.connection_invalidated:
        return True
    if sqlstate_of(problem).startswith(NOT_THE_STATEMENT):
        return True
    return isinstance(problem, OperationalError | InterfaceError | PoolTimeout | ConnectionError | TimeoutError)


class MethodNotAllowed(AftercareError):
    status = 405
    code = "method_not_allowed"
    en = "This address does not take that method."
    zh = "此地址不支持该请求方法。"


class MalformedRequest(BadRequest):
    code = "malformed_request"
    en = "The request could not be read."
    zh = "无法读取请求。"


def _from_status(status: int) -> AftercareError:
    if status == 404:
        return NotFound()
    if status == 405:
        return MethodNotAllowed()
    return MalformedRequest() if status < 500 else Unexpected()


def failure_of(request: Request, problem: Exception) -> AftercareError:
    """The failure the client is told of; one that we did not expect is in our log.

    There the request goes by its route: its path may hold a secret, such as the token of a survey's link.
    """
    error = as_expected(problem)
    if isinstance(error, Unexpected):
        log.exception("unexpected_error", route=getattr(request.scope.get("route"), "path", None), exc_info=problem)
    return error


async def answer_with_problem(request: Request, problem: Exception) -> JSONResponse:
    return render(failure_of(request, problem), language_of(request.headers.get("accept-language")))


def install(app: FastAPI) -> None:
    for expected in (AftercareError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(expected, answer_with_problem)
