"""Scans are found by code from the second one on: the first is found by the moment that its first check names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_AGAIN = sa.text("verdict <> 'first-check'")


def upgrade() -> None:
    """Index the scans that are no first check; most codes are never looked up twice."""
    op.drop_index("ix_scan_code", "scan")
    op.create_index("ix_scan_again", "scan", ["range_id", "serial", "at"], sqlite_where=_AGAIN, postgresql_where=_AGAIN)


def downgrade() -> None:
    """Index every scan by its code."""
    op.drop_index("ix_scan_again", "scan")
    op.create_index("ix_scan_code", "scan", ["range_id", "serial", "at"], unique=False)
