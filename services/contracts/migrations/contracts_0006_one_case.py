"""Words are found whatever their case, in every script.

Revision ID: contracts_0006
Revises: contracts_0005
"""

from __future__ import annotations

from shared.migrate import tell_words_as_before, tell_words_in_one_case

revision = "contracts_0006"
down_revision = "contracts_0005"
branch_labels = None
depends_on = None

SEARCHED = {
    "customers": ("name_zh", "name_en"),
    "sites": ("name_zh", "name_en", "address"),
    "assets": ("name", "product", "model", "serial"),
    "contracts": ("number",),
    "contacts": ("name", "phone", "email"),
}
"""The tables that are searched, by what."""


def upgrade() -> None:
    tell_words_in_one_case("contracts", SEARCHED)


def downgrade() -> None:
    tell_words_as_before("contracts", SEARCHED)
