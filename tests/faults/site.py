"""A small register behind the application, asked as people ask it: forms, pages, health, and the trace page of a printed code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from gi_registry.app import create_app
from gi_registry.config import read_settings
from gi_registry.db import Database
from gi_registry.verify.rules.labels import AWAY
from gi_registry.workflow import open_work
from tests.builders.accounts import sign_in, token
from tests.builders.scans import make_labels
from tests.faults.load import Desk, make_desks, on_file, unsound
from tests.faults.processes import SECRET_KEY


@dataclass
class Site:
    """The application, a producer's browser, and the code on one of its labels."""

    app: Any
    client: Any
    database: Database
    desk: Desk
    code: str
    csrf: str
    printed: frozenset[str]
    """What was wrong from the start: the builder of labels puts rows on file without the log."""

    def declare(self, number: int = 0, *, key: str = "", accept: str = "text/html") -> Any:
        """Send the ``number``-th form, a key of its own on it unless one is given."""
        path, form = self.desk.form(number)
        data = {"csrf_token": self.csrf, "form_key": key or secrets.token_urlsafe(12), **form}
        return self.client.post(path, data=data, headers={"Accept": accept})

    def trace(self, *, as_json: bool = False) -> Any:
        """Look the code up as a phone does."""
        return self.client.get(f"/T/{self.code}", query_string={"format": "json"} if as_json else None)

    def status(self, path: str) -> int:
        """Return the status of a page."""
        found: int = self.client.get(path).status_code
        return found

    def rows(self) -> set[str]:
        """Return the addresses of the producer's rows."""
        return on_file(self.database, [self.desk])

    def unsound(self) -> list[str]:
        """Return what is wrong with the books."""
        return [line for line in unsound(self.database) if line not in self.printed]


def make_site(database: Database) -> Site:
    """Return a site with one producer, signed in, and one label that was never checked."""
    [desk] = make_desks(database, writers=1)
    with open_work(database) as work:
        code = make_labels(work).code(7)
    app = app_on(database)
    client = app.test_client()
    sign_in(client, desk.login)
    return Site(app, client, database, desk, code, token(client, "/home"), frozenset(unsound(database)))


def app_on(database: Database) -> Any:
    """Return the application as a new worker would make it."""
    settings = read_settings({}, database_url=database.url, secret_key=SECRET_KEY, secure_cookies=False)
    return create_app(settings, database)


def says_it_cannot_tell(answer: Any) -> bool:
    """Say whether a trace page tells that it cannot answer, and tells nothing else of the code."""
    machine = answer.mimetype != "text/html"
    silent = (
        set(answer.json) <= {"type", "title", "status"} if machine else str(AWAY) in answer.text and "这不说明标识码有问题" in answer.text
    )
    return answer.status_code == 503 and "Retry-After" in answer.headers and silent
