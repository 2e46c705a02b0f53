"""Writing people. Each write says the whole public record as a snapshot."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.people import queries
from services.gateway.people.domain import allowed_roles, normalised
from services.gateway.people.models import Person
from services.gateway.people.passwords import hashed
from shared.audit import note
from shared.db import as_record, check_version, context, unless_taken
from shared.errors import Conflict
from shared.events.gateway import PersonChanged
from shared.outbox import emit
from shared.permissions import Role

RECORDED = ("name_zh", "name_en", "email", "phone", "locale", "roles", "active")


class EmailTaken(Conflict):
    code = "email_taken"
    en = "Somebody already signs in with {email}."
    zh = "{email} 已被其他人员用于登录。"


class LastAdministrator(Conflict):
    code = "last_administrator"
    en = "This is the last active administrator; appoint another one first."
    zh = "这是最后一名有效的管理员，请先指定另一名管理员。"


async def add_person(
    session: AsyncSession,
    *,
    name_zh: str,
    name_en: str,
    email: str,
    phone: str,
    locale: str,
    roles: Collection[str],
    customer_id: UUID | None,
    password: str | None,
) -> Person:
    """Raises RolesNotAllowed, EmailTaken. Without a password the person is known but cannot sign in."""
    person = Person(
        customer_id=customer_id,
        name_zh=name_zh,
        name_en=name_en,
        email=normalised(email),
        phone=phone,
        locale=locale,
        roles=allowed_roles(roles, customer_id),
        password_hash=await hashed(password) if password else None,
    )
    session.add(person)
    await _flush(session, person)
    note(session, person.id, "add_person", after=as_record(person, *RECORDED), customer_id=customer_id)
    say_person(session, person)
    return person


async def change_person(session: AsyncSession, *, person_id: UUID, **changes: Any) -> Person:
    """Change the fields that are given. A new password, or `active=False`, ends the person's sessions.

    Raises PersonNotFound, VersionMismatch, RolesNotAllowed, EmailTaken, LastAdministrator.
    """
    administrators = await queries.active_administrators(session)
    person = await queries.person_for_change(session, person_id)
    check_version(session, person.version)
    before = as_record(person, *RECORDED)
    password = changes.pop("password", None)
    for name, value in changes.items():
        setattr(person, name, value)
    person.email = normalised(person.email)
    person.roles = allowed_roles(person.roles, person.customer_id)
    if administrators == {person.id} and not (person.active and Role.ADMINISTRATOR in person.roles):
        raise LastAdministrator()
    if password:
        person.password_hash = await hashed(password)
    if password or not person.active:
        person.signed_out_at = context(session).now
    person.version += 1
    await _flush(session, person)
    note(
        session,
        person.id,
        "change_person",
        before=before,
        after=as_record(person, *RECORDED),
        information={"password_changed": bool(password)},
        customer_id=person.customer_id,
    )
    say_person(session, person)
    return person


async def bootstrap_administrator(
    session: AsyncSession, *, email: str, password: str, name_zh: str, name_en: str
) -> Person | None:
    """The first administrator of an installation, or None when it has one already. Safe to run in two processes."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("aftercare administrator"))))
    if await queries.active_administrators(session):
        return None
    return await add_person(
        session,
        name_zh=name_zh,
        name_en=name_en,
        email=email,
        phone="",
        locale="zh-CN",
        roles=[Role.ADMINISTRATOR],
        customer_id=None,
        password=password,
    )


async def _flush(session: AsyncSession, person: Person) -> None:
    with unless_taken(EmailTaken(email=person.email)):
        await session.flush()


def say_person(session: AsyncSession, person: Person) -> None:
    emit(
        session,
        PersonChanged(
            person_id=person.id,
            name_zh=person.name_zh,
            name_en=person.name_en,
            email=person.email,
            phone=person.phone,
            locale=person.locale,
            roles=tuple(person.roles),
            customer_id=person.customer_id,
            active=person.active,
        ),
    )
