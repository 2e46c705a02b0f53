"""The table of API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.gateway.base import Base
from shared.db import Keyed, Tenanted, Versioned


class Key(Keyed, Versioned, Tenanted, Base):
    """`hint` is the key's beginning: enough to tell keys apart, too little to use one."""

    __tablename__ = "keys"
    __table_args__ = (UniqueConstraint("key_hash"),)

    name: Mapped[str]
    hint: Mapped[str]
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
