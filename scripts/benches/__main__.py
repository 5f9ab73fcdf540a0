"""``./scripts/bench [NAME…] [--json FILE]``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from benches.frame import Figure

FRAME = {"__init__", "__main__", "frame", "scanning"}


def names() -> list[str]:
    """Return the benchmarks there are."""
    return sorted(path.stem.replace("_", "-") for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem not in FRAME)


def figures(name: str) -> list[Figure]:
    """Run one benchmark; ``scan:sqlite`` runs ``scan`` and keeps the lines of that database."""
    module = importlib.import_module("benches." + name.partition(":")[0].replace("-", "_"))
    found: list[Figure] = module.run()
    return [figure for figure in found if ":" not in name or figure.name == name]


def show(name: str, out: TextIO | None) -> bool:
    """Run, print and write one benchmark; say whether it gave a figure."""
    found = figures(name)
    for figure in found:
        print(figure.line(), flush=True)
        if out:
            out.write(json.dumps(figure.as_json(), ensure_ascii=False) + "\n")
            out.flush()
    return bool(found)


def main() -> int:
    """Run the benchmarks that were named, or all."""
    parser = argparse.ArgumentParser(prog="./scripts/bench", description="Benchmarks with their ceiling and peer of the same run.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of: {', '.join(names())}; name:sqlite or name:postgresql for one database"
    )
    parser.add_argument("--json", metavar="FILE", help="append one object per line")
    options = parser.parse_args()
    unknown = [name for name in options.names if name.partition(":")[0] not in names()]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    with ExitStack() as files:
        out = files.enter_context(Path(options.json).open("a", encoding="utf-8")) if options.json else None
        results = [show(name, out) for name in options.names or names()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
