"""Testing institutions and test reports for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.batches.models import Batch, TestingInstitution, TestReport
from gi_registry.batches.schemas import InstitutionFields, TestFields
from gi_registry.batches.service import quality
from gi_registry.documents.service import Scan
from gi_registry.workflow import Work
from tests.builders.registry import make_organisation

SCAN = Scan("report.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
_serial = count(1)


def make_institution(work: Work, organisation: Organisation | None = None, **differs: Any) -> TestingInstitution:
    """Return an institution with CMA for GB/T 19957 and moisture, since 2020."""
    if organisation is None:
        organisation = make_organisation(work, kind="institution", name=f"示例检测中心{next(_serial)}")
    values: dict[str, Any] = {
        "uscc": organisation.uscc,
        "cma_number": "250099990001",
        "scope": "GB/T 19957-2005\n水分",
        "valid_from": date(2020, 1, 1),
    }
    return quality.register_institution(work, InstitutionFields(**values | differs))


def fields_of(*batches: Batch, **differs: Any) -> TestFields:
    """Return what a report on batches states: passed by GB/T 19957-2005 on 2025-09-28."""
    values: dict[str, Any] = {
        "number": f"JC-{next(_serial):05d}",
        "batches": "\n".join(batch.number for batch in batches),
        "issued_on": date(2025, 9, 28),
        "sampled_on": date(2025, 9, 26),
        "standard_no": "GB/T 19957-2005",
        "result": "pass",
        "items": "感官、水分",
    }
    return TestFields(**values | differs)


def make_test(work: Work, *batches: Batch, by: TestingInstitution | None = None, **differs: Any) -> TestReport:
    """Return a passed report on batches by an institution on file, as the user of the mark entered it."""
    fields = fields_of(*batches, **{"institution_id": (by or make_institution(work)).id} | differs)
    return quality.enter_test(work, fields, document=SCAN)
