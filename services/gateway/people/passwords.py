"""Passwords: Argon2id, hashed in a thread, since it takes tens of milliseconds on purpose."""

from __future__ import annotations

import asyncio
import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB, 2 passes, 1 lane: OWASP's password storage cheat sheet, small enough to bear many sign-ins at once."""


async def hashed(password: str) -> str:
    return await asyncio.to_thread(HASHER.hash, password)


async def is_right(password: str, stored: str | None) -> bool:
    """Whether the password fits. Takes the same work when there is nothing to compare with, and says no."""
    return await asyncio.to_thread(_fits, password, stored)


def _fits(password: str, stored: str | None) -> bool:
    try:
        HASHER.verify(stored or _nobodys_hash(), password)
    except VerifyMismatchError:
        return False
    return stored is not None


@functools.cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
