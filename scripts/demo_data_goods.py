"""What the demonstration shows of goods beside the main job: a laboratory, a batch that was split, a loss, a sale, an area to decide on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gi_registry.accounts import queries as people
from gi_registry.accounts import service as accounts
from gi_registry.accounts.schemas import NewPerson
from gi_registry.batches import queries as batches
from gi_registry.batches import service
from gi_registry.batches.queries import quality as tests
from gi_registry.batches.schemas import BatchFields, InstitutionFields, OutputFields, ProcessFields, RecordFields, TestFields
from gi_registry.batches.service import processing, records
from gi_registry.batches.service import quality as laboratory
from gi_registry.origin import service as origin
from gi_registry.origin.schemas import ProposalFields
from gi_registry.registry import queries as registry

if TYPE_CHECKING:
    from demo_data import Stage

LABORATORY = "91999999MA900096XE"
TESTER = ("jiance", "示例检测中心 检验员")
STANDARD = "T/SLX 001-2019"


def tell(stage: Stage, *, year: int, password: str) -> None:
    """Play the scenes of the harvest year ``year``."""
    _found_the_laboratory(stage, year, password)
    with stage.acting("ji", stage.at(year, 10, 8)) as work:
        own = registry.authorisations_of(work.session, work.actor.organisation_id or 0)[0]
        batch = batches.list_batches(work.session, own.id or 0, year)[0]
        told = f"{batch.number}"
        parts = [OutputFields(quantity="600", product_id=batch.product_id), OutputFields(quantity="400", product_id=batch.product_id)]
        fields = ProcessFields(kind="split", on_date=date(year, 10, 8), note="分两车发货")
        processing.do_process(work, own.id or 0, fields=fields, inputs=[processing.Portion(batch.id or 0, "1000")], outputs=parts)
        lost = RecordFields(
            kind="loss", year=year, unit="piece", batch_id=batch.id, on_date=date(year, 10, 8), quantity="60", reason="运输途中死亡。"
        )
        records.record_goods(work, own.id or 0, fields=lost)
        seller = own.number
    with stage.acting(TESTER[0], stage.at(year, 10, 12)) as work:
        laboratory.issue_test(work, _report(year, told))
    with stage.acting("gui", stage.at(year, 10, 15)) as work:
        own = registry.authorisations_of(work.session, work.actor.organisation_id or 0)[0]
        product = registry.list_products(work.session, own.id or 0)[0]
        bought: dict[str, Any] = {
            "kind": "purchase", "product_id": product.id, "harvest_year": year, "harvested_on": date(year, 9, 25), "quantity": "200",
            "supplier_number": seller, "grade": product.grade,
        }  # fmt: skip
        service.declare_batch(work, own.id or 0, fields=BatchFields.model_validate(bought))
    with stage.acting("xiehui", stage.at(year, 12, 20)) as work:
        gi = registry.find_gi(work.session, "GI-SL-CRAB")
        places = "示例县示例湖镇\n示例县东示镇\n示例县西示镇\n示例县南示镇"
        text = "示例湖湖区及沿湖四镇池塘现辖行政区域（示例）。"
        proposed = ProposalFields(valid_from=date(year + 1, 4, 1), text=text, places=places, note="南示镇并入产地范围的公告（示例）。")
        origin.propose_area(work, gi.id if gi and gi.id else 0, fields=proposed, outline=None)


def _report(year: int, batch: str) -> TestFields:
    return TestFields(
        number=f"JC-{year}-0301", batches=batch, sampled_on=date(year, 10, 9), issued_on=date(year, 10, 12), standard_no=STANDARD,
        result="pass", items="肥满度、重金属、兽药残留",
    )  # fmt: skip


def _found_the_laboratory(stage: Stage, year: int, password: str) -> None:
    with stage.acting("sheng", stage.at(year, 1, 12)) as work:
        scope = InstitutionFields(uscc=LABORATORY, cma_number="999900000301", scope=STANDARD, valid_from=date(year - 1, 1, 1))
        laboratory.register_institution(work, scope)
    with stage.acting("system", stage.at(year, 1, 13)) as work:
        organisation = people.find_organisation(work.session, LABORATORY)
        assert organisation is not None
        assert tests.institution_of(work.session, organisation.id) is not None
        login, name = TESTER
        person = NewPerson(login=login, name=name, password=password, role="testing_institution", organisation_id=organisation.id)
        accounts.add_person(work, person)
