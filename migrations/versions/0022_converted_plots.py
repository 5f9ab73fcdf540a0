"""A plot remembers from which shifted coordinates it was converted, so that nothing is shifted twice."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column in place: rebuilding the table would cost SQLite its triggers."""
    op.execute(
        "ALTER TABLE plot ADD COLUMN converted_from VARCHAR DEFAULT '' NOT NULL "
        "CONSTRAINT ck_plot_converted_from CHECK (converted_from IN ('', 'gcj02'))"
    )


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE plot DROP COLUMN converted_from")
