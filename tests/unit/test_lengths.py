"""What is promised is stated alike in a draft and in a what-if."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from services.contracts.agreements.schemas import TargetIn
from services.incidents.retargeting.schemas import ProposedTarget

AMOUNTS = (0, 1, 1.0, 1.5, 3660, 3661, 31_622_400, 31_622_401, True, False, "7", "", None)
UNITS = ("seconds", "working_seconds", "working_days", "years")


def takes(model: type[BaseModel], amount: Any, unit: str) -> bool:
    try:
        model.model_validate({"severity": "general", "kind": "resolve", "amount": amount, "unit": unit})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("amount", "unit"), [*product(AMOUNTS, UNITS)])
def test_a_what_if_takes_the_targets_that_a_draft_takes(amount: Any, unit: str) -> None:
    assert takes(ProposedTarget, amount, unit) is takes(TargetIn, amount, unit)


@pytest.mark.parametrize(
    ("amount", "unit", "taken"),
    [
        (3660, "working_days", True),
        (3661, "working_days", False),
        (31_622_400, "working_days", False),
        (31_622_400, "working_seconds", True),
        (31_622_401, "seconds", False),
        (True, "seconds", False),
    ],
)
def test_a_target_is_at_most_366_days_of_seconds_or_3660_working_days(amount: Any, unit: str, *, taken: bool) -> None:
    assert takes(ProposedTarget, amount, unit) is taken
