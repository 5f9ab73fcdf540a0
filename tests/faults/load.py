"""Writers that fill in real forms over HTTP, send each until it is answered, and remember every answer.

What a writer was told is kept by the address that the answer points to: the row of that address must exist, once. A form keeps its key
through every try, as a browser's does.
"""

from __future__ import annotations

import http.client
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlmodel import Session

from gi_registry.accounts.models import Organisation
from gi_registry.batches.models import Batch, LedgerEntry
from gi_registry.codes.models import Allotment
from gi_registry.codes.service.keys import ensure_key
from gi_registry.db import Database
from gi_registry.kernel.clock import legal_date, utc_now
from gi_registry.log.verification import verify
from gi_registry.policy.service import seed
from gi_registry.registry.models import Gi
from gi_registry.workflow import open_work
from tests.builders.accounts import PASSWORD, make_person
from tests.builders.batches import make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_organisation, make_product
from tests.faults.processes import HOST, PATIENCE_S, SECRET_KEY

WRITERS = 4
TABLES = {"batches": Batch, "allotments": Allotment}


@dataclass(frozen=True)
class Desk:
    """Where one writer works: one authorisation of one organisation."""

    login: str
    authorisation_id: int
    product_id: int
    plot_id: int
    year: int

    def form(self, number: int) -> tuple[str, dict[str, object]]:
        """Return the ``number``-th form: by turns a harvest declared and codes ordered."""
        base = f"/authorisations/{self.authorisation_id}"
        if number % 2:
            return f"{base}/codes", {"product_id": self.product_id, "year": self.year, "count": 10}
        harvest = {"kind": "harvest", "product_id": self.product_id, "harvested_on": date(self.year, 9, 25), "harvest_year": self.year}
        return f"{base}/batches/new", harvest | {f"plot_{self.plot_id}": 3}


def make_desks(database: Database, *, writers: int = WRITERS) -> list[Desk]:
    """Return one desk per writer, with land enough for every code they will order."""
    year = legal_date(utc_now()).year - 1
    with open_work(database) as work:
        seed(work)
        ensure_key(work, SECRET_KEY)
        return [_make_desk(work, f"writer{number}", year) for number in range(writers)]


def _make_desk(work: Any, login: str, year: int) -> Desk:
    organisation: Organisation = make_organisation(work)
    authorisation = make_authorisation(work, organisation=organisation)
    gi = work.session.get(Gi, authorisation.gi_id)
    make_area(work, gi)
    plot = make_plot(work, authorisation)
    make_cap(work, gi, year=year, per_mu="1000000", decided_on=date(year, 3, 1))
    product = make_product(work, authorisation)
    make_person(work, "producer_operator", "producer_approver", login=login, organisation=organisation)
    return Desk(login, authorisation.id or 0, product.id or 0, plot.id or 0, year)


class Browser:
    """A connection, a session cookie and the token of its forms."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._cookie = self._token = ""

    def sign_in(self, login: str) -> None:
        """Sign in, and read the token that later forms carry."""
        self._read_token("/sign-in")
        status, _where = self.post("/sign-in", {"login": login, "password": PASSWORD}, keep_cookie=True)
        assert status == 303, f"sign-in answered {status}"
        self._read_token("/home")

    def post(self, path: str, form: dict[str, object], *, keep_cookie: bool = False) -> tuple[int, str]:
        """Send a form and return the status and where the answer points, else its text. Raises what the connection raises."""
        body = urlencode({"csrf_token": self._token, **form})
        status, headers, text = self._send("POST", path, body)
        if keep_cookie:
            self._keep(headers)
        return status, headers.get("Location") or text

    def _read_token(self, path: str) -> None:
        _status, headers, text = self._send("GET", path)
        self._keep(headers)
        self._token = text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    def _keep(self, headers: http.client.HTTPMessage) -> None:
        for cookie in headers.get_all("Set-Cookie") or ():
            self._cookie = cookie.split(";", 1)[0]

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, http.client.HTTPMessage, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self._port, timeout=PATIENCE_S)
        try:
            headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise


@dataclass
class Load:
    """The writers at work. ``told`` holds every acknowledged address; ``again`` counts forms that had to be sent more than once."""

    desks: list[Desk]
    port: int
    told: list[str] = field(default_factory=list)
    again: int = 0
    strange: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _open: bool = False
    _busy: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)
    _abandoned: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Load]:
        """Write for the length of the block; then let each writer finish the form it holds."""
        browsers = [Browser(self.port) for _desk in self.desks]
        for browser, desk in zip(browsers, self.desks, strict=True):
            browser.sign_in(desk.login)
        self.go_on()
        threads = [threading.Thread(target=self._write, args=pair) for pair in zip(browsers, self.desks, strict=True)]
        for thread in threads:
            thread.start()
        try:
            yield self
        except BaseException:
            self._abandoned.set()
            raise
        finally:
            self._ended.set()
            self.go_on()
            for thread in threads:
                thread.join(PATIENCE_S)
        assert not any(thread.is_alive() for thread in threads)

    def wait_for_more(self, count: int) -> None:
        """Wait until ``count`` more answers came."""
        with self._changed:
            goal = len(self.told) + count
            assert self._changed.wait_for(lambda: len(self.told) >= goal or self.strange, PATIENCE_S), "the writers stand still"

    def hold(self) -> None:
        """Let nobody send anything until ``go_on``: the server is going away. What is on its way stays on its way."""
        with self._changed:
            self._open = False

    def wait_until_idle(self) -> None:
        """After ``hold``: wait until everything on its way was answered."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._busy == 0, PATIENCE_S), "a form is not answered"

    def go_on(self) -> None:
        """The server is back."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def _write(self, browser: Browser, desk: Desk) -> None:
        number = 0
        while not self._ended.is_set():
            path, form = desk.form(number)
            where = self._until_answered(browser, path, form={**form, "form_key": secrets.token_urlsafe(12)})
            number += 1
            with self._changed:
                self.told += [where] if where else []
                self._changed.notify_all()

    def _until_answered(self, browser: Browser, path: str, *, form: dict[str, object]) -> str:
        tries = 0
        while not self._abandoned.is_set():
            self.again += tries == 1
            tries += 1
            with suppress(OSError, http.client.HTTPException), self._on_its_way():
                status, where = browser.post(path, form)
                if status == 303:
                    return where
                if status != 503:
                    self.strange.append(f"{path}: {status} {_told(where)}")
                    return ""
        return ""

    @contextmanager
    def _on_its_way(self) -> Iterator[None]:
        with self._changed:
            assert self._changed.wait_for(lambda: self._open, 2 * PATIENCE_S), "nobody opened again"
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def lost(self, database: Database) -> set[str]:
        """Return what was acknowledged and is not on file."""
        return set(self.told) - on_file(database, self.desks)


def _told(page: str) -> str:
    """Return what a page says, for the one who reads a failure."""
    return re.sub(r"<[^>]+>|\s+", " ", page.partition("<main")[2])[:600]


def on_file(database: Database, desks: list[Desk]) -> set[str]:
    """Return the addresses of every row that the writers made."""
    ids = [desk.authorisation_id for desk in desks]
    with database.session(writable=False) as session:
        return {
            f"/{name}/{row_id}"
            for name, model in TABLES.items()
            for row_id in session.execute(select(model.id).where(model.authorisation_id.in_(ids))).scalars()
        }


def unsound(database: Database) -> list[str]:
    """Return what is wrong with the books: the log's problems, years of the ledger that do not sum to zero, SQLite's own findings."""
    with database.session(writable=False) as session:
        found = [f"{problem.kind} {problem.table} {problem.row_id}" for problem in verify(session).problems]
        return found + _unbalanced(session) + _damaged(session)


def _unbalanced(session: Session) -> list[str]:
    sums = select(LedgerEntry.transfer_id, func.sum(LedgerEntry.amount)).group_by(LedgerEntry.transfer_id)
    return [f"transfer {transfer}: {total}" for transfer, total in session.execute(sums) if total]


def _damaged(session: Session) -> list[str]:
    if session.get_bind().dialect.name != "sqlite":
        return []
    answer = session.connection().exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [] if answer == ["ok"] else list(map(str, answer))
