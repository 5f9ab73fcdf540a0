"""The demonstration: builds its database once, serves it with the scheduler, and says where to look.

The story comes from ``demo_data.load(database)``, which returns the lines to print (``{base}`` stands for the address);
``demo_walk.walk(base_url)`` walks it over HTTP, prints a line per step and returns whether each held. ``demo_data.NOW`` is the
moment (ISO 8601) at which its clock starts.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
COMMAND = str(Path(sys.executable).parent / "gi-registry")
READY_S = 60
STOP_S = 10


def main() -> int:
    """Build, serve, and either wait for Ctrl-C or walk and stop."""
    options = _options()
    signal.signal(signal.SIGTERM, _stop)
    if not options.check:
        return _show(VAR / "demo", options.port)
    VAR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="check-", dir=VAR) as folder:
        return _check(Path(folder), options.port or free_port())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/demo", description="Serve the demonstration on this machine.")
    parser.add_argument("--port", type=int, default=None, metavar="N", help="the port to serve on (8000; with --check a free one)")
    parser.add_argument(
        "--check", action="store_true", help="walk the whole main job over HTTP, print a line per step, stop; exit 0 if each held"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what was done in the demonstration and build it anew")
    options = parser.parse_args()
    if options.fresh:
        shutil.rmtree(VAR / "demo", ignore_errors=True)
    return options


def _show(folder: Path, port: int | None) -> int:
    base = f"http://127.0.0.1:{port or 8000}"
    _require_free(port or 8000)
    introduction = build(folder, base)
    with serving(folder, base) as children:
        print(introduction.replace("{base}", base))
        print("\nCtrl-C stops it.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while all(child.poll() is None for child in children):
                time.sleep(0.3)
            print(f"A process has ended; see {folder.relative_to(ROOT)}/*.log", file=sys.stderr)
            return 1
    return 0


def _check(folder: Path, port: int) -> int:
    base = f"http://127.0.0.1:{port}"
    build(folder, base)
    with serving(folder, base):
        held: bool = importlib.import_module("demo_walk").walk(base)
    return 0 if held else 1


# ---- the database --------------------------------------------------------------------------------------------------------------------


def build(folder: Path, base: str) -> str:
    """Create the database and load the story, unless both are there already; return what to tell the visitor."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, told = folder / "built-from", folder / "introduction.txt"
    if stamp.exists() and stamp.read_text(encoding="ascii") != _source():
        print("The demonstration has changed since it was built; it is built anew.")
        shutil.rmtree(folder)
        folder.mkdir()
    os.environ.update(environment(folder, base))
    if not stamp.exists():
        for stale in folder.glob("gi.sqlite3*"):
            stale.unlink()
        print("Building the demonstration …", flush=True)
        told.write_text("\n".join(_load()), encoding="utf-8")
        stamp.write_text(_source(), encoding="ascii")
    return told.read_text(encoding="utf-8")


def environment(folder: Path, base: str) -> dict[str, str]:
    """Return the settings of the demonstration; what the caller's environment says of the database wins."""
    key = folder / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32), encoding="ascii")
    now = getattr(_module("demo_data"), "NOW", "")
    return {
        "GI_DATABASE_URL": os.environ.get("GI_DATABASE_URL", f"sqlite:///{folder / 'gi.sqlite3'}"),
        "GI_SECRET_KEY": key.read_text(encoding="ascii"),
        "GI_PUBLIC_URL": base,
        "GI_SECURE_COOKIES": "0",
        **({"GI_DEMO_NOW": now} if now else {}),
    }


def _load() -> list[str]:
    from gi_registry.config import read_settings
    from gi_registry.db import Database
    from gi_registry.installation import upgrade_database

    settings = read_settings()
    database = Database(settings.database_url)
    upgrade_database(database, settings, demo=True)
    data = _module("demo_data")
    lines = data.load(database) if data else None
    database.engine.dispose()
    return ["", "gi_registry  {base}", *(lines or [])]


def _module(name: str) -> Any:
    sys.path[:0] = [] if str(ROOT / "scripts") in sys.path else [str(ROOT / "scripts")]
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def _source() -> str:
    """A digest of what the database was built from: migrations, geodata and the story."""
    digest = hashlib.sha256()
    parts = [*(ROOT / "migrations").rglob("*.py"), *(ROOT / "geodata").rglob("*.*"), *(ROOT / "scripts").glob("demo_data*/**/*.py")]
    for path in sorted({*parts, *(ROOT / "scripts").glob("demo_data*.py")}):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# ---- the processes -------------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(folder: Path, base: str, *, scheduler: bool = True) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the web server and the scheduler as children; end both, whatever happens."""
    children: list[subprocess.Popen[bytes]] = []
    with contextlib.ExitStack() as files:
        try:
            children.append(
                _start([COMMAND, "serve", "--port", base.rpartition(":")[2]], files.enter_context((folder / "serve.log").open("wb")))
            )
            if scheduler:
                children.append(_start([COMMAND, "scheduler"], files.enter_context((folder / "scheduler.log").open("wb"))))
            _wait_until_ready(base, children[0], folder / "serve.log")
            yield children
        finally:
            _end(children)


def _start(command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then ends its children in order.
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def _wait_until_ready(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/readyz", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    sys.exit(f"The server did not become ready. Its last words:\n{log.read_text(errors='replace')[-3000:]}")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def free_port() -> int:
    """Return a port of the loopback on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken. Try: ./scripts/demo --port {free_port()}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
