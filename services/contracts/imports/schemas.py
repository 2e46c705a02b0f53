"""HTTP bodies of imports."""

from __future__ import annotations

from services.contracts.customers.schemas import Out
from services.contracts.imports.actions import Imported
from services.contracts.imports.domain import Outcome


class ImportedRowOut(Out):
    """What became of one row. `code` and `detail` say why it was refused."""

    row: int
    key: str
    outcome: Outcome
    code: str | None
    detail: str | None


class ImportedTableOut(Out):
    """One result for each row of the file. `written` is false for a dry run, and when any row is refused."""

    dry_run: bool
    written: bool
    counts: dict[Outcome, int]
    rows: list[ImportedRowOut]

    @classmethod
    def of(cls, imported: Imported, language: str) -> ImportedTableOut:
        rows = [
            ImportedRowOut(
                row=judged.row,
                key=judged.key,
                outcome=judged.outcome,
                code=judged.refusal.code if judged.refusal else None,
                detail=judged.refusal.detail(language) if judged.refusal else None,
            )
            for judged in imported.rows
        ]
        counts = {outcome: sum(row.outcome == outcome for row in rows) for outcome in Outcome}
        return cls(dry_run=imported.dry_run, written=imported.written, counts=counts, rows=rows)
