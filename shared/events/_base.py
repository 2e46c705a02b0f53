"""What an event contract is: a frozen class with a wire type. The classes live in one module per publisher."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.titles import title
from shared.events.words import word

CODED = frozenset(
    {"channel", "severity", "fault_class", "kind", "state", "former_state", "outcome", "reason", "detail"}
    | {"impact", "urgency", "priority", "team", "former_team", "cover", "verdict", "work", "visibility", "unit"}
)
"""Fields that hold coded values: in sentences they read as the field's terms. Names and texts stay as they are."""
REGISTRY: dict[str, type[Event]] = {}


class Event(BaseModel):
    """A fact about the publisher's own data.

    Subclasses state `type` (`service.past_participle.vN`) and `subject`, the name of the field that holds the id
    whose events stay in order. A field `customer_id` makes the event a tenant's; a field `incident_id` makes it part
    of that incident's timeline, where it reads as `en` or `zh`: a sentence that may name the event's fields. Fields
    named `secret` (a link that lets its bearer act) are shown to nobody. An `internal` event is the provider's own: no
    customer sees it, in the timeline, in evidence or by webhook. Fields are only ever added; readers ignore those they
    do not know.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    subject: ClassVar[str]
    en: ClassVar[str] = ""
    zh: ClassVar[str] = ""
    secret: ClassVar[tuple[str, ...]] = ()
    internal: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        type: str = "",
        subject: str = "",
        en: str = "",
        zh: str = "",
        secret: tuple[str, ...] = (),
        internal: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if not type:
            return
        if type in REGISTRY:
            raise TypeError(f"two event classes claim the type {type!r}")
        cls.type, cls.subject, cls.en, cls.zh, cls.secret, cls.internal = type, subject, en, zh, secret, internal
        REGISTRY[type] = cls

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if getattr(cls, "type", "") and cls.subject not in cls.model_fields:
            raise TypeError(f"{cls.__name__}: subject {cls.subject!r} is not one of its fields")

    @property
    def subject_id(self) -> str:
        return str(getattr(self, self.subject))

    @property
    def tenant(self) -> UUID | None:
        value: UUID | None = getattr(self, "customer_id", None)
        return value

    @property
    def correlation(self) -> UUID | None:
        value: UUID | None = getattr(self, "incident_id", None)
        return value

    def sentence(self, language: str, zone: tzinfo = UTC) -> str:
        """What a reader of the timeline sees, in `zh` or `en`; coded values become their terms, times the zone's."""
        values = {name: _shown(name, getattr(self, name), language, zone) for name in type(self).model_fields}
        return (self.zh if language == "zh" else self.en).format(**values)


def _shown(name: str, value: Any, language: str, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return shown_moment(value, zone)
    if name == "event_type":
        return title(value, language)
    if isinstance(value, str):
        return word(value, language) if name in CODED else value
    return "" if value is None else value


def shown_moment(value: datetime, zone: tzinfo) -> str:
    """To the minute, with the zone's offset."""
    try:
        local = value.astimezone(zone)
    except OverflowError:
        return value.isoformat()
    offset = f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5] if local.utcoffset() else ""
    return f"{local:%Y-%m-%d %H:%M} (UTC{offset})"


class History(Event):
    """What was recorded elsewhere and is taken over now. Its envelopes are `historical`, and so is what follows from
    them: only consumers that keep records hear of it; nobody is told, nothing is promised, asked or started.
    """


class Snapshot(Event):
    """The whole public record of reference data. Consumers upsert it where the envelope's sequence is greater."""
