"""The table of sites, as contracts states them."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from services.inventory.base import Base
from shared.db import Copied, Tenanted


class Site(Copied, Tenanted, Base):
    """Copy of contracts' sites: as much of it as tells which depot is near."""

    __tablename__ = "sites"

    region: Mapped[str]
