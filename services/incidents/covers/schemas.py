"""HTTP bodies about cover."""

from __future__ import annotations

from typing import Literal

from services.incidents.incidents.schemas import Body, Text


class DecideCover(Body):
    cover: Literal["goodwill", "declined"]
    reason: Text
