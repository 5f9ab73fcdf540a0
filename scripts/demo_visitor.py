"""A visitor without a browser: follows links, fills in the forms of a page as a person would, keeps cookies."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

COMMAND = str(Path(sys.executable).parent / "gi-registry")
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"


class Unexpected(AssertionError):
    """A step did not hold."""


@dataclass
class Form:
    """A form of a page: where it goes and what it holds."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select, self._text = "", ""
        self._area: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        if not self.forms:
            return
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and name:
            self._input(form, name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or not any(key == self._select for key, _ in form.values)):
            form.values = [(key, value) for key, value in form.values if key != self._select]
            form.values.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._text, self._area = name, []

    @staticmethod
    def _input(form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "file":
            form.files.add(name)
        elif kind in {"checkbox", "radio"}:
            if "checked" in given:
                form.values.append((name, given.get("value", "on")))
        elif kind != "submit":
            form.values.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea" and self._text:
            self.forms[-1].values.append((self._text, "".join(self._area)))
            self._text = ""


@dataclass
class Page:
    """An answer."""

    status: int
    address: str
    text: str
    content: bytes
    headers: Any

    def forms(self) -> list[Form]:
        """Return the forms of the page."""
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def json(self) -> Any:
        """Return the answer as JSON."""
        return json.loads(self.text)

    def expect(self, *texts: str, status: int = 200) -> Page:
        """Raise Unexpected unless the answer has the status and holds every text."""
        if self.status != status:
            raise Unexpected(f"{self.address}: {self.status} 而不是 {status}: {_plain(self.text)[:300]}")
        for text in texts:
            if text not in self.text:
                raise Unexpected(f"{self.address}: 没有“{text}”: {_plain(self.text)[:300]}")
        return self

    def lacks(self, *texts: str) -> Page:
        """Raise Unexpected when the page holds one of the texts."""
        for text in texts:
            if text in self.text:
                raise Unexpected(f"{self.address}: 不应有“{text}”")
        return self


def _plain(text: str) -> str:
    class Text(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[str] = []

        def handle_data(self, data: str) -> None:
            self.parts.append(data.strip())

    parser = Text()
    parser.feed(text.split("<main", 1)[-1])
    return " ".join(part for part in parser.parts if part)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kw: Any) -> None:
        return None


@dataclass(frozen=True)
class Sent:
    """A request as it was sent: by whom (empty: the public), how, where, with what."""

    login: str
    method: str
    path: str
    values: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, tuple[str, bytes]], ...] = ()


class Visitor:
    """Someone at a browser. A ``journal`` that is set keeps what every visitor asked with success, so that it can be tried again."""

    journal: ClassVar[list[Sent] | None] = None

    def __init__(self, base: str, *, agent: str = PHONE) -> None:
        self.base, self.agent, self.login = base, agent, ""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar, _NoRedirect())

    def get(self, path: str, **headers: str) -> Page:
        """Open an address and follow where it leads."""
        target = urllib.parse.urljoin(self.base, path)
        answer = self._send(urllib.request.Request(target, headers={"User-Agent": self.agent, **headers}))
        return self._noted(answer, Sent(self.login, "GET", target.removeprefix(self.base)))

    def submit(
        self, path: str, data: dict[str, Any] | None = None, *, action: str = "", files: dict[str, tuple[str, bytes]] | None = None
    ) -> Page:
        """Open ``path``, fill in the form whose action ends with ``action`` (the page's main form by default) and send it."""
        page = self.get(path)
        page.expect()
        found = [form for form in page.forms() if form.action.split("?")[0].endswith(action or path.split("?", maxsplit=1)[0])]
        if not found:
            raise Unexpected(f"{path}: 没有提交到 {action or path} 的表单: {_plain(page.text)[:300]}")
        return self.send(found[0], data or {}, files=files or {}, page=page)

    def send(self, form: Form, data: dict[str, Any], *, files: dict[str, tuple[str, bytes]], page: Page) -> Page:
        """Send a form of a page with some values changed."""
        values = [(name, value) for name, value in form.values if name not in data]
        for name, value in data.items():
            values += [(name, str(item)) for item in (value if isinstance(value, list | tuple) else [value])]
        target = urllib.parse.urljoin(page.address, form.action)
        answer = self.post(target, values, files if form.files else None)
        return self._noted(answer, Sent(self.login, "POST", target.removeprefix(self.base), tuple(values), tuple(files.items())))

    def post(self, target: str, values: list[tuple[str, str]], files: dict[str, tuple[str, bytes]] | None) -> Page:
        """Post values, and files where the form has any (None: it has not)."""
        body, kind = (
            _multipart(values, files)
            if files is not None
            else (urllib.parse.urlencode(values).encode(), "application/x-www-form-urlencoded")
        )
        return self._send(urllib.request.Request(target, data=body, headers={"Content-Type": kind, "User-Agent": self.agent}))

    def sign_in(self, login: str, password: str) -> Visitor:
        """Sign in."""
        self.submit("/sign-in", {"login": login, "password": password}).expect()
        self.login = login
        return self

    @staticmethod
    def _noted(answer: Page, sent: Sent) -> Page:
        if Visitor.journal is not None and answer.status < HTTPStatus.BAD_REQUEST:
            Visitor.journal.append(sent)
        return answer

    def _send(self, request: urllib.request.Request) -> Page:
        for _ in range(6):
            try:
                answer = self._opener.open(request, timeout=60)
            except urllib.error.HTTPError as error:
                answer = error  # type: ignore[assignment]  # an error is an answer
            content = answer.read()
            if answer.status not in {301, 302, 303}:
                return Page(answer.status, request.full_url, content.decode("utf-8", "replace"), content, answer.headers)
            target = urllib.parse.urljoin(request.full_url, answer.headers["Location"])
            request = urllib.request.Request(target, headers={"User-Agent": self.agent})
        raise Unexpected(f"{request.full_url}: 一直在转向")


def _multipart(values: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in values]
    for name, (filename, content) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def found(match: re.Match[str] | None, what: str) -> str:
    """Return what a pattern found, or say what is missing."""
    if match is None:
        raise Unexpected(f"没有找到{what}")
    return match.group(1) if match.groups() else match.group(0)


def command(*words: str, database: str = "", fails: bool = False) -> Any:
    """Run gi-registry and return what it says as JSON."""
    environment = {**os.environ, **({"GI_DATABASE_URL": database} if database else {})}
    done = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False, env=environment)
    if (done.returncode != 0) is not fails:
        raise Unexpected(f"gi-registry {' '.join(words)}: {done.returncode} {done.stdout[-300:]}{done.stderr[-300:]}")
    return json.loads(done.stdout)
