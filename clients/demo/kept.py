"""What the demo keeps between two starts, in `.aftercare/demo.json`: ids, passwords, the key, the webhook's secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from clients.language import of_two
from clients.sign_in import DemoPerson, Unreadable, read, write_private

DEMO = "demo.json"


class Actor(DemoPerson):
    """One of the cast as they are on this installation."""

    id: UUID

    def name(self, language: str) -> str:
        return of_two(self.name_zh, self.name_en, language)

    def as_record(self) -> dict[str, Any]:
        """The person as `sign-ins.json` lists them."""
        return self.model_dump(mode="json", exclude={"id"})


class Hook(BaseModel):
    """The webhook endpoint of the hospital's system, and the name the recorder files its calls under."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    url: str
    secret: str = Field(repr=False)


class DemoOrganisation(BaseModel):
    """All the story needs to be told. `actors` are by their part in it (clients/demo/cast.py)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    base_url: str
    recorder_url: str | None
    actors: dict[str, Actor]
    hospital_id: UUID
    library_id: UUID
    switch_id: UUID
    plan_id: UUID
    part_number: str
    depot_ids: dict[str, UUID]
    key: str = Field(repr=False)
    hook: Hook | None

    @property
    def people(self) -> tuple[Actor, ...]:
        """All of the cast."""
        return tuple(self.actors.values())


def read_demo(folder: Path) -> DemoOrganisation | None:
    """What was kept in this folder; None where nothing was, or another release kept it otherwise."""
    file = folder / DEMO
    if not file.exists():
        return None
    try:
        return read(DemoOrganisation, file)
    except Unreadable:
        return None


def keep_demo(folder: Path, demo: DemoOrganisation) -> None:
    write_private(folder / DEMO, demo)
