"""What else happened to goods: stocking, losses, adjustments, regrading."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.life import Origin
from gi_registry.batches.rules.records import RECORD_LIFE, RecordKind
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


class GoodsRecord(Row, Scoped, Versioned, table=True):
    """One record of goods, in grams or pieces; an adjustment is signed (a count found more or less).

    Stocking: what was put into a pond, when, how many, from where (``source``). ``came_in`` and ``limit_permille`` are what decided whether
    an adjustment had to wait for the county; ``decided_by`` is the person who decided.
    """

    __tablename__ = "goods_record"
    __table_args__ = (
        CheckConstraint(f"kind IN ({listed(RecordKind)})", name="kind"),
        CheckConstraint(f"state IN ({check_list(RECORD_LIFE)})", name="state"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"origin IN ({listed(Origin)})", name="origin"),
        CheckConstraint("quantity > 0 OR (kind = 'adjustment' AND quantity <> 0)", name="quantity"),
        CheckConstraint("kind <> 'regrade' OR grade <> to_grade", name="grade"),
        Index("ix_goods_record_authorisation_year", "authorisation_id", "year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    gi_id: int = Field(foreign_key="gi.id", index=True)
    kind: str
    year: int
    zone: str = ""
    unit: str
    commodity: str = ""
    grade: str = ""
    to_grade: str = ""
    farmer_id: int | None = Field(default=None, foreign_key="farmer.id")
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)
    plot_id: int | None = Field(default=None, foreign_key="plot.id", index=True)
    on_date: date
    quantity: int = Field(sa_type=BigInteger)
    source: str = ""
    reason: str = ""
    evidence: str = ""
    document_id: int | None = Field(default=None, foreign_key="document.id")
    came_in: int | None = Field(default=None, sa_type=BigInteger)
    limit_permille: int | None = None
    policy_version: str = ""
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decision: str = ""
    state: str
    origin: str = Origin.FORM
    created_at: datetime
