"""Signing in and out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.people import queries as people
from services.gateway.people.domain import normalised
from services.gateway.people.passwords import is_right
from services.gateway.sessions import queries
from services.gateway.sessions.domain import TRIES_WINDOW, require_tries_left
from services.gateway.sessions.models import SignedInSession, SignInTries
from services.gateway.settings import Settings
from services.gateway.tokens import SESSION_PREFIX, digest, new_token
from shared.audit import note
from shared.db import context, settings_of
from shared.errors import NotFound

FORGOTTEN_AT_ONCE = 20
log = structlog.get_logger()


@dataclass(frozen=True)
class SignedIn:
    """What is handed to who signed in. The token is nowhere else."""

    token: str
    expires_at: datetime
    person_id: UUID


async def sign_in(session: AsyncSession, *, email: str, password: str) -> SignedIn | None:
    """A new session, or None when it is refused: the try counts, so that transaction has to commit too.

    Raises TooManySignIns. An unknown address takes the same work as a wrong password.
    """
    email_hash = hashlib.sha256(normalised(email).encode()).digest()
    await _count_try(session, email_hash)
    person = await people.person_by_email(session, email)
    right = await is_right(password, person.password_hash if person else None)
    if person is None or not right or not person.active:
        _log_refusal(session, person.id if person else None)
        return None
    await session.execute(delete(SignInTries).where(SignInTries.email_hash == email_hash))
    return await _begin(session, person.id, person.customer_id)


def _log_refusal(session: AsyncSession, person_id: UUID | None) -> None:
    """What was typed stays out of the log: it can be a password in the wrong field."""
    log.warning("sign_in_refused", person_id=str(person_id) if person_id else None, origin=context(session).origin)


async def sign_out(session: AsyncSession, *, token: str | None, person_id: UUID | None) -> None:
    """End the session of this token. Raises NotFound when it is none of this person's."""
    current = await queries.session_of_person(session, digest(token), person_id) if token and person_id else None
    if current is None:
        raise NotFound()
    await session.delete(current)
    await session.flush()
    note(session, current.person_id, "sign_out", information={"session_id": current.id})


async def _begin(session: AsyncSession, person_id: UUID, customer_id: UUID | None) -> SignedIn:
    now = context(session).now
    over = delete(SignedInSession).where(SignedInSession.person_id == person_id, SignedInSession.expires_at <= now)
    await session.execute(over)
    token = new_token(SESSION_PREFIX)
    expires_at = now + timedelta(hours=settings_of(session, Settings).session_hours)
    begun = SignedInSession(token_hash=digest(token), person_id=person_id, begun_at=now, expires_at=expires_at)
    session.add(begun)
    await session.flush()
    note(
        session,
        person_id,
        "sign_in",
        information={"session_id": begun.id, "expires_at": expires_at},
        customer_id=customer_id,
    )
    return SignedIn(token, expires_at, person_id)


async def _count_try(session: AsyncSession, email_hash: bytes) -> None:
    """Count this try before the password is looked at; tries with one address wait for each other on its row."""
    now = context(session).now
    counted = insert(SignInTries).values(email_hash=email_hash, tries=1, first_at=now)
    over = SignInTries.first_at <= now - TRIES_WINDOW
    counted = counted.on_conflict_do_update(
        index_elements=["email_hash"],
        set_={
            "tries": case((over, 1), else_=SignInTries.tries + 1),
            "first_at": case((over, now), else_=SignInTries.first_at),
        },
    )
    row = (await session.execute(counted.returning(SignInTries.tries, SignInTries.first_at))).one()
    require_tries_left(row.tries, row.first_at, now)
    await _forget_old_tries(session, now)


async def _forget_old_tries(session: AsyncSession, now: datetime) -> None:
    """Whoever tries clears a few rows that count no more, so that invented addresses do not pile up."""
    old = select(SignInTries.email_hash).where(SignInTries.first_at <= now - TRIES_WINDOW)
    old = old.limit(FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
    await session.execute(delete(SignInTries).where(SignInTries.email_hash.in_(old)))
