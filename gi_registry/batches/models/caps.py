"""Caps, the proposals they come of, and the register of heads, cellars and kilns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.caps import CAP_PROPOSAL_LIFE, CAPACITY_UNIT_LIFE, COUNTED_PER, Per
from gi_registry.batches.rules.life import CapStatus
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


class YieldCap(Row, table=True):
    """The most that a mu, head, cellar, kiln or purchased input gives; never overwritten, only superseded by a later revision.

    ``per_mu`` is grams or pieces of product a ``per``; where ``per`` is input, thousandths of product an input of ``commodity`` ("": any).
    ``effective_on``: from which day it counts; None where it was announced without one.
    """

    __tablename__ = "yield_cap"
    __table_args__ = (
        UniqueConstraint("gi_id", "zone", "variety", "year", "unit", "per", "commodity", "revision", name="uq_yield_cap_revision"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"status IN ({listed(CapStatus)})", name="status"),
        CheckConstraint("per_mu >= 0", name="per_mu"),
        CheckConstraint(f"per IN ({listed(Per)})", name="per"),
        CheckConstraint("commodity = '' OR per = 'input'", name="commodity"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id")
    zone: str = ""
    year: int
    unit: str
    revision: int = 1
    per_mu: int = Field(sa_type=BigInteger)
    status: str
    decided_on: date
    basis: str = ""
    document: int | None = Field(default=None, sa_column=Column(ForeignKey("document.id"), nullable=True))
    superseded_by: int | None = Field(default=None, foreign_key="yield_cap.id")
    created_at: datetime
    variety: str = Field(default="", sa_column_kwargs={"server_default": ""})
    per: str = Field(default=Per.MU.value, sa_column_kwargs={"server_default": "mu"})
    commodity: str = Field(default="", sa_column_kwargs={"server_default": ""})
    effective_on: date | None = None


class CapProposal(Row, Scoped, Versioned, table=True):
    """A cap as somebody proposes it. ``follows_id`` is the cap it would supersede; ``cap_id`` the one that came of it.

    ``seen`` is what the proposer was shown: how many lose, in total how much.
    """

    __tablename__ = "cap_proposal"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(CAP_PROPOSAL_LIFE)})", name="state"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"status IN ({listed(CapStatus)})", name="status"),
        CheckConstraint(f"per IN ({listed(Per)})", name="per"),
        CheckConstraint("commodity = '' OR per = 'input'", name="commodity"),
        CheckConstraint("per_mu >= 0", name="per_mu"),
        CheckConstraint("state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by", name="two_persons"),
        CheckConstraint("state <> 'rejected' OR decision_note <> ''", name="reason"),
        CheckConstraint("(state = 'approved') = (cap_id IS NOT NULL)", name="in_force"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index("ix_cap_proposal_gi_year", "gi_id", "year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id")
    zone: str = ""
    variety: str = ""
    year: int
    unit: str
    per: str = Per.MU.value
    commodity: str = ""
    per_mu: int = Field(sa_type=BigInteger)
    status: str
    effective_on: date
    basis: str = ""
    document: int | None = Field(default=None, sa_column=Column(ForeignKey("document.id"), nullable=True))
    note: str = ""
    seen: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    follows_id: int | None = Field(default=None, foreign_key="yield_cap.id")
    state: str
    proposed_by: int = Field(foreign_key="person.id")
    proposed_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision_note: str = ""
    cap_id: int | None = Field(default=None, foreign_key="yield_cap.id")


class CapacityUnit(Row, Scoped, Versioned, table=True):
    """Heads, cellars or kilns of an authorisation: how many, where, since when, on what paper; counted once the county verified them."""

    __tablename__ = "capacity_unit"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(CAPACITY_UNIT_LIFE)})", name="state"),
        CheckConstraint(f"kind IN ({listed(COUNTED_PER)})", name="kind"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="validity"),
        CheckConstraint("state <> 'ended' OR valid_to IS NOT NULL", name="ended"),
        CheckConstraint("state NOT IN ('verified', 'ended') OR (decided_by IS NOT NULL AND decided_by <> declared_by)", name="two_persons"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    gi_id: int = Field(foreign_key="gi.id", index=True)
    kind: str
    name: str
    quantity: int = Field(sa_type=BigInteger)
    zone: str = ""
    variety: str = ""
    place: str = ""
    valid_from: date
    valid_to: date | None = None
    document: int | None = Field(default=None, sa_column=Column(ForeignKey("document.id"), nullable=True))
    note: str = ""
    state: str
    declared_by: int = Field(foreign_key="person.id")
    declared_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision_note: str = ""
