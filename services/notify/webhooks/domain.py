"""Webhook rules without I/O: Standard Webhooks 1.0.0 signatures, the next try, addresses never called."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""From each try to the next, the example of the Standard Webhooks specification: ten tries in 75 h 35 min."""
LONGEST_WAIT = WAITS[-1]
JITTER = 0.2

DENIED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this host, this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; 100.100.100.200 tells Alibaba Cloud's machine metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # tells Azure's machine metadata
        "169.254.0.0/16",  # link-local; 169.254.169.254 tells machine metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        # Of IPv6 only 2000::/3 is given out for the public; the other ranges hold what wraps or hides IPv4
        # (::ffff:0:0/96, 64:ff9b::/96), 5f00::/16, private, link-local, site-local and multicast addresses.
        "::/3",
        "4000::/2",
        "8000::/1",
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which wraps IPv4
        "3fff::/20",  # documentation
    )
)
"""The flags of `ipaddress` do not do: several of these are neither private nor not global to it."""


def new_secret(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A symmetric secret of 32 bytes in the form receivers know."""
    return SECRET_PREFIX + base64.b64encode(random_bytes(SECRET_BYTES)).decode()


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """One item of the signature header over the exact bytes sent; `timestamp` is the try's, in Unix seconds.

    Raises ValueError when the id holds a full stop, which would make the signed text ambiguous, or when the
    secret is not base64.
    """
    if "." in webhook_id:
        raise ValueError("a webhook id holds no full stop")
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signature_header(valid_secrets: Sequence[str], webhook_id: str, timestamp: int, body: bytes) -> str:
    """The webhook-signature header: one item per secret, so that old and new verify during a rotation."""
    return " ".join(sign(secret, webhook_id, timestamp, body) for secret in valid_secrets)


def delivery_headers(valid_secrets: Sequence[str], webhook_id: str, tried_at: datetime, body: bytes) -> dict[str, str]:
    """The headers of one try; the id stays over all tries of a message, the timestamp is the try's own."""
    timestamp = int(tried_at.timestamp())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_header(valid_secrets, webhook_id, timestamp, body),
    }


def next_try(
    tries: int, now: datetime, jitter: Callable[[], float], retry_after: timedelta | None = None
) -> datetime | None:
    """When to try again after `tries` failed ones (at least one), the last just `now`; None: never.

    `jitter` gives a number in [0, 1), such as `random.random`; a wait varies by 20 % either way. What the
    receiver asked for is kept to, up to a day, and varies only upwards, lest all its callers return at once.
    """
    if tries > len(WAITS):
        return None
    share = jitter()
    wait = WAITS[tries - 1] * (1 - JITTER + 2 * JITTER * share)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_WAIT) * (1 + JITTER * share))
    return now + wait


def is_denied(address: str) -> bool:
    """Whether a webhook may never go to a numeric address; judge the very address dialled, not a name.

    Raises ValueError when it is not an address.
    """
    parsed = ipaddress.ip_address(address)
    return any(parsed in network for network in DENIED_NETWORKS)
