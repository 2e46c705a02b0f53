"""Mechanism tables in their second form: due order from the index, batches of many customers, what is over forgotten.

Revision ID: inventory_0002
Revises: inventory_0001
"""

from __future__ import annotations

from shared.migrate import back_to_first_form, to_second_form

revision = "inventory_0002"
down_revision = "inventory_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_second_form("inventory")


def downgrade() -> None:
    back_to_first_form("inventory")
