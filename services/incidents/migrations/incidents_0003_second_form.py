"""Mechanism tables in their second form: due order from the index, batches of many customers, what is over forgotten.

Revision ID: incidents_0003
Revises: incidents_0002
"""

from __future__ import annotations

from shared.migrate import back_to_first_form, to_second_form

revision = "incidents_0003"
down_revision = "incidents_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_second_form("incidents")


def downgrade() -> None:
    back_to_first_form("incidents")
