"""Mechanism tables in their second form: due order from the index, batches of many customers, what is over forgotten.

Revision ID: contracts_0002
Revises: contracts_0001
"""

from __future__ import annotations

from shared.migrate import back_to_first_form, to_second_form

revision = "contracts_0002"
down_revision = "contracts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_second_form("contracts")


def downgrade() -> None:
    back_to_first_form("contracts")
