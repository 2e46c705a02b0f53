"""HTTP bodies of explanations."""

from __future__ import annotations

from datetime import datetime

from services.incidents.explanations.domain import Explanation
from services.incidents.incidents.schemas import ClockOut, Out


class LineOut(Out):
    """An interval, counted or why not; texts are in `zone`. `so_far_seconds`: counted by its end.

    Both are exact: `seconds` is what lies between `from_at` and `until_at`, with the fraction of a second there is.
    """

    from_at: datetime
    until_at: datetime
    counts: bool
    reason: str
    seconds: float
    so_far_seconds: float
    text_zh: str
    text_en: str


class ExplanationOut(ClockOut):
    """`seconds` of the lines that count add up to the last `so_far_seconds`; `counted_seconds` is that with every
    second begun.

    `amount` of `unit` was promised. `zone`: of the calendar, or the provider's where it runs 24x7.
    `provisional_years`: the public holidays of these are not announced yet, so that what is due then may still move.
    """

    zone: str
    amount: int
    unit: str
    provisional_years: list[int]
    lines: list[LineOut]
    summary_zh: str
    summary_en: str

    @classmethod
    def of(cls, found: Explanation) -> ExplanationOut:
        of_clock = {name: getattr(found.reading, name) for name in ClockOut.model_fields}
        own = {name: value for name, value in vars(found).items() if name != "reading"}
        return cls.model_validate(of_clock | own)
