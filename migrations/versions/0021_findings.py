"""A finding about copied codes names nobody, no case stands on it, and suspect codes are found without reading every check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import drop_refusal, refuse

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_SUBJECT = (
    "NEW.subject_kind NOT IN ('authorisation', 'code_range')"
    " OR (NEW.subject_kind = 'authorisation') <> (NEW.authorisation_id IS NOT NULL)"
    " OR (NEW.ground = 'CL-01' AND (NEW.authorisation_id IS NOT NULL OR NEW.owner_org_id IS NOT NULL))"
)
_WHY = "copied codes accuse nobody on file"


def upgrade() -> None:
    """Add the guards as triggers: rebuilding the tables would cost SQLite theirs."""
    for verb in ("insert", "update"):
        refuse(op, "finding", verb, when=_SUBJECT, why=_WHY)
    refuse(op, "listing_case", "insert", when="NEW.ground = 'CL-01'", why=_WHY)
    suspect = sa.text("suspect_at IS NOT NULL")
    op.create_index("ix_first_check_suspect", "first_check", ["range_id"], sqlite_where=suspect, postgresql_where=suspect)


def downgrade() -> None:
    """Drop the guards and the index."""
    op.drop_index("ix_first_check_suspect", "first_check")
    drop_refusal(op, "listing_case", "insert")
    for verb in ("insert", "update"):
        drop_refusal(op, "finding", verb)
