"""The hash chain of a record's audit entries: what each hash is made of, and where a chain breaks. Pure.

The database makes the same hashes as it writes (`write_pending` in `shared/migrate.py`).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson

NO_HASH = b"\x00" * 32
PLACE = ("number", "previous", "hash")
PLAIN = frozenset({str, int, float, bool, type(None)})
"""What is JSON already, as most values are."""


def content_hash(row: dict[str, Any]) -> bytes:
    """SHA-256 over what an entry says: every column but its place in the chain, as JSON with sorted keys."""
    columns = {str(name): json_value(value) for name, value in row.items() if name not in PLACE}
    return hashlib.sha256(orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)).digest()


def entry_hash(row: dict[str, Any]) -> bytes:
    """SHA-256 over the previous entry's hash, the entry's number (8 bytes, big-endian) and its content's hash."""
    number: int = row["number"]
    return hashlib.sha256(row["previous"] + number.to_bytes(8, "big") + content_hash(row)).digest()


def json_value(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID | date | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(item) for item in value]
    return value


def broken_link(entries: list[dict[str, Any]]) -> int | None:
    """The number of the first entry that does not follow from the one before, or None when the chain holds."""
    previous = NO_HASH
    for expected, entry in enumerate(entries, start=1):
        if entry["number"] != expected or entry["previous"] != previous or entry["hash"] != entry_hash(entry):
            return expected
        previous = entry["hash"]
    return None
