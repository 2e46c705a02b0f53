"""What the gateway can be told from outside."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


def _networks(written: tuple[str, ...]) -> tuple[str, ...]:
    for network in written:
        ip_network(network)
    return written


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AFTERCARE_GATEWAY_", extra="ignore")

    signing_key: str = Field(
        "", description="Private Ed25519 key (PEM) that signs principals; AFTERCARE_PRINCIPAL_KEY is its public half."
    )
    session_hours: float = Field(12, gt=0, description="How long a sign-in lasts.")
    requests_per_second: float = Field(100, gt=0, description="Requests a person or key may send on average.")
    requests_burst: int = Field(400, ge=1, description="Requests a person or key may send at once.")
    anonymous_per_second: float = Field(10, gt=0, description="Requests without sign-in from one address on average.")
    anonymous_burst: int = Field(60, ge=1, description="Requests without sign-in from one address at once.")
    sign_ins_per_minute: float = Field(20, gt=0, description="Tries to sign in from one address on average.")
    sign_ins_burst: int = Field(30, ge=1, description="Tries to sign in from one address at once.")
    body_limit_bytes: int = Field(1_048_576, ge=1, description="Size of a request's body, where its route has no own.")
    answer_seconds: float = Field(30, gt=0, description="How long a service may take until its answer begins.")
    operators: Annotated[tuple[str, ...], AfterValidator(_networks)] = Field(
        ("127.0.0.0/8", "::1/128"),
        description="Networks that are told the figures at /metrics and what /readyz found, a JSON list. Others "
        "learn from /readyz only whether it is ready. Behind a proxy on the same machine: see FORWARDED_ALLOW_IPS.",
    )

    @property
    def operator_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(network) for network in self.operators)
