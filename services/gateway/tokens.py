"""Tokens that let somebody in: 256 random bits behind a prefix that tells their kind. Only digests are stored."""

from __future__ import annotations

import hashlib
import secrets

SESSION_PREFIX = "acs_"
KEY_PREFIX = "ack_"
LONGEST = 200


def new_token(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256. It needs no salt and no slowness: there are 2^256 tokens to guess from."""
    return hashlib.sha256(token.encode()).digest()


def bearer_token(authorization: str) -> str | None:
    """The token in an Authorization header, if it can be one of ours."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    ours = token.startswith((SESSION_PREFIX, KEY_PREFIX)) and len(token) <= LONGEST
    return token if ours and scheme.lower() == "bearer" else None
