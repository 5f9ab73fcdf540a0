"""Tables of codes. Never a row per code: a range is one row, what happened to a stretch of it is one row."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from gi_registry.codes.rules.format import SERIALS_PER_RANGE
from gi_registry.codes.rules.intervals import Status
from gi_registry.codes.rules.life import ALLOTMENT_LIFE
from gi_registry.codes.rules.printing import PRINT_LIFE
from gi_registry.codes.rules.suites import BLAKE2B
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list

_STATUSES = ", ".join(f"'{status.value}'" for status in Status)


class SigningKey(Row, table=True):
    """A key that proves codes. ``id`` is the symbol on paper; the secret is sealed. ``revoked_from``: what it signs later is void."""

    __tablename__ = "signing_key"
    __table_args__ = (CheckConstraint("id BETWEEN 0 AND 31", name="id"),)

    id: int = Field(primary_key=True)
    algorithm: str = BLAKE2B
    sealed: bytes
    public: str = ""
    created_at: datetime
    revoked_from: datetime | None = None


class Allotment(Row, Scoped, Versioned, table=True):
    """Codes granted within an entitlement: ``count`` labels of ``content_per_label`` units each."""

    __tablename__ = "allotment"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(ALLOTMENT_LIFE)})", name="state"),
        CheckConstraint("origin IN ('order', 'import')", name="origin"),
        CheckConstraint("unit IN ('g', 'piece')", name="unit"),
        CheckConstraint("count > 0 AND content_per_label > 0 AND quantity = count * content_per_label", name="quantity"),
        UniqueConstraint("authorisation_id", "idempotency_key", name="uq_allotment_idempotency_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    gi_id: int = Field(foreign_key="gi.id")
    product_id: int = Field(foreign_key="product.id", index=True)
    year: int
    zone: str = ""
    count: int
    content_per_label: int
    quantity: int = Field(sa_type=BigInteger)
    unit: str
    state: str
    origin: str = "order"
    idempotency_key: str | None = None
    cap_version: str = ""
    ordered_at: datetime
    printed_at: datetime | None = None
    printer: str = ""
    received_at: datetime | None = None
    closed_at: datetime | None = None


class CodeRange(Row, table=True):
    """A run of serials 0 … ``size`` − 1 under one random label and one key; ``used`` of them left the stock."""

    __tablename__ = "code_range"
    __table_args__ = (
        CheckConstraint(f"size BETWEEN 1 AND {SERIALS_PER_RANGE}", name="size"),
        CheckConstraint("used >= 0 AND used <= size", name="used"),
        CheckConstraint("first_serial = 0", name="first_serial"),
        CheckConstraint("length(label) = 5", name="label"),
    )

    id: int | None = Field(default=None, primary_key=True)
    label: str = Field(unique=True)
    key_id: int = Field(foreign_key="signing_key.id")
    allotment_id: int = Field(foreign_key="allotment.id", index=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    size: int
    used: int = 0
    first_serial: int = 0


class CodeInterval(Row, table=True):
    """What was said of serials ``serial_from`` … ``serial_to`` − 1; open until lifted. Triggers keep open intervals of a layer apart."""

    __tablename__ = "code_interval"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("layer IN ('activation', 'exception') AND (layer = 'activation') = (status = 'activated')", name="layer"),
        CheckConstraint("serial_from >= 0 AND serial_from < serial_to", name="serials"),
        CheckConstraint("status <> 'activated' OR batch_id IS NOT NULL", name="batch"),
        Index("ix_code_interval_lookup", "range_id", "layer", "serial_from"),
    )

    id: int | None = Field(default=None, primary_key=True)
    range_id: int = Field(foreign_key="code_range.id")
    serial_from: int
    serial_to: int
    status: str
    layer: str
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)
    at: datetime
    basis: str = ""
    origin: str = "act"
    lifted_at: datetime | None = None
    lift_basis: str = ""


class PrintJob(Row, Scoped, Versioned, table=True):
    """An allotment that a registered print house (``owner_org_id``) was asked to print; one at a time is not ended."""

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(PRINT_LIFE)})", name="state"),
        CheckConstraint("kind IN ('', 'csv', 'svg', 'png')", name="kind"),
        CheckConstraint("takes >= 0 AND printed >= 0 AND received >= 0", name="counts"),
        Index(
            "uq_print_job_open",
            "allotment_id",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    allotment_id: int = Field(foreign_key="allotment.id", index=True)
    state: str
    wishes: str = ""
    commissioned_at: datetime
    kind: str = ""
    receipt: str = ""
    takes: int = 0
    taken_at: datetime | None = None
    taken_by: str = ""
    acknowledged_at: datetime | None = None
    printed_at: datetime | None = None
    printed: int = 0
    shipped_at: datetime | None = None
    shipping: str = ""
    received_at: datetime | None = None
    received: int = 0
    ended_at: datetime | None = None
    reason: str = ""
