"""Laws of the import over generated files: what is printed is what is in the file less what was rejected."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.calling import Caller
from tests.builders.exports import Update, closed, log
from tests.builders.receiving import Receiver

PRIORITIES = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low")
DEFECTS: tuple[Update, ...] = (
    {"sys_updated_at": "30/2/2016 09:00"},
    {"incident_state": "Asleep"},
    {"priority": "6 - None"},
    {"opened_at": "?"},
)
INCIDENT = st.fixed_dictionaries(
    {
        "priority": st.sampled_from(PRIORITIES),
        "made_sla": st.sampled_from(("true", "false")),
        "reopen_count": st.integers(0, 3).map(str),
        "reassignment_count": st.integers(0, 3).map(str),
    }
)
FILES = st.lists(
    st.tuples(INCIDENT, st.none() | st.tuples(st.sampled_from(DEFECTS), st.integers(0, 3))), min_size=1, max_size=60
)

Incidents = list[tuple[Update, tuple[Update, int] | None]]


def rows_of(incidents: Incidents) -> list[Update]:
    """The incidents' rows. Their values hold at the end only: what the rows before say must not be counted."""
    written: list[Update] = []
    for number, (values, defect) in enumerate(incidents):
        rows = closed(f"INC{number:04}", priority="4 - Low", made_sla="true")
        rows[-1] |= values
        if defect:
            rows[defect[1]] |= defect[0]
        written += rows
    return written


def counts_of(incidents: Incidents) -> dict[str, dict[str, int]]:
    """Of the file less the incidents with a defect: counted by hand, apart from the code."""
    sound = [values for values, defect in incidents if not defect]
    return {
        "priority": dict(Counter(values["priority"] for values in sound)),
        "made_sla": dict(Counter(values["made_sla"] for values in sound)),
        "reopen_count": _above_zero(values["reopen_count"] for values in sound),
        "reassignment_count": _above_zero(values["reassignment_count"] for values in sound),
    }


def _above_zero(values: Any) -> dict[str, int]:
    count = sum(value != "0" for value in values)
    return {">0": count} if count else {}


@settings(max_examples=30)
@given(FILES)
def test_what_is_printed_is_the_file_less_what_was_rejected(incidents: Incidents) -> None:
    with tempfile.TemporaryDirectory() as folder:
        platform = Receiver()
        caller = Caller(Path(folder), platform.transport)
        file = log(Path(folder), rows_of(incidents))
        given_ = ("import", "incidents", str(file), "--format", "servicenow", "--customer", "hospital", "--json")
        code, out, _ = caller.calls(*given_)
    told = json.loads(out)
    bad = sum(defect is not None for _, defect in incidents)
    assert told["incidents"] == {
        "imported": len(incidents) - bad,
        "unchanged": 0,
        "refused": 0,
        "rejected": bad,
    }
    assert told["updates"]["imported"] + told["updates"]["rejected"] == 4 * len(incidents)
    assert told["counts"] == counts_of(incidents)
    assert set(platform.kept) == {f"INC{n:04}" for n, (_, defect) in enumerate(incidents) if not defect}
    assert code == (1 if bad else 0)
