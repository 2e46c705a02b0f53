"""What can be asked about API keys."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.keys.models import Key
from shared.errors import NotFound
from shared.paging import Page


class KeyNotFound(NotFound):
    code = "key_not_found"
    en = "There is no key {key_id}."
    zh = "没有密钥 {key_id}。"


async def key(session: AsyncSession, key_id: UUID) -> Key:
    found = await session.get(Key, key_id)
    if found is None:
        raise KeyNotFound(key_id=key_id)
    return found


async def key_for_change(session: AsyncSession, key_id: UUID) -> Key:
    """The key with its row locked until the transaction ends."""
    found = await session.get(Key, key_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise KeyNotFound(key_id=key_id)
    return found


async def valid_key(session: AsyncSession, key_hash: bytes) -> Key | None:
    found: Key | None = await session.scalar(select(Key).where(Key.key_hash == key_hash, Key.revoked_at.is_(None)))
    return found


async def keys_page(session: AsyncSession, page: Page) -> Sequence[Key]:
    return (await session.scalars(page.of(select(Key), Key.id))).all()
