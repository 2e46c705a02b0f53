"""The declarative base of the service's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from shared.db import COLUMN_TYPES, metadata_for


class Base(DeclarativeBase):
    metadata = metadata_for("notify")
    type_annotation_map = COLUMN_TYPES
