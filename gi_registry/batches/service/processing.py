"""Batches become batches: read what is stated, lock the books, hold it against the rules, write both sides.

The goods of every input leave stock into the work, the goods of every output come out of it, each in a transfer that names its batch,
so that what is left of a batch is read as before. Quota is not touched: labels go onto outputs and count in the product's unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, Process, ProcessInput, ProcessOutput
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.queries import process as reads
from gi_registry.batches.rules import ledger
from gi_registry.batches.rules import process as rules
from gi_registry.batches.rules.amounts import read_amount
from gi_registry.batches.rules.ledger import Postings
from gi_registry.batches.rules.life import BATCH_LIFE, Kind, Origin
from gi_registry.batches.rules.process import PROCESS_LIFE, Made, ProcessKind, Taken
from gi_registry.batches.schemas import OutputFields, ProcessFields
from gi_registry.batches.service.capacity import own_rate
from gi_registry.batches.service.posting import available_of_batch, key_of, lock_keys, not_overdrawn, post
from gi_registry.kernel.errors import Conflict, FieldError, Invalid, invalid
from gi_registry.kernel.words import say
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Product
from gi_registry.workflow import Work, advance, advance_all, begin

CONVERSION = "batches.conversion-permille"
TAKE, MAKE, LOSE, UNDO = "process:take", "process:make", "process:lose", "process:undo"


@dataclass(frozen=True)
class Portion:
    """What is taken of a batch: the quantity as typed (kilograms or pieces)."""

    batch_id: int
    quantity: str


@dataclass(frozen=True)
class _Output:
    """An output as read: what the rules ask, and what its batch will say."""

    fields: OutputFields
    made: Made
    product: Product | None
    conversion_version: str = ""


def do_process(
    work: Work, authorisation_id: int, *, fields: ProcessFields, inputs: Iterable[Portion], outputs: Iterable[OutputFields]
) -> Process:
    """Make new batches of an authorisation's batches by a form; quantities in kilograms or pieces.

    Raises Invalid per field with the figures: a batch with less left, sums that differ, more than the conversion gives, batches of another
    user, year or zone; Conflict where labels hold the entitlement that is packed away.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:declare", authorisation)
    portions = {item.batch_id: item.quantity for item in inputs if item.quantity.strip()}
    batches = _own_batches(work, authorisation, portions)
    like = _alike(batches)
    read = [_read_output(work, authorisation, fields, item, like=like) for item in outputs]
    _lock(work, batches, read)
    locked = reads.locked_batches(work.session, [batch.id or 0 for batch in batches])
    stated = [(batch, _taken(work, batch, portions[batch.id or 0])) for batch in locked.values()]
    taken = [(batch, item) for batch, item in stated if item.quantity]
    loss = read_amount(fields.loss, like.unit, "loss") if fields.loss else 0
    wrong = rules.problems(fields.kind, [item for _batch, item in taken], [item.made for item in read], loss=loss)
    if found := (*_dates(work, fields, batches), *wrong):
        raise Invalid(*found)
    with _entitlements_kept(work, batches):
        return _store(work, authorisation, fields, taken=taken, made=read, loss=loss)


def _own_batches(work: Work, authorisation: Authorisation, portions: Mapping[int, str]) -> list[Batch]:
    if not portions:
        raise invalid("inputs", say("没有填写投入的批次和数量。"), say("请至少填写一个批次。"))
    found = [work.session.get(Batch, batch_id) for batch_id in sorted(portions)]
    batches = [batch for batch in found if batch is not None and batch.authorisation_id == authorisation.id]
    if len(batches) != len(found):
        raise invalid("inputs", say("投入的批次不属于本用标登记。"), say("购进的货请先申报购进，再投入加工。"))
    if any(batch.farmer_id for batch in batches):
        raise invalid("inputs", say("农户名下的采收不能直接投入加工。"), say("请先登记收购。"))
    return batches


def _alike(batches: Sequence[Batch]) -> Batch:
    """Return a batch that stands for all: one account year and zone, one unit and name."""
    if len({(batch.account_year, batch.zone, batch.gi_id) for batch in batches}) > 1:
        raise invalid(
            "inputs",
            say("投入的批次计入的年度或分区不同，不能合在一起。"),
            say("往年的货请先申报为往年库存，计入同一年度；不同分区的请分开办理。"),
        )
    if len({(batch.unit, batch.commodity) for batch in batches}) > 1:
        raise invalid("inputs", say("投入的批次计量单位或品名不同。"), say("请分开办理。"))
    return batches[0]


def _read_output(work: Work, authorisation: Authorisation, fields: ProcessFields, item: OutputFields, *, like: Batch) -> _Output:
    product = _product(work, authorisation, item, like=like, kind=fields.kind)
    commodity = item.commodity or ("" if product and fields.kind is ProcessKind.TRANSFORM else like.commodity)
    unit = product.unit if product and not commodity else like.unit
    net = read_amount(item.net_content, like.unit, f"net_content_{item.row}") if item.net_content else None
    rate, version = conversion_of(work, authorisation, like, to=(commodity, unit), on=fields.on_date)
    quantity = read_amount(item.quantity, unit, field := f"quantity_{item.row}")
    if not quantity:
        raise invalid(field, say("产出的数量须大于零。"), say("请填写实际数量。"))
    return _Output(item, Made(quantity, unit, commodity, item.grade, max_permille=rate, net_content=net, field=field), product, version)


def _product(work: Work, authorisation: Authorisation, item: OutputFields, *, like: Batch, kind: ProcessKind) -> Product | None:
    if item.product_id is None:
        if kind is ProcessKind.PACK or (kind is ProcessKind.TRANSFORM and not item.commodity):
            raise invalid(f"product_id_{item.row}", say("没有选择产品。"), say("请选择产品；产出不是产品的，请填写品名。"))
        return registry.get_product(work.session, like.product_id) if like.product_id and not item.commodity else None
    own = {product.id: product for product in registry.list_products(work.session, authorisation.id or 0)}
    if item.product_id not in own:
        raise invalid(f"product_id_{item.row}", say("这个产品不属于本用标登记。"), say("请选择自己的产品。"))
    return None if item.commodity else own[item.product_id]


def conversion_of(work: Work, authorisation: Authorisation, source: Batch, *, to: tuple[str, str], on: date) -> tuple[int | None, str]:
    """Return how much of a commodity a thousand of another gives at most, by the policy in force on a day, and its version.

    The product's rate is the GI's own for the year (a cap per input), else the policy's under the GI's code; that of a by-product stands
    under ``code:品名``. Without one, a thousand gives a thousand; None where the units differ and nothing says what one is in the other.
    """
    if (source.commodity, source.unit) == to:
        return rules.UNCHANGED_PERMILLE, ""
    own = not to[0] and to[1] == source.unit
    if own and (cap := own_rate(work.session, key_of(source), commodity=source.commodity, on=on)) is not None:
        return cap.per_mu, f"yield_cap:{cap.id}"
    found = policy.find(work.session, CONVERSION, authorisation.authority_division, on)
    rates: Mapping[str, int] = found.value if found else {}
    code = registry.get_gi(work.session, authorisation.gi_id).code
    commodity, unit = to
    rate = rates.get(f"{code}:{commodity}") if commodity else rates.get(code)
    if rate is None:
        rate = None if unit != source.unit else rates.get("default", 1000) if not commodity else rules.UNCHANGED_PERMILLE
    return (None if rate is None else int(rate)), found.version if found else ""


def _lock(work: Work, batches: Sequence[Batch], made: Sequence[_Output]) -> None:
    key = key_of(batches[0])
    lock_keys(work, *(key_of(batch) for batch in batches), *(replace(key, unit=item.made.unit) for item in made))


def _taken(work: Work, batch: Batch, quantity: str) -> Taken:
    asked = read_amount(quantity, batch.unit, f"input_{batch.id}")
    left = available_of_batch(work.session, batch.id or 0)
    return Taken(batch.number, asked, left, batch.unit, batch.commodity, field=f"input_{batch.id}")


def _dates(work: Work, fields: ProcessFields, batches: Sequence[Batch]) -> Iterable[FieldError]:
    if fields.on_date > work.today:
        yield FieldError("on_date", say("加工日期还没有到。"), say("请填写实际的日期。"), fields.on_date.isoformat())
    latest = max((batch.harvested_on for batch in batches if batch.harvested_on), default=None)
    if latest and fields.on_date < latest:
        yield FieldError(
            "on_date", say("加工日期早于采收日期 %(on)s。", on=latest.isoformat()), say("请核对两个日期。"), fields.on_date.isoformat()
        )
    sites = {site.id for site in registry.sites_of(work.session, batches[0].authorisation_id)}
    if fields.site_id is not None and fields.site_id not in sites:
        yield FieldError("site_id", say("这个场所不属于本用标登记。"), say("请从登记的生产场所中选择。"))


@contextmanager
def _entitlements_kept(work: Work, batches: Iterable[Batch]) -> Iterator[None]:
    """Undo what is done inside where it leaves less entitlement than labels hold: of goods that are a product now and are not after."""
    with ExitStack() as stack:
        for key in dict.fromkeys(key_of(batch).quota for batch in batches if not batch.commodity):
            stack.enter_context(not_overdrawn(work, key))
        yield


# ---- what is written -----------------------------------------------------------------------------------------------------------------


def _store(
    work: Work,
    authorisation: Authorisation,
    fields: ProcessFields,
    *,
    taken: Sequence[tuple[Batch, Taken]],
    made: Sequence[_Output],
    loss: int,
) -> Process:
    process = Process(
        authorisation_id=authorisation.id or 0,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        gi_id=authorisation.gi_id,
        **fields.model_dump(include={"on_date", "site_id", "note"}),
        kind=fields.kind.value,
        step=rules.STEP_OF[fields.kind].value,
        unit=taken[0][0].unit,
        loss=loss,
        created_at=work.now,
    )
    begin(process, PROCESS_LIFE)
    work.record(process, "process:do")
    work.flush()
    for batch, item in taken:
        _take(work, process, batch, item.quantity)
    for output in made:
        _make(work, authorisation, process, [batch for batch, _item in taken], output)
    if loss:
        key = replace(key_of(taken[0][0]), grade="")
        post(work, key, rules.lose(loss), tag=LOSE, source_kind="process", source_id=process.id or 0, on_date=process.on_date)
    return process


def _take(work: Work, process: Process, batch: Batch, quantity: int) -> None:
    row = ProcessInput(process_id=process.id or 0, batch_id=batch.id or 0, quantity=quantity)
    work.record(row, "process:take")
    work.flush()
    _post(work, process, batch, rules.take(quantity), tag=TAKE, source=("process_input", row.id or 0))


def _make(work: Work, authorisation: Authorisation, process: Process, sources: Sequence[Batch], output: _Output) -> None:
    batch = _new_batch(work, authorisation, process, sources, output)
    row = ProcessOutput(
        process_id=process.id or 0,
        batch_id=batch.id or 0,
        quantity=output.made.quantity,
        max_permille=output.made.max_permille,
        conversion_version=output.conversion_version,
        net_content=output.made.net_content,
    )
    work.record(row, "process:make")
    work.flush()
    _post(work, process, batch, rules.make(output.made.quantity), tag=MAKE, source=("process_output", row.id or 0))


def _post(work: Work, process: Process, batch: Batch, postings: Postings, *, tag: str, source: tuple[str, int]) -> None:
    kind, source_id = source
    post(work, key_of(batch), postings, tag=tag, source_kind=kind, source_id=source_id, batch_id=batch.id, on_date=process.on_date)


def _new_batch(work: Work, authorisation: Authorisation, process: Process, sources: Sequence[Batch], output: _Output) -> Batch:
    """What the sources say of time counts for what is made of them, the side that promises less: the latest harvest, the first end."""
    year = max(batch.harvest_year for batch in sources)
    position = queries.next_batch_position(work.session, authorisation.id or 0, year)
    harvested = [batch.harvested_on for batch in sources]
    ends = [batch.best_before_on for batch in sources if batch.best_before_on]
    packed = process.on_date if process.kind == ProcessKind.PACK else None
    grade = output.made.grade or _same_grade(sources, output)
    batch = Batch(
        number=f"{authorisation.number}-{year}-{position:03d}",
        authorisation_id=authorisation.id or 0,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        gi_id=authorisation.gi_id,
        product_id=output.product.id if output.product else None,
        zone=sources[0].zone,
        harvest_year=year,
        account_year=sources[0].account_year,
        kind=Kind.PROCESSED.value,
        harvested_on=None if None in harvested else max(on for on in harvested if on),
        packed_on=packed,
        best_before_on=output.fields.best_before_on or (min(ends) if ends and process.kind != ProcessKind.TRANSFORM else None),
        quantity=output.made.quantity,
        unit=output.made.unit,
        product_quantity=output.made.quantity,
        grade=grade,
        account_grade=grade,
        commodity=output.made.commodity,
        state=BATCH_LIFE.initial,
        origin=Origin.FORM.value,
        created_at=work.now,
    )
    begin(batch, BATCH_LIFE)
    work.record(batch, "batch:make")
    work.flush()
    return batch


def _same_grade(sources: Sequence[Batch], output: _Output) -> str:
    grades = {batch.account_grade for batch in sources}
    if output.made.commodity == sources[0].commodity and len(grades) == 1:
        return grades.pop()
    return output.product.grade if output.product else ""


# ---- a mistake -----------------------------------------------------------------------------------------------------------------------


def undo_process(work: Work, process_id: int, *, why: str, version: int | None = None) -> Process:
    """Take back a process that was a mistake while nothing was done with what it made; the ledger reverses it, nothing is deleted.

    Raises Conflict naming the batch that is labelled, sold, closed or processed further.
    """
    process = reads.get_process(work.session, process_id)
    work.require("batch:declare", process)
    made, taken = reads.made_by(work.session, process_id), reads.taken_by(work.session, process_id)
    lock_keys(work, *(key_of(batch) for _row, batch in (*made, *taken)))
    process = reads.locked_process(work.session, process_id)
    PROCESS_LIFE.after(process.state, "undo")
    reads.locked_batches(work.session, [batch.id or 0 for _row, batch in (*made, *taken)])
    for output, batch in made:
        _refuse_touched(work, output, batch)
    with _entitlements_kept(work, [batch for _row, batch in made]):
        for output, batch in made:
            _reverse(work, key_of(batch), MAKE, "process_output", output.id or 0, batch_id=batch.id, why=why)
        for source, batch in taken:
            _reverse(work, key_of(batch), TAKE, "process_input", source.id or 0, batch_id=batch.id, why=why)
        if process.loss:
            key = replace(key_of(taken[0][1]), grade="")
            _reverse(work, key, LOSE, "process", process_id, batch_id=None, why=why)
        for _output, batch in made:
            batch.reason = why
        advance_all(work, [batch for _output, batch in made], BATCH_LIFE, "withdraw")
        process.reason = why
        advance(work, process, PROCESS_LIFE, "undo", expected_version=version)
    return process


def _refuse_touched(work: Work, output: ProcessOutput, batch: Batch) -> None:
    if batch.state == BATCH_LIFE.initial and available_of_batch(work.session, batch.id or 0) == output.quantity:
        return
    raise Conflict(
        say("批次 %(number)s 已贴标、售出、办结或继续加工，不能撤销这次加工。", number=batch.number),
        remedy=say("请先撤销后面的记录；产品有问题的，请召回批次。"),
    )


def _reverse(work: Work, key: LedgerKey, tag: str, kind: str, source_id: int, *, batch_id: int | None, why: str) -> None:
    postings = ledger.reverse(queries.entries_of_source(work.session, tag, kind, source_id))
    post(work, key, postings, tag=UNDO, source_kind=kind, source_id=source_id, batch_id=batch_id, memo=why)
