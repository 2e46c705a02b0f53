"""Who is signed in at which browser. Tokens stay in this process's memory: no cookie and no file holds one.

A browser is known by the random id in its signed, HTTP-only cookie; signing in gives it a new one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import uuid4

from clients.models import Me, Session
from shared.now import system_seconds

TICKET_SECONDS = 60


@dataclass(frozen=True)
class SignedIn:
    """A session of the platform, and whose it is."""

    session: Session
    me: Me

    @property
    def token(self) -> str:
        return self.session.token


@dataclass(frozen=True)
class Ticket:
    """A sign-in that succeeded over the page's socket, waiting for the request that can set a cookie."""

    browser_id: str
    signed_in: SignedIn
    until_seconds: float


class Sessions:
    """The sessions of all browsers. Those that have expired go when the next one comes."""

    def __init__(self) -> None:
        self._by_browser: dict[str, SignedIn] = {}
        self._tickets: dict[str, Ticket] = {}

    def of(self, browser_id: str) -> SignedIn | None:
        return self._by_browser.get(browser_id)

    def issue_ticket(self, browser_id: str, signed_in: SignedIn) -> str:
        """Good for one use by the same browser within a minute."""
        now = system_seconds()
        self._tickets = {name: ticket for name, ticket in self._tickets.items() if ticket.until_seconds > now}
        name = secrets.token_urlsafe(24)
        self._tickets[name] = Ticket(browser_id, signed_in, now + TICKET_SECONDS)
        return name

    def enter(self, ticket_name: str, browser_id: str) -> str | None:
        """The browser's new id from now on; None for a ticket that is not its own, or no longer good."""
        ticket = self._tickets.pop(ticket_name, None)
        if ticket is None or ticket.browser_id != browser_id or ticket.until_seconds <= system_seconds():
            return None
        self._forget_expired()
        fresh = str(uuid4())
        self._by_browser[fresh] = ticket.signed_in
        return fresh

    def leave(self, browser_id: str) -> SignedIn | None:
        """Forget the browser's session; returns it, so that the platform can be told."""
        return self._by_browser.pop(browser_id, None)

    def _forget_expired(self) -> None:
        now = system_seconds()
        self._by_browser = {
            browser: signed_in
            for browser, signed_in in self._by_browser.items()
            if signed_in.session.expires_at.timestamp() > now
        }
