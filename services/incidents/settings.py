"""What incidents can be told from outside."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings
from shared.zones import zone_named


def _known(zone: str) -> str:
    zone_named(zone)
    return zone


def _each_once(percents: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(percents)))


Zone = Annotated[str, AfterValidator(_known)]
Percents = Annotated[tuple[Annotated[int, Field(gt=0, lt=100)], ...], AfterValidator(_each_once)]


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_INCIDENTS_", extra="ignore")

    zone: Zone = Field(
        "Asia/Shanghai",
        description="Time zone of the provider: of the year in an incident's number, and of times in its timeline.",
    )
    warning_percents: Percents = Field(
        (50, 75, 90), description="Shares of a promise's time, in percent, at which a warning is said."
    )

    @property
    def time_zone(self) -> ZoneInfo:
        return zone_named(self.zone)
