"""Every request of the walked demonstration, sent again by a stranger, and again by its sender with ids of somebody else's.

The walk is the recording: whatever address and field people use there is tried, without a list to keep.
"""

from __future__ import annotations

import importlib
import re
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from demo_visitor import Sent, Visitor

pytestmark = pytest.mark.slow

STRANGERS = {"xian": "shanxian", "xianzhang": "shanzhang", "shanxian": "xian", "chou": "wuu"}  # of each producer else: chou
REGIONAL = {"shi", "sheng", "guojia", "shenji", "anquan"}  # whose region holds the whole demonstration
ROW = re.compile(r"/\d+(?=/|$|\?)")
SHUT = {401, 403, 404}
REFUSED = {403, 404, 409, 422}


@dataclass
class Recording:
    """A demonstration that was walked, is still served, and what was asked of it."""

    base: str
    database: Path
    sent: list[Sent]
    visitors: dict[str, Visitor]

    def visitor(self, login: str) -> Visitor:
        """Return a signed-in person."""
        from demo_data import PASSWORD

        if login not in self.visitors:
            self.visitors[login] = Visitor(self.base).sign_in(login, PASSWORD)
        return self.visitors[login]

    def again(self, login: str, sent: Sent, values: list[tuple[str, str]]) -> Any:
        """Send a request again as somebody, with a token of their own, and return the answer."""
        visitor = self.visitor(login)
        if sent.method == "GET":
            return visitor.get(sent.path)
        page = visitor.get("/home")
        token = page.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        fresh = {"csrf_token": token, "form_key": secrets.token_hex(8), "idempotency_key": secrets.token_hex(8)}
        sent_values = [(name, value) for name, value in values if name not in fresh]
        return visitor.post(self.base + sent.path, [*sent_values, *fresh.items()], dict(sent.files) if sent.files else None)

    def ask(self, statement: str) -> Any:
        """Read the database beside the server."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(statement).fetchall()

    def leaves(self) -> int:
        """Return the size of the log: nothing changes without a leaf."""
        return int(self.ask("SELECT count(*) FROM log_leaf")[0][0])


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """Build, serve and walk the demonstration; no scheduler, so that only what is asked here can write."""
    demo, walk = importlib.import_module("demo"), importlib.import_module("demo_walk")
    folder = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GI_DATABASE_URL", f"sqlite:///{folder / 'gi.sqlite3'}")
        base = f"http://127.0.0.1:{demo.free_port()}"
        for name, value in demo.environment(folder, base).items():
            patch.setenv(name, value)
        demo.build(folder, base)
        patch.setattr(Visitor, "journal", [])
        with demo.serving(folder, base, scheduler=False):
            assert walk.walk(base), "the walk itself must hold"
            sent, Visitor.journal = list(dict.fromkeys(Visitor.journal or [])), None
            yield Recording(base, folder / "gi.sqlite3", sent, {})


def stranger_of(login: str) -> str:
    """Return somebody of the same trade elsewhere."""
    return STRANGERS.get(login, "chou")


def of_a_row(sent: Sent) -> bool:
    """Say whether a request of a person names a row that has an owner or a region."""
    return (
        bool(sent.login)
        and sent.login not in REGIONAL
        and bool(ROW.search(sent.path))
        and not sent.path.startswith(("/registry", "/abnormal"))
    )


def test_a_stranger_gets_nowhere_with_any_recorded_request(recording: Recording) -> None:
    before = recording.leaves()
    tried, open_doors = 0, []
    for sent in filter(of_a_row, recording.sent):
        answer = recording.again(stranger_of(sent.login), sent, list(sent.values))
        tried += 1
        if answer.status not in SHUT:
            open_doors.append((sent.login, sent.method, sent.path, answer.status))
    assert open_doors == []
    assert tried >= 50
    assert recording.leaves() == before


FOREIGN = {
    "product_id": "SELECT id FROM product WHERE authorisation_id IN (SELECT id FROM authorisation WHERE number LIKE 'SC-%') LIMIT 1",
    "batch_id": "SELECT id FROM batch WHERE authorisation_id IN (SELECT id FROM authorisation WHERE number LIKE 'SC-%') LIMIT 1",
    "plot": "SELECT id FROM plot WHERE authorisation_id IN (SELECT id FROM authorisation WHERE number LIKE 'SS-%') LIMIT 1",
    "document_id": "SELECT max(id) FROM document WHERE owner_org_id IS NOT NULL",
}
CRAB = {"jia", "yi", "bing", "wu", "ji"}  # whose own rows none of these are


def with_foreign_ids(recording: Recording, sent: Sent) -> Iterator[list[tuple[str, str]]]:
    """Yield the values of a form, each time with one id that is somebody else's."""
    for index, (name, value) in enumerate(sent.values):
        kind = "plot" if re.fullmatch(r"plot_\d+", name) else name
        if kind not in FOREIGN or not value:
            continue
        foreign = str(recording.ask(FOREIGN[kind])[0][0])
        changed = (f"plot_{foreign}", value) if kind == "plot" else (name, foreign)
        yield [*sent.values[:index], changed, *sent.values[index + 1 :]]


def test_an_id_of_somebody_elses_in_ones_own_form_is_refused(recording: Recording) -> None:
    before = recording.leaves()
    tried, accepted = 0, []
    for sent in recording.sent:
        if sent.method != "POST" or sent.login not in CRAB:
            continue
        for values in with_foreign_ids(recording, sent):
            answer = recording.again(sent.login, sent, values)
            tried += 1
            if answer.status not in REFUSED:
                accepted.append((sent.login, sent.path, answer.status))
    assert accepted == []
    assert tried >= 3
    assert recording.leaves() == before


def test_the_control_the_sender_itself_gets_in(recording: Recording) -> None:
    """What shuts the stranger out is whose it is: the same pages open for who asked first."""
    pages = [sent for sent in recording.sent if of_a_row(sent) and sent.method == "GET"]
    opened = [recording.again(sent.login, sent, []).status for sent in pages]
    assert opened.count(200) >= len(pages) * 3 // 5
