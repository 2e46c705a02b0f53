"""Mechanism tables in their second form: due order from the index, batches of many customers, what is over forgotten.

Revision ID: gateway_0002
Revises: gateway_0001
"""

from __future__ import annotations

from shared.migrate import back_to_first_form, to_second_form

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_second_form("gateway")


def downgrade() -> None:
    back_to_first_form("gateway")
