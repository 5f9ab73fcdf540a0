"""Hostile geographic files, sent as a producer sends them: a clear 4xx within two seconds, the reader dead, nothing left, the worker alive.

Negative control: a reader that hangs, that leaves a file, or that outlives the answer is noticed by the same eyes.
"""

from __future__ import annotations

import contextlib
import gc
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.bulk import outlines
from gi_registry.origin import queries
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.geofiles import make_gpkg, make_kml, make_shapefile, placemark
from tests.builders.hostile_geofiles import HOSTILE
from tests.builders.origin import make_area
from tests.builders.registry import make_authorisation, make_gi, make_protection

MOST_S = 2.0
SLACK = float(os.environ.get("GI_TEST_SLACK", "1"))


@pytest.fixture
def place(open_work, client: Any) -> dict[str, Any]:
    """A GI with an area and a producer ``chen``, who is signed in."""
    with open_work() as work:
        gi = make_gi(work)
        make_area(work, gi)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        make_person(work, "producer_operator", login="chen", organisation=work.session.get(Organisation, authorisation.organisation_id))
        found = {"id": authorisation.id, "client": client, "open_work": open_work}
    sign_in(client, "chen")
    return found


@pytest.fixture(autouse=True)
def _others_memory() -> Iterator[None]:
    """Keep the collector off what thousands of tests before these left behind: walking that is not the file's doing."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory of its own for whatever is left behind."""
    for name in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def send(place: dict[str, Any], content: bytes) -> Any:
    """Send a file with the form of a new plot."""
    form = {"name": "东塘", "accuracy_m": "5", "file": (io.BytesIO(content), "边界.zip")}
    return post(place["client"], f"/authorisations/{place['id']}/plots/new", form, headers={"Accept": "text/html"})


def children() -> set[int]:
    """Return the processes that this one has started and not buried."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(stat[1]) == os.getpid():
                    found.add(int(entry.name))
    return found


def cpu_s() -> float:
    """Return the processor time of this thread and of ended children; who ended before is reaped first.

    What threads of other tests do is not the file's doing.
    """
    subprocess.run(["true"], check=True)  # starting one reaps those that nobody waited for
    multiprocessing.active_children()
    times = os.times()
    return time.thread_time() + times.children_user + times.children_system


def plots_on_file(place: dict[str, Any]) -> int:
    with place["open_work"]() as work:
        return len(queries.list_plots(work.session, place["id"]))


def complaints(place: dict[str, Any], content: bytes, words: str, left: Path) -> Iterator[str]:
    """Send a file and yield everything that is not as it must be."""
    before, began, known = children(), cpu_s(), set(left.iterdir())
    answer = send(place, content)
    spent = cpu_s() - began
    if not 400 <= answer.status_code < 500:
        yield f"status {answer.status_code}"
    if not any(word in answer.text for word in words.split("|")):
        yield f"not said: {words}"
    if spent > MOST_S * SLACK:
        yield f"{spent:.1f} s of processor time"
    if children() - before:
        yield "the reader lives on"
    if set(left.iterdir()) - known:
        yield "a file is left"
    if plots_on_file(place):
        yield "a plot is stored"
    if place["client"].get(f"/authorisations/{place['id']}/plots").status_code != 200:
        yield "the worker is gone"


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_gets_a_clear_answer_and_leaves_nothing(place, left: Path, what: str) -> None:
    make, words = HOSTILE[what]
    assert list(complaints(place, make(), words, left)) == []


@pytest.mark.parametrize("make", [lambda: make_kml(placemark()), make_shapefile, make_gpkg], ids=["KML", "Shapefile", "GeoPackage"])
def test_the_same_way_in_takes_what_is_good(place, left: Path, make) -> None:
    answer = send(place, make())
    assert answer.status_code == 303
    assert plots_on_file(place) == 1
    assert set(left.iterdir()) == set()


@pytest.mark.parametrize("what", ["leaves a file", "burns", "outlives"])
def test_a_careless_reader_is_noticed(place, left: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """The negative control: each complaint is made where there is reason for it."""
    started: list[subprocess.Popen[bytes]] = []
    whole = outlines.open_geofile

    def careless(content: bytes, **wishes: str) -> Any:
        if what == "leaves a file":
            (left / "left").write_bytes(content)
        elif what == "burns":
            until = time.thread_time() + MOST_S * SLACK + 0.5
            while time.thread_time() < until:
                pass
        else:
            started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"]))
        return whole(content, **wishes)

    monkeypatch.setattr("gi_registry.origin.service.reading.open_geofile", careless)
    found = " ".join(complaints(place, make_shapefile(drop=".shx"), "缺 .shx", left))
    for process in started:
        process.kill()
        process.wait()
    assert {"leaves a file": "a file is left", "burns": "processor time", "outlives": "lives on"}[what] in found


def test_a_reader_that_hangs_is_ended(place, left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(outlines, "_WALL_S", 0.3)
    assert list(complaints(place, make_shapefile(), "读到一半就停了", left)) == []


def test_a_reader_that_eats_memory_or_time_is_ended(place, left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = "import sys; sys.path.insert(0, sys.argv.pop(2)); from gi_registry.bulk.geofiles.main import limit; limit(0); "
    for greed in ("x = bytearray(4_000_000_000)", "[None for _ in iter(int, 1)]", "sum(iter(int, 1))", "sys.exit(0)"):
        monkeypatch.setattr(outlines, "_PROGRAM", limited + greed)
        assert list(complaints(place, make_shapefile(), "读到一半就停了", left)) == []


def test_the_reader_knows_no_secret_and_no_network_module(monkeypatch: pytest.MonkeyPatch) -> None:
    spy = "import sys, os, json; sys.path.insert(0, sys.argv.pop(2)); import gi_registry.bulk.geofiles.main; "
    spy += "print(json.dumps({'refused': 'x', 'names': sorted(os.environ), 'modules': sorted(sys.modules)}))"
    monkeypatch.setenv("GI_SECRET_KEY", "a secret")
    monkeypatch.setattr(outlines, "_PROGRAM", spy)
    answer = outlines._asked(b"")
    assert not [name for name in answer["names"] if name.startswith("GI_")]
    loaded = set(answer["modules"])
    assert not loaded & {"socket", "urllib.request", "http.client", "pyogrio", "osgeo", "sqlalchemy", "flask", "gi_registry.db", "shapely"}
