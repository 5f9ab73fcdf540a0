"""What goes to the printer: the A4 sheet as PDF and the list of codes as CSV, made on demand, never stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from gi_registry.accounts import queries as accounts
from gi_registry.codes import queries
from gi_registry.codes.models import Allotment
from gi_registry.codes.rules.cells import free_cells
from gi_registry.codes.rules.elements import BASIS, Element, LabelFacts, elements_for, missing
from gi_registry.codes.rules.life import ALLOTMENT_LIFE, State
from gi_registry.codes.rules.mint import mint, mint_lines
from gi_registry.codes.rules.pitches import pitch_named
from gi_registry.codes.rules.suites import Secret
from gi_registry.codes.service.drawing import check
from gi_registry.codes.service.keys import open_secret
from gi_registry.codes.service.sheet import Footer, LabelText, stream_sheets
from gi_registry.codes.service.symbol import LEVEL, level_named
from gi_registry.config import Settings
from gi_registry.kernel.errors import Conflict, Invalid, Unavailable, invalid
from gi_registry.kernel.quantities import GRAMS_PER_KG
from gi_registry.kernel.words import say
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Product
from gi_registry.registry.service import standing
from gi_registry.workflow import Work

_ALPHANUMERIC = re.compile(r"HTTPS?://[0-9A-Z.:/-]+")
LABELS_PER_FILE = 1_080  # 60 pages of plain A4


@dataclass(frozen=True)
class Paper:
    """A file to hand out, made while it is read: take its ``blocks``, once, or the whole ``content``."""

    name: str
    media_type: str
    blocks: Iterator[bytes]

    @cached_property
    def content(self) -> bytes:
        """The file, whole."""
        return b"".join(self.blocks)


@dataclass(frozen=True)
class _Run:
    """Serials ``low`` … ``high`` − 1 of one range; ``first`` is the serial number of the first."""

    first: int
    key_id: int
    label: str
    low: int
    high: int
    secret: Secret


@dataclass(frozen=True)
class Part:
    """One of the files that a large allotment is printed from: serial numbers ``first`` … ``last``."""

    number: int
    first: int
    last: int


def parts_of(allotment: Allotment) -> list[Part]:
    """Return the parts a sheet is downloaded in: at most 1,080 labels each."""
    starts = range(0, allotment.count, LABELS_PER_FILE)
    return [Part(number, start + 1, min(start + LABELS_PER_FILE, allotment.count)) for number, start in enumerate(starts, 1)]


@dataclass(frozen=True)
class Setting:
    """How sheets are set: paper, level of error correction, cells of the first sheet; ``preview``: that sheet alone."""

    sheet: str = ""
    level: str = LEVEL
    start: str = ""
    skip: str = ""
    preview: bool = False


def labels_pdf(work: Work, allotment_id: int, settings: Settings, *, part: int | None = 1, setting: Setting | None = None) -> Paper:
    """Return label sheets of one part (``None``: all labels), page by page; ten million are no more to hold than ten.

    Raises NotFound (not yours), Conflict (void), Invalid naming each element of Announcement 354 that is missing, or what of ``setting``
    is not known; Unavailable without keys.
    """
    setting = setting or Setting()
    pitch, level = pitch_named(setting.sheet), level_named(setting.level)
    free = free_cells(setting.start, setting.skip, cells=pitch.per_page)
    allotment = _printable(work, allotment_id)
    text = label_text(work, allotment, mark_image=_mark_image(settings))
    found, address = _part(allotment, part), _address(settings)
    if setting.preview:
        found = Part(found.number, found.first, min(found.last, found.first + len(free) - 1))
    runs = _runs(work, allotment, settings.secret_key, part=found)
    footer = Footer(allotment.number, work.today.isoformat(), found.first)
    count = found.last - found.first + 1
    blocks = stream_sheets(_lines(runs), count=count, text=text, address=address, footer=footer, free=free, pitch=pitch, level=level)
    return Paper(f"{allotment.number}-{found.first}-{found.last}.pdf", "application/pdf", blocks)


def _lines(runs: Sequence[_Run]) -> Iterator[bytes]:
    for run in runs:
        yield from mint_lines(run.secret, key_id=run.key_id, range_label=run.label, low=run.low, high=run.high)


def codes_csv(work: Work, allotment_id: int, settings: Settings) -> Paper:
    """Return serial number, code and QR text of every label, for print houses; rows are made as they are read. Raises as ``labels_pdf``."""
    found = printable_part(work, allotment_id, settings, part=None)
    return Paper(f"{found.allotment.number}.csv", "text/csv", found.csv())


@dataclass(frozen=True)
class Printable:
    """Labels that may be printed: a part of an allotment, and what stands before the code in the symbol."""

    allotment: Allotment
    part: Part
    address: str
    _runs: tuple[_Run, ...]

    def lines(self) -> Iterator[bytes]:
        """Yield the codes, a line each, in blocks."""
        return _lines(self._runs)

    def csv(self) -> Iterator[bytes]:
        """Yield the list of the codes with head in blocks."""
        return _csv(self._runs, self.address)


def printable_part(work: Work, allotment_id: int, settings: Settings, *, part: int | None) -> Printable:
    """Return what is printed of one part (``None``: all labels), every element of the label checked before. Raises as ``labels_pdf``."""
    return printable_of(work, _printable(work, allotment_id), settings, part=part)


def printable_of(work: Work, allotment: Allotment, settings: Settings, *, part: int | None) -> Printable:
    """Return what is printed of an allotment that the caller may print. Raises Conflict (void), Invalid naming what a label lacks."""
    _refuse_unprintable(allotment)
    label_text(work, allotment, mark_image=None)
    found = _part(allotment, part)
    return Printable(allotment, found, _address(settings), tuple(_runs(work, allotment, settings.secret_key, part=found)))


def _csv(runs: Sequence[_Run], address: str) -> Iterator[bytes]:
    """Yield the file in blocks; no cell starts with a formula sign: codes begin with the scheme, addresses with HTTP."""
    yield b"serial_number,code,qr_text\r\n"
    for run in runs:
        number = run.first
        for block in mint_lines(run.secret, key_id=run.key_id, range_label=run.label, low=run.low, high=run.high):
            codes = block.decode().split()
            yield "".join(f"{number + place},{code},{address}{code}\r\n" for place, code in enumerate(codes)).encode()
            number += len(codes)


def codes_of(work: Work, allotment: Allotment, secret_key: str, *, part: Part) -> Iterator[tuple[int, str]]:
    """Yield serial number and code of a part, range by range."""
    for run in _runs(work, allotment, secret_key, part=part):
        yield from enumerate(mint(run.secret, key_id=run.key_id, range_label=run.label, low=run.low, high=run.high), run.first)


def _runs(work: Work, allotment: Allotment, secret_key: str, *, part: Part) -> list[_Run]:
    """Return what is minted for a part, with the keys opened, so that nothing more is asked of the database."""
    runs, start = [], 0
    for row in queries.ranges_of(work.session, allotment.id or 0):
        low, high = max(part.first - 1 - start, 0), min(part.last - start, row.size)
        if low < high:
            secret = open_secret(work.session, row.key_id, secret_key)
            runs.append(_Run(start + low + 1, row.key_id, row.label, low, high, secret))
        start += row.size
    return runs


def _printable(work: Work, allotment_id: int) -> Allotment:
    allotment = queries.get_allotment(work.session, allotment_id)
    work.require("allotment:order", allotment)
    _refuse_unprintable(allotment)
    if queries.printed_by_house(work.session, allotment_id):
        raise Conflict(say("这批标签由印制单位印制，不能另外打印。"), remedy=say("还没有印的，可以先撤回委托；印坏、缺少的，请另行申领。"))
    return allotment


def _refuse_unprintable(allotment: Allotment) -> None:
    if allotment.state in {State.VOID, State.CLOSED} or allotment.origin == "import":
        state = ALLOTMENT_LIFE.label(allotment.state)
        raise Conflict(say("这批标识码的状态是“%(state)s”，不能再印制。", state=state), remedy=say("需要标签的，请另行申领。"))


def _part(allotment: Allotment, number: int | None) -> Part:
    if number is None:
        return Part(1, 1, allotment.count)
    found = next((part for part in parts_of(allotment) if part.number == number), None)
    if found is None:
        raise invalid("part", say("没有第 %(number)s 份印张。", number=number), say("请从页面上的下载链接进入。"), value=number)
    return found


def _address(settings: Settings) -> str:
    """Return what stands before the code in the QR symbol, upper case. Raises Unavailable for an address outside alphanumeric mode."""
    address = f"{settings.public_url.rstrip('/')}/T/".upper()
    if not _ALPHANUMERIC.fullmatch(address):
        raise Unavailable(
            say("公开网址“%(address)s”不能印成二维码。", address=settings.public_url),
            remedy=say("请系统管理员把 GI_PUBLIC_URL 设为只含字母、数字、点和连字符的网址。"),
        )
    return address


def _mark_image(settings: Settings) -> Path | None:
    return check(Path(settings.mark_file)) if settings.mark_file else None


# ---- what a label says ----


def label_text(work: Work, allotment: Allotment, *, mark_image: Path | None) -> LabelText:
    """Return the text of a label with the elements that the user's tracks demand. Raises Invalid naming each one that is missing."""
    authorisation = registry.get_authorisation(work.session, allotment.authorisation_id)
    product = registry.get_product(work.session, allotment.product_id)
    needed, facts, producer = _facts(work, authorisation, product)
    lacks = missing(needed, facts)
    if lacks:
        problem = Invalid(*lacks)
        problem.basis = BASIS
        raise problem
    basis = "　".join(part for part in (facts.standard_no, facts.announcement) if part)
    number = say("注册号 %(number)s", number=facts.trade_mark_no) if facts.trade_mark_no else ""
    return LabelText(
        gi_name=facts.gi_name,
        product=" ".join(part for part in (product.name, product.grade) if part),
        content=content_text(product),
        producer=producer,
        uscc=facts.uscc,
        basis=basis if Element.STANDARD_OR_ANNOUNCEMENT in needed else facts.registration_no if Element.REGISTRATION_NO in needed else "",
        trade_mark=facts.gi_name if Element.TRADE_MARK in needed else "",
        registration=str(number) if Element.REGISTRATION_NO in needed else "",
        special_mark=Element.SPECIAL_MARK in needed,
        mark_image=mark_image,
    )


def _facts(work: Work, authorisation: Authorisation, product: Product) -> tuple[frozenset[Element], LabelFacts, str]:
    """Gather what is on file; a user on two tracks of one GI carries both duties."""
    organisation = accounts.get_organisation(work.session, authorisation.organisation_id) if authorisation.organisation_id else None
    held = _in_force(work, authorisation, work.today)
    protections = [registry.get_protection(work.session, item.protection_id) for item in held]
    marks = [item.trade_mark_no for item in protections if item.track in {"B", "C"} and item.trade_mark_no]
    standards = [product.standard_no, *(item.standard_no for item in protections)]
    facts = LabelFacts(
        uscc=(organisation.uscc or "") if organisation else "",
        gi_name=registry.get_gi(work.session, authorisation.gi_id).name,
        standard_no=next((number for number in standards if number), ""),
        announcement=next((item.announcement_raw for item in held if item.announcement_raw), ""),
        trade_mark_no=next(iter(marks), ""),
        registration_no=next((item.number for item in protections if item.track == "AGI"), ""),
    )
    return elements_for(item.track for item in protections), facts, organisation.name if organisation else authorisation.raw_name


def _in_force(work: Work, authorisation: Authorisation, on: date) -> list[Authorisation]:
    if authorisation.organisation_id is None:
        return [authorisation]
    others = registry.authorisations_of(work.session, authorisation.organisation_id)
    same = [item for item in others if item.gi_id == authorisation.gi_id and item.id != authorisation.id]
    return [authorisation, *(item for item in same if standing(work.session, item, on).active)]


def content_text(product: Product) -> str:
    """Return the net content as printed: 500 g, 2.5 kg, or pieces."""
    if product.unit == "piece":
        return str(say("数量 %(count)s 件", count=product.content_per_label))
    if product.content_per_label >= GRAMS_PER_KG:
        kilograms = f"{product.content_per_label / GRAMS_PER_KG:.3f}".rstrip("0").rstrip(".")
        return str(say("净含量 %(kg)s kg", kg=kilograms))
    return str(say("净含量 %(g)s g", g=product.content_per_label))
