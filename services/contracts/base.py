"""The declarative base of the service's tables, and the column that a searched one is found by."""

from __future__ import annotations

from sqlalchemy import Computed, Connection, event
from sqlalchemy.orm import DeclarativeBase

from shared.db import COLUMN_TYPES, metadata_for
from shared.search import FUNCTION


class Base(DeclarativeBase):
    metadata = metadata_for("contracts")
    type_annotation_map = COLUMN_TYPES


def words_of(*columns: str) -> Computed:
    """The words of these columns, kept by the database: no way of writing a row can forget them."""
    return Computed(f"contracts.search_terms({', '.join(columns)})", persisted=True)


@event.listens_for(Base.metadata, "before_create")
def _create_function(_target: object, connection: Connection, **_options: object) -> None:
    connection.exec_driver_sql(FUNCTION.replace("{schema}", "contracts"))
