"""How a move reaches the platform, and what is said when it is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.asking import Move
from clients.dashboard.reader import Reader
from clients.models import Answer, Incident


async def send(
    api: Aftercare, move: Move, told: Mapping[str, Any], reader: Reader, on_ended: Callable[[], Awaitable[None]]
) -> str | None:
    """Make a move; returns why it was refused, None when it was made."""
    return await refusal(_made(api, move, told), reader, on_ended)


async def refusal(doing: Awaitable[None], reader: Reader, on_ended: Callable[[], Awaitable[None]]) -> str | None:
    """Why the platform does not do it, in words; None when it is done."""
    try:
        await doing
    except Problem as problem:
        if problem.status == 401:
            await on_ended()
        return problem.detail
    except Unreachable:
        return reader.say("unreachable")
    return None


async def _made(api: Aftercare, move: Move, told: Mapping[str, Any]) -> None:
    resolved = await _resolved(api, move, told)
    placed = {name: resolved.pop(name) for name in told if f"{{{name}}}" in move.path}
    await _request(api, replace(move, path=move.path.format_map(placed)), resolved)


async def _request(api: Aftercare, move: Move, told: Mapping[str, Any]) -> None:
    body = {**told, **dict(move.says)}
    if move.method == "DELETE":
        await api.delete(move.path, **body)
    elif move.method == "PATCH":
        await api.patch(Answer, move.path, version=move.version, **body)
    elif move.method == "PUT" and body:
        await api.put(Answer, move.path, **body)
    elif move.method == "PUT":
        await api.mark(move.path)
    else:
        await api.post(Answer, move.path, **body)


async def _resolved(api: Aftercare, move: Move, told: Mapping[str, Any]) -> dict[str, Any]:
    """People name an incident by its number, the platform's requests by its id."""
    resolved = dict(told)
    for ask in move.asks:
        if ask.kind == "incident" and ask.name in resolved:
            number = quote(str(resolved[ask.name]), safe="")
            resolved[ask.name] = (await api.get(Incident, f"/v1/incidents/{number}")).id
    return resolved
