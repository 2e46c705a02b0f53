"""Single values of a row as they are sent: names, texts, and what a value means by a table of the mapping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clients.cli.importing.mapping import Meanings
from clients.cli.importing.reading import Values
from clients.cli.importing.rejections import Unfit

MOST_NAME = 200


def value_in(values: Values, column: str | None) -> str | None:
    return None if column is None else values.get(column)


def name_in(values: Values, column: str | None) -> str | None:
    """Raises Unfit for one that is longer than the platform takes: a name that is cut is another name."""
    name = value_in(values, column)
    if name is not None and len(name) > MOST_NAME:
        raise Unfit("too_long", column=column, most=MOST_NAME)
    return name


def meaning_of(table: Meanings | None, values: Values) -> str | None:
    """None where nothing is said. Raises Unfit for a value that the table lacks."""
    if table is None or (value := values.get(table.column)) is None:
        return None
    meaning = table.values.get(value, table.otherwise)
    if meaning is None:
        raise Unfit("unknown_value", column=table.column, value=value)
    return meaning


def text_of(values: Values, columns: Sequence[str], between: str, most: int) -> str:
    """What these columns say, one after the other, cut where it is too long."""
    text = between.join(value for column in columns if (value := values[column]))
    return text if len(text) <= most else text[: most - 1] + "…"


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def is_above_zero(value: str | None) -> bool:
    try:
        return value is not None and float(value) > 0
    except ValueError:
        return False
