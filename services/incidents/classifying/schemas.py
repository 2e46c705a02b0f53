"""HTTP bodies about what kind of fault it is."""

from __future__ import annotations

from services.incidents.incidents.domain import FaultClass, Severity
from services.incidents.incidents.schemas import Body, Text


class Classify(Body):
    """`quickly_solvable`: whether it can be solved in the shortest time (a loose cable); may be left unsaid."""

    severity: Severity
    fault_class: FaultClass
    analysis: Text
    quickly_solvable: bool | None = None
