"""Attaching files and withdrawing them. The content is in the store before, and is swept after."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.incidents.attachments import queries
from services.incidents.attachments.models import Attachment
from services.incidents.comments.domain import Visibility
from services.incidents.comments.queries import surviving_incident
from shared.audit import note
from shared.auth import Principal
from shared.db import as_record, context
from shared.errors import Forbidden
from shared.events import Event
from shared.events.incidents import (
    AttachmentAdded,
    AttachmentWithdrawn,
    InternalAttachmentAdded,
    InternalAttachmentWithdrawn,
)
from shared.files import StoredFile
from shared.outbox import emit
from shared.permissions import Permission

ADDED = {Visibility.PUBLIC: AttachmentAdded, Visibility.INTERNAL: InternalAttachmentAdded}
WITHDRAWN = {Visibility.PUBLIC: AttachmentWithdrawn, Visibility.INTERNAL: InternalAttachmentWithdrawn}


class NotYourAttachment(Forbidden):
    code = "not_your_attachment"
    en = "Only who attached it, or the service desk, can withdraw it."
    zh = "只有添加附件的人或服务台才能撤回。"


async def attach(
    session: AsyncSession, *, incident_id: UUID, file: StoredFile, name: str, visibility: Visibility, by: Principal
) -> Attachment:
    """Add a file to an incident; to a merged one means to its target.

    Raises IncidentNotFound; Forbidden for an internal file of somebody who may see none.
    """
    if visibility is Visibility.INTERNAL:
        by.require(Permission.INCIDENTS_INTERNAL)
    incident = await surviving_incident(session, incident_id)
    attachment = Attachment(
        id=uuid7(),
        incident_id=incident.id,
        customer_id=incident.customer_id,
        number=incident.number,
        name=name,
        visibility=visibility,
        author=by.actor,
        author_name=by.name,
        added_at=context(session).now,
        **vars(file),
    )
    session.add(attachment)
    await session.flush()
    _say(session, attachment, ADDED[visibility])
    _note(session, attachment, "attach", "incident_id", "name", "media_type", "size", "sha256", "visibility")
    return attachment


async def withdraw_attachment(session: AsyncSession, *, attachment_id: UUID, reason: str, by: Principal) -> None:
    """It is no longer to be had, by nobody. Raises AttachmentNotFound, NotYourAttachment."""
    attachment = await queries.attachment(session, attachment_id, lock=True)
    if by.actor != attachment.author and Permission.INCIDENTS_DISPATCH.value not in by.permissions:
        raise NotYourAttachment()
    attachment.withdrawn_at, attachment.withdrawn_by = context(session).now, by.actor
    attachment.withdrawal = reason
    _say(session, attachment, WITHDRAWN[Visibility(attachment.visibility)], reason_given=reason)
    _note(session, attachment, "withdraw_attachment", "withdrawn_at", "withdrawal")


def _say(session: AsyncSession, attachment: Attachment, fact: type[Event], **more: Any) -> None:
    own = {name: getattr(attachment, name) for name in fact.model_fields if hasattr(attachment, name)}
    emit(session, fact(**own, **more, attachment_id=attachment.id))


def _note(session: AsyncSession, attachment: Attachment, action: str, *fields: str) -> None:
    """The entries about an internal file are of no customer, so that a customer's evidence does not have them."""
    public = attachment.visibility == Visibility.PUBLIC
    after = as_record(attachment, *fields)
    note(session, attachment.id, action, after=after, customer_id=attachment.customer_id if public else None)
