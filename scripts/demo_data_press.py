"""The print house of the demonstration: one commission is fulfilled, with two labels short, and one waits to be taken."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

from gi_registry.accounts import service as accounts
from gi_registry.accounts.models import Organisation
from gi_registry.accounts.schemas import NewPerson
from gi_registry.codes import service as codes
from gi_registry.codes.models import Allotment
from gi_registry.codes.schemas import Commission, Order, PrintedCount, Received, Shipped, Take
from gi_registry.codes.schemas import Receipt as Given
from gi_registry.codes.service.packets import RECEIPT
from gi_registry.config import read_settings
from gi_registry.log.keys import ensure_key
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work

if TYPE_CHECKING:
    from demo_data import Stage

HOUSE = "91999999MA9000978E"
PRINTER = ("yinshua", "示例印务 排版员")
CUSTOMER = "chen"
COUNT = 60


def tell(stage: Stage, *, year: int, password: str) -> None:
    """Play the scenes of the harvest year ``year``."""
    settings = read_settings()
    with stage.acting("system", stage.at(year, 1, 13)) as work:
        ensure_key(work.session, settings, at=work.now)
        house = Organisation(uscc=HOUSE, name="示例印务有限公司", kind="printer", division_code="999999", authority_division="999999")
        house_id = accounts.add_organisation(work, house).id or 0
        login, name = PRINTER
        accounts.add_person(work, NewPerson(login=login, name=name, password=password, role="printer", organisation_id=house_id))
    done, _waiting = [_commissioned(stage, year, house_id, at=day) for day in (6, 7)]
    with stage.acting(PRINTER[0], stage.at(year, 11, 8)) as work:
        packet = ZipFile(BytesIO(codes.take(work, done, Take(), settings).content))
        codes.acknowledge(work, done, Given(receipt=packet.read(RECEIPT).decode()))
    with stage.acting(PRINTER[0], stage.at(year, 11, 10)) as work:
        codes.finish_printing(work, done, PrintedCount(count=COUNT))
        shipped = codes.ship(work, done, Shipped(shipping="示例快递 20251110"))
        allotment_id = shipped.allotment_id
    with stage.acting(CUSTOMER, stage.at(year, 11, 12)) as work:
        codes.mark_received(work, allotment_id, Received(count=COUNT - 2))


def _commissioned(stage: Stage, year: int, house_id: int, *, at: int) -> int:
    with stage.acting(CUSTOMER, stage.at(year, 11, at)) as work:
        allotment = _ordered(stage, work, year, f"demo-press-{at}")
        wishes = "铜版纸不干胶，40 × 25 mm，卷装"
        return codes.commission(work, allotment.id or 0, Commission(printer_id=house_id, wishes=wishes), read_settings()).id or 0


def _ordered(stage: Stage, work: Work, year: int, key: str) -> Allotment:
    own = registry.authorisations_of(work.session, work.actor.organisation_id or 0)[0]
    product = registry.list_products(work.session, own.id or 0)[0]
    order = Order(product_id=product.id or 0, year=year, count=COUNT, idempotency_key=key)
    return codes.allot(work, own.id or 0, order, secret_key=stage.secret_key)
