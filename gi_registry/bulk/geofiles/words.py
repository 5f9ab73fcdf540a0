"""What the readers share: the refusal, the limits, a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_FEATURES = 200_000
MOST_POINTS = 1_000_000
MOST_DEPTH = 64

Geometry = dict[str, Any]
Feature = dict[str, Any]


class Refused(Exception):
    """The file is refused; the word says why, the value names what."""

    def __init__(self, why: str, value: str = "") -> None:
        super().__init__(why)
        self.why, self.value = why, value


@dataclass
class Read:
    """What a layer gave: its features, the system its numbers are in as it says, the encoding of its table, and remarks as words."""

    features: list[Feature] = field(default_factory=list)
    crs: str = ""
    encoding: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)

    def note(self, word: str, value: object = "") -> None:
        """Remark something once."""
        if (word, str(value)) not in self.notes:
            self.notes.append((word, str(value)))


@dataclass(frozen=True)
class Layer:
    """One layer that can be chosen: its name, how many features it has, and how to read them (given the wished encoding)."""

    name: str
    count: int
    kind: str
    read: Callable[[str], Read]


class Points:
    """Counts positions and refuses more than a file may have."""

    def __init__(self) -> None:
        self.left = MOST_POINTS

    def take(self, count: int) -> None:
        """Count some more; raise Refused beyond the limit."""
        self.left -= count
        if count < 0 or self.left < 0:
            raise Refused("too-many-points", str(MOST_POINTS))


def number(text: str) -> float | str:
    """Return a coordinate as a number, or as the text it is where it is none (which is refused later, with its place)."""
    try:
        value = float(text)
    except ValueError:
        return text[:40]
    return value if abs(value) < 1e12 else text[:40]
