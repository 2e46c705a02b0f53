"""What contracts can be told from outside."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_CONTRACTS_", extra="ignore")
