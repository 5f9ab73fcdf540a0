"""What answers first: look-ups on the event loop, from memory and counted in groups; all else in Flask's threads below (``bridge``).

So a look-up waits for no form, file or report: when too many of those are under way they are asked to come again, look-ups last.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

from gi_registry.bridge import Bridge
from gi_registry.codes.rules.format import Malformed
from gi_registry.scans.connections import Busy, Gone
from gi_registry.scans.gather import Gathering
from gi_registry.scans.rules.client import PREVIEW_HEADERS
from gi_registry.verify.exchange import METHODS, OTHER_METHODS, Question, Reply, TracePage, fitting, is_trace
from gi_registry.verify.service import Found, begin, finish, uncounted

if TYPE_CHECKING:
    from gi_registry.verify.service import Counted
    from gi_registry.web.work import RegistryFlask

THREADS = 4
MOST_WAITING = 1_000
SHED = Counter("gi_scans_shed_total", "Look-ups that were asked to come again because too many waited for the database")
_HEADERS = {
    name.removeprefix("HTTP_").lower().replace("_", "-"): name
    for name in ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT", *PREVIEW_HEADERS)
}


class Front:
    """One process's answering: an RSGI application."""

    def __init__(self, app: RegistryFlask) -> None:
        self._page: TracePage = app.extensions["gi_trace"]
        self._bridge = Bridge(app.extensions["gi_inner"], most_bytes=self._page.settings.upload_bytes)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="trace")
        self._gathering = Gathering(self._page.desk.tally, ThreadPoolExecutor(1, thread_name_prefix="tally"))
        self._proxied = self._page.settings.trusted_proxies > 0
        self._waiting = 0

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        path: str = scope.path
        if not is_trace(path):
            await self._bridge.carry(scope, proto)
            return
        method = scope.method
        reply = await self._reply(path[3:], scope, counts=method == "GET") if method in METHODS else Reply(405, OTHER_METHODS, b"")
        if method == "HEAD":
            proto.response_empty(reply.status, [*reply.headers, ("content-length", str(len(reply.body)))])
        else:
            proto.response_bytes(reply.status, list(reply.headers), reply.body)

    async def _reply(self, text: str, scope: Any, *, counts: bool) -> Reply:
        question = self._page.question(text, self._environ(scope), counts=counts)
        try:
            counted = begin(self._page.desk, fitting(question.text), question.asked)
        except Malformed as problem:
            return self._page.malformed(question, problem.reason)
        if counted is None:
            return await self._in_thread(question, self._page.answer, question)
        if not await self._gathering.store(counted.slip):
            return await self._uncounted(question, counted, None)
        if counted.slip.problem is not None:
            return await self._uncounted(question, counted, counted.slip.problem)
        if counted.slip.result is None:  # checked before, on PostgreSQL: in a transaction of its own
            return await self._in_thread(question, self._counted_alone, question, counted)
        return self._page.told(question, finish(self._page.desk, counted, counted.slip.result))

    def _environ(self, scope: Any) -> dict[str, str]:
        headers = scope.headers
        environ = {"QUERY_STRING": scope.query_string, "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]")}
        for name, key in _HEADERS.items():
            value = headers.get(name)
            if value is not None:
                environ[key] = value
        if self._proxied:
            environ["HTTP_X_FORWARDED_FOR"] = ",".join(headers.get_all("x-forwarded-for"))
        return environ

    def _counted_alone(self, question: Question, counted: Counted) -> Reply:
        try:
            check = self._page.desk.tally.check_alone(counted.slip)
        except (Busy, Gone) as problem:
            uncounted(problem)
            return self._found_uncounted(question, counted)
        return self._page.told(question, finish(self._page.desk, counted, check))

    async def _uncounted(self, question: Question, counted: Counted, problem: Exception | None) -> Reply:
        uncounted(problem)
        return await self._in_thread(question, self._found_uncounted, question, counted)

    def _found_uncounted(self, question: Question, counted: Counted) -> Reply:
        """Answer from what is on file; this too may find the database gone."""
        try:
            found: Found = finish(self._page.desk, counted, None)
        except (Busy, Gone) as gone:
            return self._page.unavailable(question, gone)
        return self._page.told(question, found)

    async def _in_thread(self, question: Question, act: Any, *facts: object) -> Reply:
        if self._waiting >= MOST_WAITING:
            SHED.inc()
            return self._page.unavailable(question, Busy("too many look-ups wait for the database"))
        self._waiting += 1
        try:
            reply: Reply = await asyncio.get_running_loop().run_in_executor(self._pool, act, *facts)
        finally:
            self._waiting -= 1
        return reply
