"""Tables of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the papers and their bytes, stored once per SHA-256."""
    op.create_table(
        "document_content",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_content")),
    )
    op.create_table(
        "document",
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png', 'application/geo+json', 'text/csv', 'text/html')",
            name=op.f("ck_document_media_type"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_document_owner_org_id")),
        sa.ForeignKeyConstraint(["sha256"], ["document_content.sha256"], name=op.f("fk_document_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_authority_division"), "document", ["authority_division"])
    op.create_index(op.f("ix_document_owner_org_id"), "document", ["owner_org_id"])
    op.create_index(op.f("ix_document_sha256"), "document", ["sha256"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("document")
    op.drop_table("document_content")
