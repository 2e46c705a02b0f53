"""What the front answers itself: health, figures, and the documentation, which loads nothing from elsewhere."""

from __future__ import annotations

import asyncio
import functools
import html
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from swagger_ui_bundle import swagger_ui_path

from services.gateway.front.docs import as_openapi_3_0, every_error, merged_openapi
from shared.errors import Forbidden
from shared.service import Readiness
from shared.telemetry import Metrics

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
DOCS_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "public, max-age=300",
}
START = """window.onload = () => SwaggerUIBundle({
  url: "/docs/openapi.json", dom_id: "#docs", deepLinking: true, docExpansion: "none", filter: true,
  persistAuthorization: false, validatorUrl: null,
});
"""
DOCS = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Aftercare API</title><link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>
"""
ERRORS = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Aftercare errors · 错误代码</title><link rel="icon" href="/docs/favicon-32x32.png">
<style>body{{font-family:sans-serif;margin:2rem;line-height:1.4}}
td,th{{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}} :target{{background:#fff3b0}}</style></head>
<body><h1>Errors · 错误代码</h1><table>{rows}</table></body></html>
"""
ERROR_ROW = '<tr id="{code}"><td><code>{code}</code></td><td>{status}</td><td>{en}<br>{zh}</td></tr>'


class OperatorsOnly(Forbidden):
    code = "operators_only"
    en = "The figures are told to the operators' networks only."
    zh = "运行指标仅向运维网络开放。"


class Pages:
    """The front's own pages by path. The documents are made when first asked for, and then kept.

    What tells of the inside (figures, what is ready and what is not) is told to the operators' networks only.
    """

    def __init__(self, readiness: Readiness, metrics: Metrics, operators: Sequence[IPv4Network | IPv6Network]) -> None:
        self._readiness, self._metrics, self._operators = readiness, metrics, operators
        self._document = functools.cache(merged_openapi)
        self._pages: dict[str, ASGIApp] = {
            "/livez": self._livez,
            "/readyz": self._readyz,
            "/metrics": self._figures,
            "/openapi.json": self._openapi,
            "/docs": HTMLResponse(DOCS, headers=DOCS_HEADERS),
            "/docs/start.js": Response(START, media_type="text/javascript", headers=DOCS_HEADERS),
            "/docs/openapi.json": self._openapi_3_0,
            "/docs/errors": self._errors,
            **{f"/docs/{name}": _asset(name) for name in ASSETS},
        }

    def get(self, path: str) -> ASGIApp | None:
        return self._pages.get(path)

    async def _livez(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response("alive\n", media_type="text/plain")(scope, receive, send)

    async def _readyz(self, scope: Scope, receive: Receive, send: Send) -> None:
        ready, found = await self._readiness()
        told = found if self._is_operators(scope) else {"ready": ready}
        await JSONResponse(told, status_code=200 if ready else 503)(scope, receive, send)

    async def _figures(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_operators(scope):
            raise OperatorsOnly()
        figures = generate_latest(self._metrics.registry)
        await Response(figures, headers={"Content-Type": CONTENT_TYPE_LATEST})(scope, receive, send)

    def _is_operators(self, scope: Scope) -> bool:
        """A caller without an address has come through a socket that we do not know the far end of."""
        if not scope.get("client"):
            return False
        address = ip_address(scope["client"][0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._operators)

    async def _openapi(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._json(await asyncio.to_thread(self._document))(scope, receive, send)

    async def _openapi_3_0(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._json(as_openapi_3_0(await asyncio.to_thread(self._document)))(scope, receive, send)

    async def _errors(self, scope: Scope, receive: Receive, send: Send) -> None:
        errors = await asyncio.to_thread(every_error)
        rows = (
            ERROR_ROW.format(code=e.code, status=e.status, en=html.escape(e.en), zh=html.escape(e.zh)) for e in errors
        )
        await HTMLResponse(ERRORS.format(rows="\n".join(rows)))(scope, receive, send)

    @staticmethod
    def _json(document: dict[str, Any]) -> Response:
        return JSONResponse(document, headers={"Cache-Control": "public, max-age=300"})


class Figures:
    """What was answered, by whom, how fast. Keeps the series at hand: finding one costs more than counting."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, service: str, method: str, status: int, seconds: float) -> None:
        series = self._series.get((service, method, status))
        if series is None:
            known = method if method in METHODS else "other"
            answers = self._metrics.requests.labels(service, known, status)
            series = (answers, self._metrics.request_seconds.labels(service))
            if known == method:
                self._series[service, method, status] = series
        series[0].inc()
        series[1].observe(seconds)


def _asset(name: str) -> ASGIApp:
    async def asset(scope: Scope, receive: Receive, send: Send) -> None:
        await FileResponse(swagger_ui_path / name, headers=DOCS_HEADERS)(scope, receive, send)

    return asset
