"""Shapes of caps and batches: HTML form, bulk row and JSON alike. Quantities are typed in kilograms or pieces."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gi_registry.batches.rules.caps import Per
from gi_registry.batches.rules.dates import BatchDates
from gi_registry.batches.rules.life import CapStatus, Kind
from gi_registry.batches.rules.process import ProcessKind
from gi_registry.batches.rules.quality import Result
from gi_registry.batches.rules.records import RecordKind

FIRST_YEAR, LAST_YEAR = 1990, 2100
_SHAPE = ConfigDict(frozen=True, str_strip_whitespace=True)


class CapPlace(BaseModel):
    """What a cap holds for: ``per`` mu, head, cellar, kiln or purchased input; ``variety`` and ``commodity`` empty: every one.

    ``per_mu`` in kilograms or pieces a ``per``; of an input, how many thousandths of product it gives.
    """

    model_config = _SHAPE

    zone: str = Field(default="", max_length=60)
    variety: str = Field(default="", max_length=60)
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    unit: str = Field(pattern="^(g|piece)$")
    per: Per = Per.MU
    commodity: str = Field(default="", max_length=40)
    per_mu: str = Field(min_length=1, max_length=20)
    status: CapStatus


class CapFields(CapPlace):
    """A cap as it was decided; ``effective_on``: from which day it counts, None where the paper names none."""

    decided_on: date
    effective_on: date | None = None
    basis: str = Field(default="", max_length=400)


class CapProposalFields(CapPlace):
    """A cap as somebody proposes it, from a day on, by a document, with the reason."""

    effective_on: date
    basis: str = Field(min_length=2, max_length=400)
    note: str = Field(min_length=2, max_length=2_000)


class DecideCap(BaseModel):
    """What the province says of a proposal, and which version and figures of it were on the page."""

    model_config = _SHAPE

    version: int | None = None
    reason: str = Field(default="", max_length=2_000)
    seen: str = Field(default="", max_length=200)


class UnitFields(BaseModel):
    """Heads, cellars or kilns as their user states them."""

    model_config = _SHAPE

    kind: Literal[Per.HEAD, Per.CELLAR, Per.KILN]
    name: str = Field(min_length=1, max_length=80)
    quantity: str = Field(min_length=1, max_length=20)
    zone: str = Field(default="", max_length=60)
    variety: str = Field(default="", max_length=60)
    place: str = Field(default="", max_length=200)
    valid_from: date
    valid_to: date | None = None
    note: str = Field(default="", max_length=400)


class DecideUnit(BaseModel):
    """What the county says of a unit; ``valid_to``: from which day it is gone, where it is ended."""

    model_config = _SHAPE

    version: int | None = None
    reason: str = Field(default="", max_length=400)
    valid_to: date | None = None


class BatchFields(BaseModel):
    """What a producer states of a batch. ``quantity`` may stay empty where the plots' quantities say it.

    ``commodity``: what the goods are while they are not yet the product (鲜叶). ``farmer_id``: whose harvest it is; ``supplier_farmer_id``
    and ``evidence``: bought from one's own farmer, by which signed list. ``from_year``: the account year opening stock is carried from.
    """

    model_config = _SHAPE

    kind: Literal[Kind.HARVEST, Kind.OPENING, Kind.PURCHASE, Kind.PRE_PRINTED]
    product_id: int | None = None
    unit: str = Field(default="", pattern="^(g|piece|)$")
    zone: str = Field(default="", max_length=60)
    harvest_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    account_year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    harvested_on: date | None = None
    packed_on: date | None = None
    best_before_on: date | None = None
    quantity: str = Field(default="", max_length=24)
    grade: str = Field(default="", max_length=60)
    supplier: str = Field(default="", max_length=200)
    supplier_number: str = Field(default="", max_length=80)
    commodity: str = Field(default="", max_length=40)
    farmer_id: int | None = None
    supplier_farmer_id: int | None = None
    evidence: str = Field(default="", max_length=200)
    from_year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)

    @property
    def counted_year(self) -> int:
        """The year whose entitlement the batch feeds; a harvest's own unless another is stated."""
        return self.account_year or self.harvest_year

    @property
    def dates(self) -> BatchDates:
        """The dates, for the rules."""
        return BatchDates(self.harvest_year, self.counted_year, self.harvested_on, self.packed_on, self.best_before_on)


class RecordFields(BaseModel):
    """A record of goods as a form states it; ``quantity`` in kilograms or pieces, of an adjustment with its sign."""

    model_config = _SHAPE

    kind: RecordKind
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    unit: str = Field(default="g", pattern="^(g|piece)$")
    zone: str = Field(default="", max_length=60)
    commodity: str = Field(default="", max_length=40)
    grade: str = Field(default="", max_length=60)
    to_grade: str = Field(default="", max_length=60)
    farmer_id: int | None = None
    batch_id: int | None = None
    plot_id: int | None = None
    on_date: date
    quantity: str = Field(min_length=1, max_length=24)
    source: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=400)
    evidence: str = Field(default="", max_length=200)


class DisputeFields(BaseModel):
    """What the seller sold instead (kilograms or pieces; 0: nothing), and why."""

    model_config = _SHAPE

    quantity: str = Field(min_length=1, max_length=24)
    reason: str = Field(min_length=2, max_length=400)
    version: int | None = None


class ConfirmFields(BaseModel):
    """From which grade's stock the goods were sold; empty leaves the buyer's."""

    model_config = _SHAPE

    grade: str | None = Field(default=None, max_length=60)
    version: int | None = None


class AnswerRow(BaseModel):
    """What a file says of the seller's word; ``seller_quantity`` in kilograms or pieces."""

    model_config = _SHAPE

    state: Literal["stated", "confirmed", "disputed", "lapsed", "withdrawn"] = "stated"
    seller_quantity: str = Field(default="", max_length=24)
    answered_on: date | None = None
    reason: str = Field(default="", max_length=400)


class DecideFields(BaseModel):
    """The county's decision on an adjustment, with its reason."""

    model_config = _SHAPE

    decision: str = Field(pattern="^(approve|refuse)$")
    reason: str = Field(min_length=2, max_length=400)
    version: int | None = None


class Version(BaseModel):
    """The version of the record the form was opened on."""

    model_config = _SHAPE

    version: int | None = None


class Why(BaseModel):
    """A reason that will stand in the record, and the version the form was opened on."""

    model_config = _SHAPE

    reason: str = Field(min_length=2, max_length=400)
    version: int | None = None


class InstitutionFields(BaseModel):
    """A testing institution: one standard or parameter of its scope a line."""

    model_config = _SHAPE

    uscc: str = Field(default="", max_length=30)
    cma_number: str = Field(default="", max_length=80)
    cnas_number: str = Field(default="", max_length=80)
    scope: str = Field(default="", max_length=8000)
    valid_from: date
    valid_to: date | None = None


class TestFields(BaseModel):
    """A test report as its paper states it; ``batches`` are batch numbers, by line, comma or semicolon."""

    __test__ = False
    model_config = _SHAPE

    number: str = Field(min_length=1, max_length=80)
    batches: str = Field(min_length=1, max_length=4000)
    institution_id: int | None = None
    institution: str = Field(default="", max_length=200)
    accreditation: str = Field(default="", max_length=80)
    sampled_on: date | None = None
    issued_on: date
    standard_no: str = Field(default="", max_length=80)
    result: Result
    items: str = Field(default="", max_length=1000)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The batch numbers, each once, in their order."""
        found = re.split(r"[\s,;，；、|]+", self.batches)
        return tuple(dict.fromkeys(number for number in found if number))


class ProcessFields(BaseModel):
    """What is done with batches on a day; ``loss`` in kilograms or pieces of what goes in."""

    model_config = _SHAPE

    kind: Literal[ProcessKind.SPLIT, ProcessKind.MERGE, ProcessKind.TRANSFORM, ProcessKind.PACK]
    on_date: date
    site_id: int | None = None
    loss: str = Field(default="", max_length=24)
    note: str = Field(default="", max_length=400)


class OutputFields(BaseModel):
    """One thing that comes out: a product, or a ``commodity`` that is none (茶末); empty both: what went in.

    ``net_content``: how much one piece holds (kilograms or pieces), where pieces are packed from what is weighed. ``row``: where it stood
    in the form, for what is wrong with it.
    """

    model_config = _SHAPE

    quantity: str = Field(default="", max_length=24)
    product_id: int | None = None
    commodity: str = Field(default="", max_length=40)
    grade: str = Field(default="", max_length=60)
    net_content: str = Field(default="", max_length=24)
    best_before_on: date | None = None
    row: int = Field(default=0, ge=0, le=100)
