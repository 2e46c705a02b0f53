"""A real SMTP and HTTP server that records what arrives: the outside world of the demo and of the tests.

It answers as it was told to (late, refusing, redirecting) and forgets all but the last KEPT entries.
It is no mail server for people: no sign-in, no storage, only for loopback or a private network.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from weakref import WeakSet

import orjson
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from clients.recorded import RecordedCall, RecordedMail, decoded_mail, signature_verifies
from shared.now import system_seconds

KEPT = 10_000
GRACE_SECONDS = 2
LARGEST_CALL = 1024 * 1024
LARGEST_MAIL = 10 * 1024 * 1024


class CannotListen(Exception):
    """A port is taken, or the address is not ours to listen on; the text is one line for a person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hook or a mailbox answers, `times` times (None: until told otherwise), before all is well again.

    A mailbox answers RCPT TO with status and body, such as 550 and "5.1.1 no such mailbox".
    """

    status: int
    delay_seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    times: int | None = None


HOOK_IS_WELL = Answer(status=200)
MAILBOX_IS_WELL = Answer(status=250, body="OK")


def _system_time() -> datetime:
    return datetime.fromtimestamp(system_seconds(), UTC)


class Recorder:
    """Both servers, on the running loop. Port 0 takes a free port, and a restart takes the same one again."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        smtp_port: int = 0,
        http_port: int = 0,
        now: Callable[[], datetime] = _system_time,
    ) -> None:
        self.host = host
        self.smtp_port = smtp_port
        self.http_port = http_port
        self._now = now
        self._mails: deque[RecordedMail] = deque(maxlen=KEPT)
        self._calls: deque[RecordedCall] = deque(maxlen=KEPT)
        self._answers: dict[str, Answer] = {}
        self._secrets: dict[str, str] = {}
        self._numbers = count(1)
        self._stopping = asyncio.Event()
        self._sessions: WeakSet[SMTP] = WeakSet()

    async def start(self) -> None:
        """Listen on both ports; raises CannotListen, and then listens on neither."""
        smtp_socket = _listening_socket(self.host, self.smtp_port)
        try:
            http_socket = _listening_socket(self.host, self.http_port)
        except CannotListen:
            smtp_socket.close()
            raise
        self.smtp_port = smtp_socket.getsockname()[1]
        self.http_port = http_socket.getsockname()[1]
        self._stopping.clear()
        self._smtp = await asyncio.get_running_loop().create_server(self._smtp_session, sock=smtp_socket)
        self._http = _HttpServer(
            uvicorn.Config(
                _app(self),
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._serving = asyncio.create_task(self._http.serve(sockets=[http_socket]))

    async def stop(self) -> None:
        """Close both ports and every connection; what was recorded stays readable."""
        self._stopping.set()
        self._smtp.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        await self._smtp.wait_closed()
        self._http.should_exit = True
        await self._serving

    @property
    def url(self) -> str:
        """The address of the HTTP side, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.http_port}"

    def hook_url(self, hook: str) -> str:
        """Where to call so that the call is recorded under this name."""
        return f"{self.url}/hooks/{hook}"

    def mails(self, to: str | None = None) -> list[RecordedMail]:
        """The mails kept, oldest first; with `to` only those whose envelope names this recipient."""
        return [mail for mail in self._mails if to is None or to in mail.recipients]

    def calls(self, hook: str | None = None) -> list[RecordedCall]:
        """The calls kept, oldest first; with `hook` only those of this name."""
        return [call for call in self._calls if hook is None or hook == call.hook]

    def set_answer(self, hook_or_mailbox: str, answer: Answer) -> None:
        """Have a hook or a mailbox (an address) answer so from now on."""
        self._answers[hook_or_mailbox] = answer

    def set_secret(self, hook: str, secret: str) -> None:
        """Check the hook's further calls with this secret; raises ValueError if it is not base64."""
        signature_verifies(secret, {}, b"")
        self._secrets[hook] = secret

    def forget_everything(self) -> None:
        """Drop what was recorded, and all answers and secrets."""
        self._mails.clear()
        self._calls.clear()
        self._answers.clear()
        self._secrets.clear()

    def record_call(self, hook: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep one call."""
        secret = self._secrets.get(hook)
        verified = None if secret is None else signature_verifies(secret, headers, body)
        self._calls.append(RecordedCall(next(self._numbers), hook, path, headers, body, verified, self._now()))

    def record_mail(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> None:
        """Keep one mail, well-formed or not."""
        self._mails.append(decoded_mail(next(self._numbers), sender, recipients, raw, self._now()))

    async def answer_of(self, hook_or_mailbox: str, otherwise: Answer) -> Answer:
        """The answer set for it, one time of it used up, after its delay or when the recorder stops."""
        answer = self._answers.get(hook_or_mailbox, otherwise)
        if answer.times is not None:
            left = replace(answer, times=answer.times - 1) if answer.times > 1 else otherwise
            self._answers[hook_or_mailbox] = left
        if answer.delay_seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), answer.delay_seconds)
        return answer

    def _smtp_session(self) -> SMTP:
        session = SMTP(
            _Mailboxes(self),
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="recorder.localhost",
            ident="recorder",
            loop=asyncio.get_running_loop(),
        )
        self._sessions.add(session)
        return session


class _Mailboxes:
    """What aiosmtpd asks at RCPT TO and after DATA; the names of the methods are its own."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._recorder.answer_of(address, MAILBOX_IS_WELL)
        if answer.status == MAILBOX_IS_WELL.status:
            envelope.rcpt_tos.append(address)
        return f"{answer.status} {answer.body}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._recorder.record_mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b"")
        return "250 recorded"


class _HttpServer(uvicorn.Server):
    """uvicorn, which leaves the signals of the process to whoever runs the loop."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # uvicorn states a generator, any context will do
        return nullcontext()


def _app(recorder: Recorder) -> Starlette:
    app = Starlette(
        routes=[
            Route("/livez", _live),
            Route("/hooks/{hook}", _record_call, methods=["POST"]),
            Route("/hooks/{name}/answer", _set_answer, methods=["PUT"]),
            Route("/hooks/{hook}/secret", _set_secret, methods=["PUT"]),
            Route("/hooks/{hook}/calls", _list_calls),
            Route("/calls", _list_calls),
            Route("/mailboxes/{name}/answer", _set_answer, methods=["PUT"]),
            Route("/mails", _list_mails),
            Route("/everything", _forget_everything, methods=["DELETE"]),
        ]
    )
    app.state.recorder = recorder
    return app


def _recorder(request: Request) -> Recorder:
    recorder: Recorder = request.app.state.recorder
    return recorder


async def _live(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _record_call(request: Request) -> Response:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_CALL:
            return PlainTextResponse("larger than the recorder keeps\n", status_code=413)
    recorder, hook = _recorder(request), request.path_params["hook"]
    path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    recorder.record_call(hook, path, dict(request.headers), bytes(body))
    answer = await recorder.answer_of(hook, HOOK_IS_WELL)
    return Response(answer.body, answer.status, answer.headers)


async def _set_answer(request: Request) -> Response:
    try:
        answer = TypeAdapter(Answer).validate_json(await request.body())
    except ValidationError as error:
        return PlainTextResponse(f"{error}\n", status_code=422)
    _recorder(request).set_answer(request.path_params["name"], answer)
    return Response(status_code=204)


async def _set_secret(request: Request) -> Response:
    try:
        secret = TypeAdapter(dict[str, str]).validate_json(await request.body())["secret"]
        _recorder(request).set_secret(request.path_params["hook"], secret)
    except (ValueError, KeyError):
        return PlainTextResponse('wanted: {"secret": "whsec_..."}\n', status_code=422)
    return Response(status_code=204)


async def _list_calls(request: Request) -> Response:
    return _json(_recorder(request).calls(request.path_params.get("hook")))


async def _list_mails(request: Request) -> Response:
    return _json(_recorder(request).mails(request.query_params.get("to")))


async def _forget_everything(request: Request) -> Response:
    _recorder(request).forget_everything()
    return Response(status_code=204)


def _json(entries: Sequence[RecordedCall | RecordedMail]) -> Response:
    """The entries field by field; bytes as UTF-8 text, with what is no UTF-8 escaped."""
    content = orjson.dumps(entries, default=lambda raw: raw.decode(errors="backslashreplace"))
    return Response(content, media_type="application/json")


def _listening_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        raise CannotListen(f"cannot listen on {host} port {port} (无法监听该端口): {error}") from error


async def _run(recorder: Recorder) -> None:
    await recorder.start()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sys.stdout.write(f"recorder: SMTP on {recorder.host}:{recorder.smtp_port}, HTTP on {recorder.url}\n")
    sys.stdout.flush()
    await stop.wait()
    await recorder.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM; exit status 1 and one line when a port is taken."""
    options = argparse.ArgumentParser(prog="python -m clients.recorder", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--smtp-port", type=int, default=8025)
    options.add_argument("--http-port", type=int, default=8026)
    given = options.parse_args()
    try:
        asyncio.run(_run(Recorder(given.host, given.smtp_port, given.http_port)))
    except CannotListen as error:
        sys.exit(f"recorder: {error}")


if __name__ == "__main__":
    main()
