"""Attachments over HTTP: the body of an upload is the file itself."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from services.incidents.attachments import actions, queries
from services.incidents.attachments.schemas import AttachmentOut, FileName
from services.incidents.comments.domain import Visibility
from services.incidents.incidents.schemas import Line
from shared.auth import needs
from shared.edge import A_FILE, By, ReceivedFile, ServiceFiles, Session, router, takes_file
from shared.files import StoredFile
from shared.permissions import Permission

routes = router("/v1", tags=["attachments"])

Name = Annotated[
    FileName, Query(description="The file's name. The Content-Type counts where the content bears it out.")
]
Reason = Annotated[Line, Query(description="Why it is withdrawn.")]


@routes.post(
    "/incidents/{incident_id}/attachments", status_code=201, response_model=AttachmentOut, openapi_extra=A_FILE
)
@needs(Permission.INCIDENTS_DISCUSS)
@takes_file
async def attach(
    incident_id: UUID,
    name: Name,
    file: ReceivedFile,
    by: By,
    session: Session,
    visibility: Visibility = Visibility.PUBLIC,
) -> Any:
    return await actions.attach(session, incident_id=incident_id, file=file, name=name, visibility=visibility, by=by)


@routes.get("/incidents/{incident_id}/attachments", response_model=list[AttachmentOut])
@needs(Permission.INCIDENTS_READ)
async def attachments(incident_id: UUID, session: Session) -> Any:
    return await queries.attachments_of(session, incident_id)


@routes.get("/attachments/{attachment_id}", response_class=StreamingResponse)
@needs(Permission.INCIDENTS_READ)
async def download(attachment_id: UUID, files: ServiceFiles, session: Session) -> StreamingResponse:
    found = await queries.attachment(session, attachment_id)
    return await files.download(StoredFile(found.sha256, found.size, found.media_type), found.name)


@routes.delete("/attachments/{attachment_id}", status_code=204)
@needs(Permission.INCIDENTS_DISCUSS)
async def withdraw_attachment(attachment_id: UUID, reason: Reason, by: By, session: Session) -> None:
    await actions.withdraw_attachment(session, attachment_id=attachment_id, reason=reason, by=by)
