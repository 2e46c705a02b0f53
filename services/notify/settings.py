"""What notify can be told from outside."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings
from shared.zones import zone_named


def _known(zone: str) -> str:
    zone_named(zone)
    return zone


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_NOTIFY_", extra="ignore")

    smtp_host: str = Field("127.0.0.1", description="Mail server that takes our mails.")
    smtp_port: int = Field(25, gt=0, lt=65536, description="Port of the mail server.")
    smtp_encryption: Literal["none", "starttls", "tls"] = Field(
        "none", description="none, starttls (refused if the server does not offer it), or tls from the first byte."
    )
    smtp_username: str | None = Field(None, description="Sign-in at the mail server. Empty: none.")
    smtp_password: str | None = Field(None, description="Password for the sign-in at the mail server.")
    smtp_sender: str = Field("aftercare@demo.example", description="Address our mails come from.")
    smtp_seconds: float = Field(20.0, gt=0, description="Longest time for one mail, in seconds.")
    webhook_seconds: float = Field(15.0, gt=0, description="Longest time for one webhook call, in seconds.")
    allowed_receivers: frozenset[str] = Field(
        frozenset(),
        description="Webhook receivers on private addresses that may be called all the same: a JSON list of "
        "address:port. Empty: none.",
    )
    zone: Annotated[str, AfterValidator(_known)] = Field(
        "Asia/Shanghai", description="Time zone in which mails state times."
    )

    @property
    def time_zone(self) -> ZoneInfo:
        return zone_named(self.zone)
