"""A Spark cluster of this machine: a master and two workers, processes of their own, on free ports of the loopback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

START_S = 60
WORKERS = 2


class ClusterMissing(Exception):
    """What a cluster needs is not installed; the text says what and how to get it."""


def _program() -> Path:
    try:
        import pyspark
    except ImportError:
        raise ClusterMissing("pyspark is not installed: pip install 'gi_registry[spark]'") from None
    if shutil.which("java") is None:
        raise ClusterMissing("Java is not installed: apt-get install openjdk-17-jre-headless")
    return Path(pyspark.__file__).parent / "bin" / "spark-class"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a master and its workers, and give the address of the master. Raises ClusterMissing."""
    program = _program()
    with ExitStack() as stack:
        options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        log = stack.enter_context(_started(program, folder, "master", ["org.apache.spark.deploy.master.Master", *options]))
        address = _said(log, r"Starting Spark master at (spark://\S+)")
        for number in range(WORKERS):
            limits = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work-{number}")]
            worker = ["org.apache.spark.deploy.worker.Worker", *options, *limits, address]
            joined = stack.enter_context(_started(program, folder, f"worker-{number}", worker))
            _said(joined, r"Successfully registered with master")
        yield address


@contextmanager
def _started(program: Path, folder: Path, name: str, arguments: list[str]) -> Iterator[Path]:
    log = folder / f"{name}.log"
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "512m"}
    with log.open("wb") as output:
        process = subprocess.Popen([program, *arguments], stdout=output, stderr=output, env=environment, start_new_session=True)
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _said(log: Path, words: str) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        found = re.search(words, log.read_text(errors="replace"))
        if found:
            return found.group(found.re.groups)
        time.sleep(0.2)
    raise AssertionError(f"{log.name} did not say {words!r}:\n{log.read_text(errors='replace')[-2000:]}")
