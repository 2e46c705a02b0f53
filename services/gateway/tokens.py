"""Tokens that let somebody in: 256 random bits behind a prefix that tells their kind. Only digests are stored."""

from __future__ import annotations

import hashlib
import secrets

SESSION_PREFIX = "acs_"
KEY_PREFIX = "ack_"


def new_token(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256. It needs no salt and no slowness: there are 2^256 tokens to guess from."""
    return hashlib.sha256(token.encode()).digest()
