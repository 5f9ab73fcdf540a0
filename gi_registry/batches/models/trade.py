"""Sales within a GI, as the buyer states and the seller confirms them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.life import Origin
from gi_registry.batches.rules.trade import TRADE_LIFE
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


class Trade(Row, Scoped, Versioned, table=True):
    """One purchase batch seen from both sides; it belongs to the buyer. ``quantity`` is the raw goods the buyer states.

    ``seller_quantity`` is the seller's own figure where it differs (0: sold nothing). A farmer has no login: the list he signed
    (``evidence``, ``document_id``) stands in for his word. ``answer_by`` is the last day of the period the trade was stated under.
    """

    __tablename__ = "trade"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(TRADE_LIFE)})", name="state"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"origin IN ({listed(Origin)})", name="origin"),
        CheckConstraint("quantity > 0 AND (seller_quantity IS NULL OR seller_quantity >= 0)", name="quantity"),
        CheckConstraint("(seller_authorisation_id IS NULL) <> (seller_farmer_id IS NULL)", name="seller"),
        CheckConstraint("state <> 'disputed' OR reason <> ''", name="reason"),
        Index("ix_trade_state_answer_by", "state", "answer_by"),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", unique=True)
    buyer_authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    seller_authorisation_id: int | None = Field(default=None, foreign_key="authorisation.id", index=True)
    seller_farmer_id: int | None = Field(default=None, foreign_key="farmer.id")
    gi_id: int = Field(foreign_key="gi.id", index=True)
    year: int
    zone: str = ""
    unit: str
    commodity: str = ""
    grade: str = ""
    quantity: int = Field(sa_type=BigInteger)
    seller_quantity: int | None = Field(default=None, sa_type=BigInteger)
    traded_on: date
    answer_by: date
    period_version: str = ""
    answered_on: date | None = None
    evidence: str = ""
    document_id: int | None = Field(default=None, foreign_key="document.id")
    reason: str = ""
    state: str
    origin: str = Origin.FORM
    created_at: datetime
