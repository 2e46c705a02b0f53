"""Exports of another system as a test needs them: ServiceNow-like updates of invented incidents, as a file."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from pathlib import Path

HEADER = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,"
    "opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,"
    "subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,"
    "u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at"
)
COLUMNS = HEADER.split(",")
USUAL = {
    "incident_state": "New",
    "reassignment_count": "0",
    "reopen_count": "0",
    "made_sla": "true",
    "caller_id": "Caller 1",
    "opened_at": "1/3/2016 09:00",
    "sys_updated_by": "Clerk 1",
    "contact_type": "Phone",
    "category": "Category 1",
    "subcategory": "Subcategory 2",
    "priority": "3 - Moderate",
    "assignment_group": "Group 1",
    "closed_code": "code 5",
    "resolved_by": "Resolver 9",
    "resolved_at": "2/3/2016 10:00",
    "closed_at": "3/3/2016 11:00",
}
LIFE = (("New", "1/3/2016 09:10"), ("Active", "1/3/2016 09:30"), ("Resolved", "2/3/2016 10:00"))

Update = dict[str, str]


def update(number: str, state: str, at: str, **others: str) -> Update:
    """One row, with what is usual in all columns that are not stated."""
    return USUAL | {"number": number, "incident_state": state, "sys_updated_at": at} | others


def closed(number: str, **others: str) -> list[Update]:
    """The four rows of an incident that was reported, worked on, resolved and closed."""
    return [update(number, state, at, **others) for state, at in (*LIFE, ("Closed", "3/3/2016 11:00"))]


def text_of(updates: Iterable[Update]) -> str:
    """As ServiceNow writes them: a header, and `?` for what is missing."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="?", lineterminator="\n")
    writer.writeheader()
    writer.writerows(updates)
    return written.getvalue()


def log(folder: Path, updates: Iterable[Update], name: str = "log.csv") -> Path:
    return written(folder, text_of(updates), name)


def written(folder: Path, text: str, name: str = "log.csv") -> Path:
    """A file with this text, compressed where its name says so."""
    file = folder / name
    content = text.encode()
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return file
