"""Numbers come from a sequence for each year: a report waits for no other, nor for an import.

Revision ID: incidents_0011
Revises: incidents_0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "incidents_0011"
down_revision = "incidents_0010"
branch_labels = None
depends_on = None

TAKE_NUMBERS = """
CREATE FUNCTION incidents.take_numbers(year integer, count integer) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    numbers text := format('incidents.numbers_%s', year);
BEGIN
    IF to_regclass(numbers) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(numbers, 0));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %s', numbers);
    END IF;
    RETURN QUERY SELECT nextval(numbers::regclass) FROM generate_series(1, count);
END $$
"""
"""The first number of a year makes the year's sequence, which the service's running role may not."""
SEQUENCES = """
SELECT sequencename, coalesce(last_value, start_value - 1) FROM pg_sequences
WHERE schemaname = 'incidents' AND sequencename ~ '^numbers_[0-9]+$'
"""


def upgrade() -> None:
    for year, last in op.get_bind().execute(sa.text("SELECT year, last FROM incidents.numbers")):
        op.execute(f"CREATE SEQUENCE incidents.numbers_{year} START {last + 1}")
    op.drop_table("numbers", schema="incidents")
    op.execute(TAKE_NUMBERS)
    op.execute("REVOKE ALL ON FUNCTION incidents.take_numbers FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION incidents.take_numbers TO incidents")


def downgrade() -> None:
    op.execute("DROP FUNCTION incidents.take_numbers")
    year = sa.Column("year", sa.Integer(), autoincrement=False, nullable=False)
    op.create_table(
        "numbers",
        year,
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_numbers")),
        schema="incidents",
    )
    for name, last in op.get_bind().execute(sa.text(SEQUENCES)).all():
        op.execute(f"INSERT INTO incidents.numbers (year, last) VALUES ({name.removeprefix('numbers_')}, {last})")
        op.execute(f"DROP SEQUENCE incidents.{name}")
