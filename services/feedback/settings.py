"""What feedback can be told from outside."""

from __future__ import annotations

import secrets

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_FEEDBACK_", extra="ignore")

    public_url: str = Field("http://127.0.0.1:8000", description="Address of the gateway, as it stands in links.")
    token_secret: str = Field(
        "",
        validate_default=True,
        description="Secret the links' tokens are derived from. Empty: a new one in each process; links already sent "
        "stay good, only a reminder's link then differs from the first one.",
    )
    open_days: int = Field(14, gt=0, description="How long a survey can be answered.")
    reminder_days: int = Field(5, gt=0, description="After how long an unanswered survey is asked once more.")
    contact_rest_days: int = Field(
        0, ge=0, description="How long a contact is left in peace after a survey; 0: asked after every incident."
    )

    @field_validator("token_secret")
    @classmethod
    def never_guessable(cls, secret: str) -> str:
        return secret or secrets.token_urlsafe(32)

    @field_validator("public_url")
    @classmethod
    def without_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")
