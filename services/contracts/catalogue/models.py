"""The table of service items. Its eight rows are entered by the migration; an administrator edits them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.base import Base
from shared.db import Keyed, Versioned


class CatalogueItem(Keyed, Versioned, Base):
    """The provider's own, and the same for all customers. `place`: its place in the list."""

    __tablename__ = "catalogue_items"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("modes <@ ARRAY['on_site', 'remote'] AND cardinality(modes) > 0", name="modes"),
    )

    code: Mapped[str]
    place: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    scope_zh: Mapped[str]
    scope_en: Mapped[str]
    provider_zh: Mapped[str]
    provider_en: Mapped[str]
    modes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text))
    targets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    active: Mapped[bool] = mapped_column(default=True)
