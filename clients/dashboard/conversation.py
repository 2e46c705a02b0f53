"""What was said about an incident and put beside it: for everybody, or for the provider's people only."""

from __future__ import annotations

from clients.dashboard.addresses import attachment_path, attachments_path
from clients.dashboard.asking import Ask, Move
from clients.dashboard.drawing import Drawing
from clients.dashboard.elements import Tag
from clients.dashboard.reader import Reader
from clients.dashboard.records import Incident, Record
from clients.models import Attachment, Comment, Me
from shared.permissions import Permission

INTERNAL = "internal"
KILO = 1024
TELL_CHOSEN = (
    "(event) => { if (event.target.files[0]) event.target.nextSibling.textContent = event.target.files[0].name }"
)
"""Browsers say by themselves which file is chosen, but in their own language and not the reader's."""


class Conversation(Drawing):
    """Comments in the order they were written, attachments, and the forms for more comments."""

    def draw(self, record: Record) -> None:
        self._begin(record)
        details = record.details
        if details.comments is None and details.attachments is None:
            return
        with Tag("section", "", "card talk"):
            self._title("conversation", len(details.comments or ()))
            for comment in sorted(details.comments or (), key=lambda one: one.written_at):
                self._comment(comment)
            if not details.comments:
                Tag("p", self._reader.say("nothing_said"), "card__empty")
            self._answers()
            self._files(details.attachments or ())

    def _comment(self, comment: Comment) -> None:
        reader = self._reader
        is_internal = comment.visibility == INTERNAL
        side = "internal" if is_internal else "customer" if comment.from_customer else "provider"
        with Tag("article", "", f"said said--{side}"):
            with Tag("p", "", "said__head"):
                Tag("span", self._who(comment.author, comment.author_name), "said__who")
                if self._me.customer_id is None:
                    Tag("span", reader.say("internal" if is_internal else "public"), "said__to")
                Tag("span", reader.short(comment.written_at), "said__when")
            Tag("p", comment.text, "said__text")

    def _answers(self) -> None:
        if Permission.INCIDENTS_DISCUSS not in self._me.permissions:
            return
        at = f"/v1/incidents/{self._record.incident.id}/comments"
        name = "comment" if self._me.customer_id is None else "comment_as_customer"
        moves = [Move(name, at, (Ask("text", "text"),), says=(("visibility", "public"),))]
        if self._me.customer_id is None:
            moves.append(Move("note_internally", at, (Ask("text", "text"),), says=(("visibility", INTERNAL),)))
        self._buttons(moves)

    def _files(self, attachments: tuple[Attachment, ...]) -> None:
        if not attachments:
            return
        Tag("h3", self._reader.say("attachments"), "facts__sub")
        with Tag("ul", "", "files"):
            for attachment in attachments:
                self._file(attachment)

    def _file(self, attachment: Attachment) -> None:
        reader, me = self._reader, self._me
        with Tag("li", "", "file"):
            Tag("a", attachment.name, "file__name", href=attachment_path(attachment.id), download=True)
            self._notes(
                size_of(attachment.size),
                self._who(attachment.author, attachment.author_name),
                reader.short(attachment.added_at),
                reader.say("internal") if attachment.visibility == INTERNAL else "",
            )
            if attachment.author == f"person:{me.id}" or Permission.INCIDENTS_DISPATCH in me.permissions:
                at, about = f"/v1/attachments/{attachment.id}", attachment.name
                asks = (Ask("reason"),)
                self._buttons([Move("withdraw_file", at, asks, is_refusal=True, about=about, method="DELETE")])


def draw_upload(incident: Incident, me: Me, reader: Reader) -> None:
    """The form that sends a file. It stands apart from what is drawn anew, which would forget the chosen file."""
    if Permission.INCIDENTS_DISCUSS not in me.permissions:
        return
    sent = {"method": "post", "enctype": "multipart/form-data", "action": attachments_path(incident.number)}
    with Tag("form", "", "card files__form", **sent):
        with Tag("label", "", "files__choose"):
            chosen = {"type": "file", "name": "file", "required": True, "aria_label": reader.say("file")}
            Tag("input", "", "pill__box", **chosen).on("change", js_handler=TELL_CHOSEN)
            Tag("span", reader.say("choose_file"), "files__name")
        if me.customer_id is None:
            with Tag("label", "", "pill"):
                Tag("input", "", "pill__box", type="checkbox", name="internal", value="true")
                Tag("span", reader.say("internal"))
        Tag("button", reader.say("attach_file"), "button", type="submit")


def size_of(size: int) -> str:
    """Such as 12 KB or 3.4 MB."""
    if size < KILO * KILO:
        return f"{max(1, round(size / KILO))} KB"
    return f"{size / KILO / KILO:.1f} MB"
