"""Mechanism tables in their second form: due order from the index, batches of many customers, what is over forgotten.

Revision ID: escalation_0002
Revises: escalation_0001
"""

from __future__ import annotations

from shared.migrate import back_to_first_form, to_second_form

revision = "escalation_0002"
down_revision = "escalation_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_second_form("escalation")


def downgrade() -> None:
    back_to_first_form("escalation")
