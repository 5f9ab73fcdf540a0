"""Annual reports in sections: rows of tests, exports and shops, what may be published, photos and scans of stamped reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ADDED = ("lists", "choices", "sections")


def upgrade() -> None:
    """Add the columns and create the table."""
    for name in ADDED:
        op.add_column("annual_report", sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "report_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('front', 'back', 'mark', 'stamped')", name=op.f("ck_report_attachment_kind")),
        sa.ForeignKeyConstraint(["report_id"], ["annual_report.id"], name=op.f("fk_report_attachment_report_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_report_attachment_document_id")),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_report_attachment_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_attachment")),
    )
    op.create_index(op.f("ix_report_attachment_report_id"), "report_attachment", ["report_id"])
    op.create_index(op.f("ix_report_attachment_document_id"), "report_attachment", ["document_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("report_attachment")
    for name in reversed(ADDED):
        op.drop_column("annual_report", name)
