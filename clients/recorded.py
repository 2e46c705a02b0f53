"""What the recorder keeps: mails and webhook calls, decoded for reading, signatures checked. Nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass(frozen=True, slots=True)
class RecordedMail:
    """One mail as it arrived; `sender` and `recipients` are the envelope's, header texts are decoded."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str]
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One webhook call, header names in lower case; `verified` is None when its hook has no secret."""

    number: int
    hook: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    verified: bool | None
    received_at: datetime


def decoded_mail(
    number: int, sender: str, recipients: tuple[str, ...], raw: bytes, received_at: datetime
) -> RecordedMail:
    """The mail as a person reads it, well-formed or not."""
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    headers = {name.lower(): _header_text(name, value) for name, value in message.raw_items()}
    return RecordedMail(
        number=number,
        sender=sender,
        recipients=recipients,
        subject=headers.get("subject", ""),
        text=_text_of(message),
        message_id=headers.get("message-id", ""),
        headers=headers,
        received_at=received_at,
        raw=raw,
    )


def signature_verifies(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Check a symmetric signature of Standard Webhooks 1.0.0; raises ValueError if the secret is not base64.

    The age of the timestamp is not judged, for tests and demos move the time.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected, item) for item in given)


def _header_text(name: str, value: Any) -> str:
    """The header decoded; one that the parser breaks on (it raises IndexError for "x@") as it stands."""
    try:
        return str(policy.default.header_fetch_parse(name, value))
    except (LookupError, ValueError):
        return str(value)


def _text_of(message: EmailMessage) -> str:
    """The readable part, decoded; of a mail that no decoder understands, the payload as it stands."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        text = part.get_content()
    except (LookupError, ValueError):
        text = part.get_payload()
    return str(text).replace("\r\n", "\n")
