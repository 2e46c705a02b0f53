"""`aftercare comments list|add`: what is said about an incident, in public or internally, and its files."""

from __future__ import annotations

import asyncio
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from clients.api import Aftercare
from clients.cli.finding import incident_called
from clients.cli.helping import Command, family
from clients.cli.moves import INCIDENT
from clients.cli.parameters import AsJson, Lang, terminal_of
from clients.cli.talk_pictures import comments_page, files_page, said_page
from clients.cli.terminal import Misuse
from clients.models import Attachment, Comment

ANY_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class ToAttach:
    """A file that was read before anything is said, so that one that cannot be read stops the whole."""

    name: str
    media_type: str
    content: bytes


def comments_group() -> typer.Typer:
    group = family("comments")
    group.command("list", cls=Command, help="list_comments")(list_comments)
    group.command("add", cls=Command, help="add_comment")(add_comment)
    return group


def list_comments(ctx: typer.Context, incident: INCIDENT, lang: Lang = None, as_json: AsJson = False) -> None:
    """As JSON: the comments alone."""
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[list[Comment], list[Attachment]]:
        path = f"/v1/incidents/{(await incident_called(api, incident)).id}"
        comments = await api.all(Comment, f"{path}/comments")
        return comments[::-1], [] if terminal.as_json else await api.all(Attachment, f"{path}/attachments")

    comments, files = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(comments)
    else:
        terminal.tell(comments_page(comments, files, terminal.language, terminal.zone))


def add_comment(
    ctx: typer.Context,
    incident: INCIDENT,
    text: Annotated[str, typer.Option("--text", help="option_text")],
    internal: Annotated[bool, typer.Option("--internal", help="option_internal")] = False,
    attach: Annotated[list[Path] | None, typer.Option("--attach", metavar="FILE", help="option_attach")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)
    files = [_read(file) for file in attach or ()]
    visibility = "internal" if internal else "public"

    async def work(api: Aftercare) -> tuple[Comment, list[Attachment]]:
        path = f"/v1/incidents/{(await incident_called(api, incident)).id}"
        said = await api.post(Comment, f"{path}/comments", text=text, visibility=visibility)
        return said, [await _attach(api, path, file, visibility) for file in files]

    said, attached = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(said)
    else:
        terminal.tell(Group(said_page(said, terminal.language, terminal.zone), files_page(attached, terminal.language)))


def _read(file: Path) -> ToAttach:
    """Raises Misuse for a file that cannot be read."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise Misuse("not_attachable", file=file, reason=problem.strerror) from problem
    return ToAttach(file.name, mimetypes.guess_type(file.name)[0] or ANY_TYPE, content)


async def _attach(api: Aftercare, path: str, file: ToAttach, visibility: str) -> Attachment:
    about = {"name": file.name, "visibility": visibility}
    return await api.upload(Attachment, f"{path}/attachments", file.content, file.media_type, **about)
