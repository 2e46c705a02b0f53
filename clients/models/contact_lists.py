"""Whom to call, as issued to a customer."""

from __future__ import annotations

from clients.language import of_two
from clients.models.agreements import ContactList
from clients.models.base import Answer, Named


class Responsible(Named):
    """An engineer responsible for the contract, in the order in which to call."""

    phone: str
    email: str


class ToCall(Answer):
    """A person of the customer; without a site, for all of them."""

    name: str
    role_zh: str
    role_en: str
    phone: str
    email: str
    site_zh: str | None
    site_en: str | None

    def role(self, language: str) -> str:
        return of_two(self.role_zh, self.role_en, language)

    def site(self, language: str) -> str:
        return of_two(self.site_zh, self.site_en, language)


class Contents(Answer):
    contract_number: str
    customer_zh: str
    customer_en: str
    hotline: str
    hotline_email: str
    engineers: tuple[Responsible, ...]
    contacts: tuple[ToCall, ...]

    def customer(self, language: str) -> str:
        return of_two(self.customer_zh, self.customer_en, language)


class IssuedContactList(ContactList):
    """An issue with all that it says."""

    content: Contents
