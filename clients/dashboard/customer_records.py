"""What the pages of a customer and of a contract read beside clients/models: with versions, so that it is changed."""

from __future__ import annotations

from clients import models
from clients.language import of_two


class Contact(models.Contact):
    role_zh: str
    role_en: str
    phone: str
    locale: str
    version: int

    def role(self, language: str) -> str:
        return of_two(self.role_zh, self.role_en, language)


class Site(models.Site):
    active: bool
    version: int


class Department(models.Department):
    active: bool
    version: int


class KeyBusiness(models.KeyBusiness):
    dependence: str
    tolerable_outage_seconds: int
    active: bool
    version: int


class Contract(models.Contract):
    version: int


class Engineer(models.Person):
    phone: str
