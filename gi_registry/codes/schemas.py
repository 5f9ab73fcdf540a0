"""Shapes of what people ask of codes: the same for form, bulk row and JSON."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Limit

from gi_registry.codes.rules.format import SERIALS_PER_RANGE
from gi_registry.codes.rules.intervals import Status
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Order(_Shape):
    """An order of codes; ``idempotency_key`` makes a double click one order."""

    product_id: int
    year: int = Limit(ge=2000, le=2100)
    zone: Line = ""
    count: int = Limit(ge=1, le=100_000_000)
    idempotency_key: Line = ""


class Which(_Shape):
    """Which codes of an allotment: the next ``count`` in stock, serial numbers ``first`` to ``last``, or from one printed code to another.

    Serial numbers are those in the margin of the printed sheets: 1 … count of the allotment.
    """

    count: int | None = Limit(default=None, ge=1)
    first: int | None = Limit(default=None, ge=1)
    last: int | None = Limit(default=None, ge=1)
    from_code: Line = ""
    to_code: Line = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        numbers = self.first is not None or self.last is not None
        codes = bool(self.from_code or self.to_code)
        if (self.count is not None) + numbers + codes != 1:
            raise invalid("count", say("请用一种方式指明是哪些标签。"), say("填写数量，或填写起止序号，或填写首尾两枚标识码。"))
        if numbers and (self.first or 0) > (self.last or self.first or 0):
            raise invalid("last", say("止序号小于起序号。"), say("请核对起止序号。"))
        return self


class Activation(Which):
    """Bind codes to a batch."""

    batch_id: int
    version: int | None = None


class SpoilKind(StrEnum):
    """Why labels leave the stock without being used."""

    DAMAGED = Status.DAMAGED.value
    RETURNED = Status.RETURNED.value
    VOID = Status.VOID.value


class Spoil(Which):
    """Take codes out of the stock: damaged, returned or void, with the reason."""

    kind: SpoilKind
    reason: Text = ""
    version: int | None = None


class HoldKind(StrEnum):
    """What a person in office decided about codes."""

    FROZEN = Status.FROZEN.value
    RECALLED = Status.RECALLED.value


class Hold(Which):
    """Freeze or recall codes; the basis is the document it rests on."""

    kind: HoldKind
    basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=200)]
    version: int | None = None


class Lift(_Shape):
    """Lift a freeze or a recall of an interval; the basis is the document it rests on."""

    interval_id: int
    basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=200)]


class Printed(_Shape):
    """Who printed the labels."""

    printer: Text = ""
    version: int | None = None


class Step(_Shape):
    """A step of the allotment's life that needs no more than the version of the page."""

    version: int | None = None


class Received(Step):
    """The labels are in hand; ``count`` is what was counted, asked for where a registered print house shipped them."""

    count: int | None = Limit(default=None, ge=0, le=100_000_000)


class Commission(Step):
    """Ask a registered print house to print an allotment."""

    printer_id: int
    wishes: Text = ""


class Reason(_Shape):
    """Why a step back is taken."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    version: int | None = None


class Take(_Shape):
    """In which form the print house takes the codes."""

    kind: Literal["csv", "svg", "png"] = "csv"
    level: Literal["M", "Q"] = "M"


class Receipt(Step):
    """The receipt code of the file that was taken."""

    receipt: Line


class PrintedCount(Step):
    """How many good labels were printed."""

    count: int = Limit(ge=0, le=100_000_000)


class Shipped(Step):
    """Who carries the labels, under which number."""

    shipping: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class StatedActivation(_Shape):
    """An activation of the past as reported: serials of a range, before permutation, half-open."""

    range_label: Line
    serial_from: int = Limit(ge=0, lt=SERIALS_PER_RANGE)
    serial_to: int = Limit(ge=1, le=SERIALS_PER_RANGE)
    batch: Line
    activated_on: date

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.serial_to <= self.serial_from:
            raise invalid("serial_to", say("止序列号须大于起序列号。"), say("止序列号不含在内：0 至 100 是 100 枚。"), value=self.serial_to)
        return self
