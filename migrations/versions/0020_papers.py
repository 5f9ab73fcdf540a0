"""What a typeset paper was set from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import support

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE = "typeset_paper"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        TABLE,
        sa.Column("document_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_typeset_paper_document_id_document")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_typeset_paper")),
    )
    support.create_append_only_triggers(op, TABLE, key=("document_id",))


def downgrade() -> None:
    """Drop the table."""
    support.drop_append_only_triggers(op, TABLE)
    op.drop_table(TABLE)
