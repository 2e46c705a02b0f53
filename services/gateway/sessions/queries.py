"""What can be asked about sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.sessions.models import SignedInSession


async def session_of(session: AsyncSession, token_hash: bytes, now: datetime) -> SignedInSession | None:
    """The session a token stands for, unless it is over."""
    live = select(SignedInSession).where(SignedInSession.token_hash == token_hash, SignedInSession.expires_at > now)
    found: SignedInSession | None = await session.scalar(live)
    return found


async def session_of_person(session: AsyncSession, token_hash: bytes, person_id: UUID) -> SignedInSession | None:
    own = select(SignedInSession).where(
        SignedInSession.token_hash == token_hash, SignedInSession.person_id == person_id
    )
    found: SignedInSession | None = await session.scalar(own)
    return found
