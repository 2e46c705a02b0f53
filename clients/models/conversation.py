"""What people say to each other about an incident, and what they put beside it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from clients.language import of_two
from clients.models.base import Answer


class Comment(Answer):
    """`visibility`: internal is for the provider's people only."""

    id: UUID
    visibility: str
    text: str
    author: str
    author_name: str
    from_customer: bool
    written_at: datetime


class Attachment(Answer):
    id: UUID
    name: str
    media_type: str
    size: int
    visibility: str
    author: str
    author_name: str
    added_at: datetime


class Watcher(Answer):
    person_id: UUID
    name_zh: str | None
    name_en: str | None

    def name(self, language: str) -> str:
        return of_two(self.name_zh, self.name_en, language)


class Tags(Answer):
    tags: tuple[str, ...]


class UsedTag(Answer):
    tag: str
    incidents: int


class TimeEntry(Answer):
    """Time somebody spent; a withdrawn entry does not count."""

    id: UUID
    person_id: UUID
    person_name: str
    work: str
    minutes: int
    spent_on: date
    note: str | None
    withdrawn_at: datetime | None


class SavedView(Answer):
    """Filters of the list under a name; `shared`: all staff see it."""

    id: UUID
    owner_id: UUID
    name: str
    filters: dict[str, str | tuple[str, ...]]
    shared: bool
