"""Mechanism tables in their second form: due order from the index, batches of many customers, what is over forgotten.

Revision ID: feedback_0002
Revises: feedback_0001
"""

from __future__ import annotations

from shared.migrate import back_to_first_form, to_second_form

revision = "feedback_0002"
down_revision = "feedback_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_second_form("feedback")


def downgrade() -> None:
    back_to_first_form("feedback")
