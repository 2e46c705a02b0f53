"""Who sees what is said or attached. Pure."""

from __future__ import annotations

from enum import StrEnum


class Visibility(StrEnum):
    """Internal is what the provider keeps to itself."""

    PUBLIC = "public"
    INTERNAL = "internal"


VISIBILITIES = ", ".join(f"'{visibility}'" for visibility in Visibility)
