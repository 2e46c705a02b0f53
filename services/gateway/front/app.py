"""The front: every request of the platform passes here, is checked, and is forwarded unchanged.

A plain ASGI application without middleware: what happens to a request is read from top to bottom in `_serve`.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.types import Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from services.gateway.front.answer import Answer, callers_traceparent, new_traceparent, passed_headers
from services.gateway.front.forward import InProcess, Upstream, forward
from services.gateway.front.identity import Identity, anonymous
from services.gateway.front.limits import Buckets, LimitedBody
from services.gateway.front.pages import Figures, Pages
from services.gateway.front.problems import answer_problem, header
from services.gateway.front.remote import Remote
from services.gateway.front.table import Route, Table
from services.gateway.settings import Settings
from services.gateway.tokens import bearer_token
from shared.auth import Principal, Signer
from shared.errors import AftercareError, TooLarge, Unauthenticated, Unavailable, Unexpected, as_expected
from shared.now import system_seconds
from shared.service import Readiness, Runtime
from shared.settings import ServiceSettings

READS = frozenset(("GET", "HEAD"))
log = structlog.get_logger()


class SigningKeyMissing(ValueError):
    """The gateway cannot say who is asking. An error of configuration; the message names the setting."""


def build_front(
    runtime: Runtime,
    upstreams: Mapping[str, Upstream],
    signer: Signer,
    settings: Settings,
    *,
    readiness: Readiness | None = None,
) -> Front:
    """The platform's door. `runtime` is the gateway's; its own routes are reached as the upstream `gateway`.

    `readiness` tells of all runtimes in this process; without it, the gateway's own is told.
    """
    reached = {"gateway": InProcess(runtime.app), **upstreams}
    return Front(runtime, reached, signer, settings, readiness or runtime.readiness)


def front_of(runtimes: Mapping[str, Runtime], readiness: Readiness, settings: Mapping[str, ServiceSettings]) -> Front:
    """The front of a process: services it holds are called, the others are reached at their `api_url`."""
    own = settings["gateway"]
    if not isinstance(own, Settings) or not own.signing_key:
        raise SigningKeyMissing("AFTERCARE_GATEWAY_SIGNING_KEY is not set: the gateway cannot sign who is asking")
    remote = {name: Remote(its.api_url) for name, its in settings.items() if its.api_url and name not in runtimes}
    called = {name: InProcess(runtime.app) for name, runtime in runtimes.items()}
    return build_front(runtimes["gateway"], {**remote, **called}, Signer(own.signing_key), own, readiness=readiness)


class Front:
    """An ASGI application. Rate limits, and what is known of tokens, are this process's own."""

    def __init__(
        self,
        runtime: Runtime,
        upstreams: Mapping[str, Upstream],
        signer: Signer,
        settings: Settings,
        readiness: Readiness,
    ) -> None:
        self.upstreams, self.settings, self.tracer = upstreams, settings, runtime.tracer
        self.table = Table()
        self.pages = Pages(readiness, runtime.metrics, settings.operator_networks)
        self.identity = Identity(runtime.database, signer)
        self._figures = Figures(runtime.metrics)
        self._callers = Buckets(settings.requests_per_second, settings.requests_burst)
        self._addresses = Buckets(settings.anonymous_per_second, settings.anonymous_burst)
        self._sign_ins = Buckets(settings.sign_ins_per_minute / 60, settings.sign_ins_burst)

    async def close(self) -> None:
        """Let the connections to other processes go."""
        for upstream in self.upstreams.values():
            await upstream.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            answer = Answer(send, scope, uuid7().hex)
            structlog.contextvars.bind_contextvars(request_id=answer.request_id)
            await self._serve(scope, receive, answer)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        began = system_seconds()
        try:
            page = self.pages.get(scope["path"]) if scope["method"] in READS else None
            if page:
                await page(scope, receive, answer)
            else:
                await self._pass(scope, receive, answer)
        except Exception as problem:
            error = as_expected(problem)
            if isinstance(error, Unexpected):
                log.error("unexpected_error", exc_info=problem)
            if answer.begun:
                raise
            await answer_problem(error, scope, receive, answer)
        self._figures.count(answer.service, scope["method"], answer.status, system_seconds() - began)

    async def _pass(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Its span begins the trace, or carries the caller's on. Raises what keeps the request out.

        In the log a request goes by its route: its path may hold a secret.
        """
        origin = scope["client"][0] if scope.get("client") else "local"
        route = self._route(scope, origin)
        structlog.contextvars.bind_contextvars(route=f"{route.method} {route.path}")
        about = {
            "http.request.method": scope["method"],
            "http.route": route.path,
            "aftercare.request_id": answer.request_id,
        }
        given = callers_traceparent(scope)
        with self.tracer.span(f"{route.method} {route.path}", "server", about, parent=given, from_outside=True) as span:
            await self._let_through(scope, receive, answer, route, origin, span.traceparent or new_traceparent())
            if answer.begun:
                span.answered(answer.status)

    async def _let_through(
        self, scope: Scope, receive: Receive, answer: Answer, route: Route, origin: str, traceparent: str
    ) -> None:
        limit = route.body_limit or self.settings.body_limit_bytes
        body = LimitedBody(receive, limit, header(scope, b"content-length"))
        principal = await self._caller(scope, route, origin)
        upstream = self.upstreams.get(route.service)
        if upstream is None:
            raise Unavailable()
        answer.service = route.service
        changes_rights = route.service == "gateway" and not route.public and route.method not in READS

        async def send(message: Message) -> None:
            if body.exceeded and not answer.begun:
                return  # what a service says to half a body is not the answer
            if changes_rights and not answer.begun:
                self.identity.forget()
            if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await answer(message)

        statement = self.identity.statement(principal)
        headers = passed_headers(scope, answer.request_id, route, statement, traceparent)
        passed = {**scope, "method": route.method, "headers": headers}
        await forward(upstream, passed, body, send, seconds=self.settings.answer_seconds)
        if body.exceeded and not answer.begun:
            raise TooLarge(limit=limit)

    def _route(self, scope: Scope, origin: str) -> Route:
        try:
            return self.table.find(scope["method"], scope["path"])
        except AftercareError:
            self._addresses.take(origin, system_seconds())
            raise

    async def _caller(self, scope: Scope, route: Route, origin: str) -> Principal:
        """Who asks, with their request counted. Raises Unauthenticated, TooMany, Unavailable."""
        now = system_seconds()
        if route.public:
            (self._sign_ins if route.limit == "sign_in" else self._addresses).take(origin, now)
            return anonymous(origin)
        token = bearer_token((header(scope, b"authorization") or b"").decode("latin-1"))
        principal = self.identity.remembered(token, origin) if token else None
        if principal is None:
            principal = await self._newcomer(token, origin, now)
        self._callers.take(principal.actor, now)
        return principal

    async def _newcomer(self, token: str | None, origin: str, now: float) -> Principal:
        """Whoever guesses tokens is slowed down by address before the database is asked."""
        if token is None or not self.identity.has_met(token, origin):
            self._addresses.require(origin, now)
        try:
            if token is None:
                raise Unauthenticated()
            return await self.identity.looked_up(token, origin)
        except Unauthenticated:
            self._addresses.take(origin, now)
            raise
