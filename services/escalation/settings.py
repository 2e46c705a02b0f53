"""What escalation can be told from outside."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_ESCALATION_", extra="ignore")

    answer_seconds: int = Field(
        1800, gt=0, description="How long the leading group has to answer a request before it escalates."
    )
    answer_seconds_disaster: int = Field(900, gt=0, description="The same in a disaster.")
    answer_levels: int = Field(8, gt=0, description="How many times an unanswered request escalates.")
    parts_seconds: int = Field(600, gt=0, description="How long the spare-parts store has to answer a call-up.")
