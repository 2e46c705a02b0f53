"""What inventory can be told from outside."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

HOUR = 3600


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_INVENTORY_", extra="ignore")

    near_promise_seconds: int = Field(2 * HOUR, gt=0, description="Promised time of a part from the site's own region.")
    far_promise_seconds: int = Field(8 * HOUR, gt=0, description="Promised time of a part from another region.")
    hold_seconds: int = Field(
        24 * HOUR, gt=0, description="How long a reservation holds before the part is free again."
    )
