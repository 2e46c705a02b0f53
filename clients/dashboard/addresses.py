"""Addresses within the dashboard: where a person is led, and back. Pure."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

SEARCH = "/search"


def local_path(address: str) -> str:
    """Path and query of an address, always of this dashboard: nobody is led away to another host."""
    parts = urlsplit(address)
    path = "/" + parts.path.lstrip("/\\")
    return f"{path}?{parts.query}" if parts.query else path


def sign_in_path(goal: str, note: str = "") -> str:
    """Sign in first, and then go on to `goal`; `note` is the key of what is said there."""
    return "/sign-in?" + urlencode({name: value for name, value in (("note", note), ("goal", goal)) if value})


def enter_path(ticket: str, goal: str) -> str:
    return f"/enter/{ticket}?goal={quote(goal, safe='')}"


def incident_path(number: str) -> str:
    return f"/incidents/{quote(number, safe='')}"


def attachments_path(number: str) -> str:
    return f"{incident_path(number)}/attachments"


def attachment_path(attachment_id: UUID) -> str:
    return f"/attachments/{attachment_id}"


def contract_path(contract_id: UUID) -> str:
    return f"/contracts/{contract_id}"


def customer_path(customer_id: UUID) -> str:
    return f"/customers/{customer_id}"


def contact_list_path(contract_id: UUID, version: int) -> str:
    return f"{contract_path(contract_id)}/contact-list/{version}"


def calendar_path(calendar_id: UUID, year: int | None = None) -> str:
    return f"/calendars/{calendar_id}?year={year}" if year else f"/calendars/{calendar_id}"
