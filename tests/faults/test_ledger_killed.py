"""An import of batches or purchases is killed in the middle: nothing of it is on file, the books balance, a second run completes.

Negative control: an import that commits row by row leaves half of the file behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, LedgerEntry, LedgerTransfer, Trade
from gi_registry.db import Database
from gi_registry.log.models import LogLeaf
from gi_registry.log.verification import verify
from gi_registry.opendata.files import Wishes, import_file
from tests.builders.batches import make_batch
from tests.builders.goods import make_farmer
from tests.builders.registry import make_authorisation, make_gi, make_protection
from tests.conftest import ROOT
from tests.faults.importer import SAID
from tests.faults.processes import SECRET_KEY

pytestmark = pytest.mark.slow

ROWS = 12
TABLES = (Batch, Trade, LedgerTransfer, LedgerEntry, LogLeaf)


@pytest.fixture
def files(open_work: Callable[..., Any], tmp_path: Path) -> dict[str, Path]:
    """A seller, a buyer and a farmer on file; a file of harvests and a file of purchases with what the sellers said."""
    with open_work() as work:
        gi = make_gi(work)
        protection = make_protection(work, gi, capacity_basis="kiln")
        seller, buyer = make_authorisation(work, protection=protection), make_authorisation(work, protection=protection)
        make_batch(work, seller, quantity="1000")
        make_batch(work, buyer, quantity="200", farmer_id=make_farmer(work, buyer).id)
        numbers = (seller.number, buyer.number)
    batches, purchases = tmp_path / "batches.csv", tmp_path / "purchases.csv"
    harvests = [f"B-{row},{numbers[row % 2]},harvest,piece,2025,2025-09-25,{row + 1}" for row in range(ROWS)]
    batches.write_text("\n".join(["number,authorisation,kind,unit,harvest_year,harvested_on,quantity", *harvests]), encoding="utf-8")
    bought = [
        f"G-{row},{numbers[1]},{',示例农户,HT-001,清单' if row % 3 == 0 else numbers[0] + ',,,'},piece,2025,10,confirmed"
        for row in range(ROWS)
    ]
    purchases.write_text(
        "\n".join(["number,buyer,seller,farmer,farmer_contract,evidence,unit,year,quantity,state", *bought]), encoding="utf-8"
    )
    return {"batches": batches, "purchases": purchases}


def start(database: Database, kind: str, file: Path, **more: str) -> subprocess.Popen[str]:
    settings = {"GI_DATABASE_URL": database.url, "GI_SECRET_KEY": SECRET_KEY}
    command = [sys.executable, "-m", "tests.faults.importer", "import", kind, str(file)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings, **more}, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def kill_in_the_middle(database: Database, kind: str, file: Path, *, stop: str, **more: str) -> None:
    """Start an import, wait until it says that it stands in the middle, kill it without warning."""
    process = start(database, kind, file, GI_TEST_STOP=stop, **more)
    assert process.stdout is not None
    heard = ""
    while SAID not in heard:
        line = process.stdout.readline()
        assert line, f"the import ended by itself: {heard}"
        heard += line
    process.kill()
    assert process.wait() == -signal.SIGKILL


def run(open_work: Callable[..., Any], kind: str, file: Path) -> None:
    with open_work() as work:
        result = import_file(work, kind, file.read_bytes(), name=file.name, wishes=Wishes())
    assert result.errors == ()


def counts(database: Database) -> dict[str, int]:
    with database.session(writable=False) as session:
        return {table.__name__: session.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES}


def sound(database: Database) -> None:
    with database.session(writable=False) as session:
        assert queries.broken_books(session) == []
        assert verify(session).problems == ()


@pytest.mark.parametrize(
    ("kind", "stop"), [("batches", "entry:9"), ("purchases", "entry:1"), ("purchases", "transfer:6"), ("purchases", "commit:1")]
)
def test_a_killed_import_leaves_nothing_and_the_next_completes(
    database: Database, open_work: Callable[..., Any], files: dict[str, Path], kind: str, stop: str
) -> None:
    before = counts(database)
    kill_in_the_middle(database, kind, files[kind], stop=stop)
    assert counts(database) == before
    sound(database)
    run(open_work, kind, files[kind])
    after = counts(database)
    assert after["Batch"] - before["Batch"] == ROWS
    assert after["LogLeaf"] - before["LogLeaf"] == 1
    sound(database)
    run(open_work, kind, files[kind])
    assert counts(database) == after, "the same file again changes nothing"


def test_an_import_that_commits_row_by_row_leaves_half(database: Database, files: dict[str, Path]) -> None:
    before = counts(database)
    kill_in_the_middle(database, "batches", files["batches"], stop="transfer:6", GI_TEST_HASTY="1")
    assert counts(database)["Batch"] - before["Batch"] == 5
    with pytest.raises(AssertionError):
        sound(database)
