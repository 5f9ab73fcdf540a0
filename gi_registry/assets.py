"""Where templates, migrations and geodata lie: in a checkout beside the package, in a wheel under ``gi_registry._assets``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
NAMES = ("templates", "migrations", "geodata")


@cache
def asset_dir(name: str) -> Path:
    """Return the directory of ``templates``, ``migrations`` or ``geodata``; raise FileNotFoundError when it was not shipped."""
    if name not in NAMES:
        raise FileNotFoundError(f"There is no asset directory named {name!r}; there are {', '.join(NAMES)}.")
    for place in (PACKAGE / "_assets" / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"The directory {name!r} is not installed with gi_registry; install the package again.")
