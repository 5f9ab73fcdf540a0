"""Area versions that are proposed and not yet law, or that never became it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned, multi_polygon_column
from gi_registry.kernel.states import check_list
from gi_registry.origin.models.shared import one_of
from gi_registry.origin.rules.proposals import AREA_PROPOSAL_LIFE, ProposalKind


class AreaProposal(Row, Scoped, Versioned, table=True):
    """A version of an area (or the end of one) as an officer proposes it; ``follows_id`` is the version it was compared with.

    ``valid_from`` of an end is the day from which nothing holds. Approved, ``area_version_id`` is the version that came of it.
    """

    __tablename__ = "area_proposal"
    __table_args__ = (
        one_of("kind", ProposalKind),
        CheckConstraint(f"state IN ({check_list(AREA_PROPOSAL_LIFE)})", name="state"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="period"),
        CheckConstraint("uncertainty_m >= 0", name="uncertainty"),
        CheckConstraint("state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by", name="two_persons"),
        CheckConstraint("state <> 'approved' OR kind = 'end' OR area_version_id IS NOT NULL", name="in_force"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index("ix_area_proposal_gi_zone", "gi_id", "zone"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id")
    zone: str = ""
    kind: str = ProposalKind.VERSION
    valid_from: date | None = None
    valid_to: date | None = None
    text: str = ""
    places: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    geometry: Any = Field(default=None, sa_column=multi_polygon_column(nullable=True))
    uncertainty_m: int = 0
    area_m2: int | None = Field(default=None, sa_type=BigInteger)
    map_review_no: str = ""
    source: str = ""
    source_document: int | None = Field(default=None, sa_column=Column(ForeignKey("document.id"), nullable=True))
    note: str = ""
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    follows_id: int | None = Field(default=None, foreign_key="area_version.id")
    state: str
    proposed_by: int = Field(foreign_key="person.id")
    proposed_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decision_note: str = ""
    area_version_id: int | None = Field(default=None, foreign_key="area_version.id")
