"""Who asks: a token becomes a principal by the gateway's own records, and the principal a signed statement.

Both are remembered for moments only, so that a revoked token stops working within seconds in every process.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.keys import queries as keys
from services.gateway.people import queries as people
from services.gateway.sessions import queries as sessions
from services.gateway.tokens import KEY_PREFIX, SESSION_PREFIX, digest
from shared.auth import Principal, Signer
from shared.db import Caller, Database, context
from shared.errors import Unauthenticated, Unavailable, is_database_down
from shared.now import system_seconds
from shared.permissions import Role, permissions_of

KNOWN_SECONDS = 2.0
SIGNED_SECONDS = 20.0
PATIENCE_SECONDS = 2.5
"""Giving up a connection that hangs takes up to 2 s more: the caller is told within 5 s."""
MOST_KNOWN = 10_000
SYSTEM = Caller("system:gateway", "system")
K = TypeVar("K")
V = TypeVar("V")


def anonymous(origin: str | None) -> Principal:
    return Principal("anonymous", None, "", (), frozenset(), None, origin)


@dataclass(frozen=True)
class Known:
    """Whose a token was when it was looked up, at `looked_up_at` (Unix seconds)."""

    principal: Principal
    expires_at: datetime | None
    looked_up_at: float


class Identity:
    """Looks tokens up and signs principals.

    `patience` is how long the database may take, `known_seconds` how long a token that was looked up is believed.
    """

    def __init__(self, database: Database, signer: Signer) -> None:
        self.database, self.signer = database, signer
        self.patience, self.known_seconds = PATIENCE_SECONDS, KNOWN_SECONDS
        self._known: OrderedDict[tuple[bytes, str], Known] = OrderedDict()
        self._signed: OrderedDict[Principal, tuple[bytes, float]] = OrderedDict()

    def remembered(self, token: str, origin: str) -> Principal | None:
        """The principal of a token that was looked up a moment ago."""
        known = self._known.get((digest(token), origin))
        if known is None or system_seconds() - known.looked_up_at >= self.known_seconds:
            return None
        if known.expires_at and known.expires_at <= self.database.time(datetime.fromtimestamp(system_seconds(), UTC)):
            return None
        return known.principal

    def has_met(self, token: str, origin: str) -> bool:
        """Whether this token was somebody's there not long ago."""
        return (digest(token), origin) in self._known

    async def looked_up(self, token: str, origin: str) -> Principal:
        """The principal by the records. Raises Unauthenticated, Unavailable when the database does not answer."""
        remember, looked_up_at = self._known, system_seconds()
        try:
            async with asyncio.timeout(self.patience):
                async with self.database.transaction(SYSTEM, read_only=True) as session:
                    found = await _holder(session, token)
        except Exception as problem:
            if is_database_down(problem):
                raise Unavailable() from problem
            raise
        if found is None:
            raise Unauthenticated()
        principal, expires_at = replace(found[0], origin=origin), found[1]
        _keep(remember, (digest(token), origin), Known(principal, expires_at, looked_up_at))
        return principal

    def statement(self, principal: Principal) -> bytes:
        """The principal's signed statement. It is made anew long before it expires."""
        now = system_seconds()
        kept = self._signed.get(principal)
        if kept is None or now - kept[1] >= SIGNED_SECONDS:
            kept = (self.signer.sign(principal, now).encode(), now)
            _keep(self._signed, principal, kept)
        return kept[0]

    def forget(self) -> None:
        """Look every token up again: somebody's rights may have changed. A look-up under way is not remembered."""
        self._known = OrderedDict()


async def _holder(session: AsyncSession, token: str) -> tuple[Principal, datetime | None] | None:
    if token.startswith(SESSION_PREFIX):
        return await _signed_in_person(session, token)
    if token.startswith(KEY_PREFIX):
        return await _client_system(session, token)
    return None


async def _signed_in_person(session: AsyncSession, token: str) -> tuple[Principal, datetime] | None:
    current = await sessions.session_of(session, digest(token), context(session).now)
    if current is None:
        return None
    person = await people.person(session, current.person_id)
    if not person.active or (person.signed_out_at and current.begun_at <= person.signed_out_at):
        return None
    roles = tuple(person.roles)
    name = person.name_en if person.locale == "en" else person.name_zh
    held = permissions_of(roles, of_customer=person.customer_id is not None)
    return Principal(
        "person", person.id, name, roles, frozenset(map(str, held)), person.customer_id, None
    ), current.expires_at


async def _client_system(session: AsyncSession, token: str) -> tuple[Principal, None] | None:
    key = await keys.valid_key(session, digest(token))
    if key is None:
        return None
    roles = (Role.CLIENT_SYSTEM.value,)
    return Principal("key", key.id, key.name, roles, frozenset(key.scopes), key.customer_id, None), None


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST_KNOWN:
        kept.popitem(last=False)
