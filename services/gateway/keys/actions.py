"""Giving out API keys and taking them back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.keys import queries
from services.gateway.keys.domain import allowed_scopes
from services.gateway.keys.models import Key
from services.gateway.tokens import KEY_PREFIX, digest, new_token
from shared.audit import note
from shared.db import as_record, check_version, context

HINT_LENGTH = len(KEY_PREFIX) + 4


async def add_key(session: AsyncSession, *, name: str, customer_id: UUID, scopes: Collection[str]) -> tuple[Key, str]:
    """The key's record and the key itself, which nobody can show again. Raises ScopesNotAllowed."""
    secret = new_token(KEY_PREFIX)
    key = Key(
        customer_id=customer_id,
        name=name,
        hint=secret[:HINT_LENGTH],
        key_hash=digest(secret),
        scopes=allowed_scopes(scopes),
        created_at=context(session).now,
    )
    session.add(key)
    await session.flush()
    note(session, key.id, "add_key", after=as_record(key, "name", "hint", "scopes"), customer_id=customer_id)
    return key, secret


async def revoke_key(session: AsyncSession, *, key_id: UUID) -> None:
    """Raises KeyNotFound, also when it was revoked before, and VersionMismatch."""
    key = await queries.key_for_change(session, key_id)
    if key.revoked_at is not None:
        raise queries.KeyNotFound(key_id=key_id)
    check_version(session, key.version)
    key.revoked_at = context(session).now
    key.version += 1
    await session.flush()
    note(session, key.id, "revoke_key", after=as_record(key, "revoked_at"), customer_id=key.customer_id)
