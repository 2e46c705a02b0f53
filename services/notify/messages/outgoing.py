"""Hands one mail to the mail server and says how it ended; keeps no connection and decides on no repeat."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ssl import SSLContext
from typing import Literal

import aiosmtplib

from services.notify.outcomes import Delivered, Outcome, Refused, TryLater

Encryption = Literal["none", "starttls", "tls"]

QUIT_SECONDS = 1.0
LONGEST_REPLY = 500
LONGEST_PLAIN = 60
_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_OURS_TO_MEND = frozenset({530, 534, 535, 538})
"""Sign-in wanted or refused: permanent to the server, yet no fault of this mail, which waits for a cure."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person; `message_id` and `written_at` stay the same over all tries.

    Sender and recipient are addresses, with or without a name ("集成服务台 <desk@example.com>"). `headers`
    come on top of those every mail has, and win over Auto-Submitted.
    """

    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    written_at: datetime
    locale: str
    headers: Mapping[str, str] = field(default_factory=dict)


async def send_mail(
    mail: Mail,
    *,
    host: str,
    port: int,
    timeout: float,
    encryption: Encryption = "none",
    username: str | None = None,
    password: str | None = None,
    own_name: str = "localhost",
    tls: SSLContext | None = None,
) -> Outcome:
    """Send it once; `timeout` bounds the whole try, in seconds. `own_name` is what we greet the server with.

    A refusal of this mail (5xx) is final; 4xx and everything between us and the server is not. After a time-out the
    mail may have been taken: a repeat carries the same Message-ID. With "starttls" nothing is sent in clear to a
    server that does not offer it; `tls` names other authorities than the system's.
    """
    try:
        sender, recipient = _address(mail.sender), _address(mail.recipient)
        content = _composed(mail, sender, recipient)
    except ValueError as error:
        return Refused("mail_not_valid", reply=_short(str(error)))
    client = aiosmtplib.SMTP(
        hostname=host,
        port=port,
        timeout=timeout,
        use_tls=encryption == "tls",
        start_tls=encryption == "starttls",
        username=username,
        password=password,
        local_hostname=own_name,
        tls_context=tls,
    )
    try:
        return await _handed_over(client, sender.addr_spec, recipient.addr_spec, content, timeout)
    finally:
        await _leave(client)


async def _handed_over(client: aiosmtplib.SMTP, sender: str, recipient: str, content: bytes, timeout: float) -> Outcome:
    try:
        async with asyncio.timeout(timeout):
            await client.connect()
            try:
                _, reply = await client.sendmail(sender, [recipient], content)
            except aiosmtplib.SMTPRecipientsRefused as error:
                return _refusal(error.recipients[0])
            except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
                return _refusal(error)
    except aiosmtplib.SMTPResponseException as error:
        return TryLater("server_refuses_us", error.code, _short(error.message))
    except TimeoutError:
        client.close()
        return TryLater("timed_out")
    except aiosmtplib.SMTPConnectError as error:
        return TryLater("not_connected", reply=_short(str(error)))
    except (aiosmtplib.SMTPException, OSError) as error:
        return TryLater("broken_off", reply=_short(str(error)))
    except ValueError as error:
        return Refused("mail_not_valid", reply=_short(str(error)))
    return Delivered(int(aiosmtplib.SMTPStatus.completed), _short(reply))


def _refusal(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """The server's word on this very mail; aiosmtplib raises alike for 4xx and 5xx."""
    if error.code in _OURS_TO_MEND:
        return TryLater("server_refuses_us", error.code, _short(error.message))
    if 500 <= error.code < 600:
        return Refused("mail_refused", error.code, _short(error.message))
    return TryLater("mail_deferred", error.code, _short(error.message))


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Take leave, without letting a server that is slow to part change how the try ended."""
    if client.is_connected:
        with suppress(aiosmtplib.SMTPException, TimeoutError, OSError):
            await client.quit(timeout=QUIT_SECONDS)
    client.close()


def _composed(mail: Mail, sender: Address, recipient: Address) -> bytes:
    """The mail in 7-bit form, which every server takes; raises ValueError for what no mail can hold."""
    subject = _CONTROLS.sub(" ", mail.subject).strip()
    texts = f"From: {_mailbox(sender)}\r\nTo: {_mailbox(recipient)}\r\nSubject: {_words(subject)}\r\n"
    message = EmailMessage(policy=_SEVEN_BIT)
    message.set_content(mail.text)
    message["Date"] = mail.written_at
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = mail.locale
    for name, value in {"Auto-Submitted": "auto-generated", **mail.headers}.items():
        message[name] = value
    return texts.encode("ascii") + message.as_bytes()


def _mailbox(address: Address) -> str:
    if address.display_name.isascii() and "=?" not in address.display_name:
        return str(address)
    return f"{_words(address.display_name)} <{address.addr_spec}>"


def _words(text: str) -> str:
    """The text in encoded words (RFC 2047) if it needs them.

    EmailMessage does this too, but where it folds a line of mixed Chinese and Latin it loses a space, and it
    takes a text that looks like an encoded word for one.
    """
    if text.isascii() and "=?" not in text and len(text) <= LONGEST_PLAIN:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _address(text: str) -> Address:
    """The address in the text, its domain as on the wire; raises ValueError if there is not just one."""
    try:
        parsed = _SEVEN_BIT.header_factory("To", text)
    except IndexError:  # how Python's parser says that a domain is missing
        raise ValueError(f"not an address: {text!r}") from None
    if _CONTROLS.search(text) or parsed.defects or len(parsed.addresses) != 1:
        raise ValueError(f"not an address: {text!r}")
    address: Address = parsed.addresses[0]
    domain = address.domain.encode("idna").decode()
    if not domain or not address.username.isascii():
        raise ValueError(f"not an address we can send to: {text!r}")
    return Address(address.display_name, address.username, domain)


def _short(reply: str) -> str:
    """The start of a server's words as text we can keep; what is no UTF-8 is taken for GB 18030, used in China."""
    raw = reply.encode("utf-8", "surrogateescape")  # as aiosmtplib read it
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return text.replace("\x00", "")[:LONGEST_REPLY]
