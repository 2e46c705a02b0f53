"""An invented event log of another system's incidents, in the shape of a large ServiceNow export, each time the same.

The shape is that of a public log of 24,918 incidents with 141,712 updates in 36 columns. No value is taken from it.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

SEED = 24_918
INCIDENTS = 24_918
MEAN_UPDATES = 5.7
MOST_UPDATES = 58
BEGIN = datetime(2016, 2, 29, 1, 16, tzinfo=UTC)
TIME = "%-d/%-m/%Y %H:%M"

STATES = ("New", "Active", "Active", "Active", "Awaiting User Info", "Resolved")
PRIORITIES = ("1 - Critical", "2 - High", *("3 - Moderate",) * 60, "4 - Low")
CHANNELS = (*("Phone",) * 140, "Self service", "Email")
FEW = {"location": 225, "category": 59, "subcategory": 255, "u_symptom": 526, "assignment_group": 79}
MANY = {"caller_id": 5245, "opened_by": 208, "sys_created_by": 186}
EMPTY = ("cmdb_ci", "problem_id", "rfc", "vendor", "caused_by")
FIXED = {"knowledge": "false", "u_priority_confirmation": "false", "notify": "Do Not Notify"}
COLUMNS = (
    *("number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla"),
    *("opened_at", "sys_created_at", "sys_updated_by", "sys_updated_at", "contact_type", "impact", "urgency"),
    *("priority", "assigned_to", *FEW, *MANY, *EMPTY, *FIXED),
    *("closed_code", "resolved_by", "resolved_at", "closed_at"),
)

Row = dict[str, str]


def write_log(file: Path) -> None:
    """A .csv.gz of all incidents, the rows of each together and in order of time."""
    chance = random.Random(SEED)
    with gzip.open(file, "wt", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, COLUMNS, restval="?")
        writer.writeheader()
        for number in range(INCIDENTS):
            writer.writerows(_incident(chance, number))


def _incident(chance: random.Random, number: int) -> Iterator[Row]:
    opened = BEGIN + timedelta(minutes=10 * number)
    updates = min(MOST_UPDATES, 2 + int(chance.expovariate(1 / (MEAN_UPDATES - 1.5))))
    times = sorted(opened + timedelta(minutes=chance.randrange(5, 20_000)) for _ in range(updates))
    row = _first(chance, number, opened) | {
        "resolved_at": times[-2].strftime(TIME),
        "closed_at": times[-1].strftime(TIME),
        "closed_code": f"code {chance.randrange(1, 18)}",
        "resolved_by": f"Resolved by {chance.randrange(217)}",
    }
    for count, at in enumerate(times):
        row |= {"sys_mod_count": str(count), "sys_updated_at": at.strftime(TIME)}
        row |= {"sys_updated_by": f"Updated by {chance.randrange(847)}", "incident_state": chance.choice(STATES)}
        if chance.random() < 0.3:
            row |= {
                "assigned_to": f"Resolver {chance.randrange(235)}",
                "assignment_group": _one_of(chance, "group", 79),
            }
            row["reassignment_count"] = str(int(row["reassignment_count"]) + 1)
        if count == updates - 1:
            row |= {"incident_state": "Closed", "active": "false", "made_sla": chance.choice(("true", "false"))}
        yield row


def _first(chance: random.Random, number: int, opened: datetime) -> Row:
    """What is so when an incident is opened."""
    said = {name: _one_of(chance, name, many) for name, many in (FEW | MANY).items()}
    return (
        FIXED
        | said
        | {
            "number": f"INV{number:07}",
            "active": "true",
            "reassignment_count": "0",
            "reopen_count": "0",
            "made_sla": "true",
            "opened_at": opened.strftime(TIME),
            "sys_created_at": opened.strftime(TIME),
            "contact_type": chance.choice(CHANNELS),
            "impact": "2 - Medium",
            "urgency": "2 - Medium",
            "priority": chance.choice(PRIORITIES),
            "assigned_to": "?",
        }
    )


def _one_of(chance: random.Random, name: str, many: int) -> str:
    return f"{name.removesuffix('_id').capitalize()} {chance.randrange(many)}"
