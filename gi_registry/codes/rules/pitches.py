"""Sheets that labels are printed on: plain A4 that is cut, and A4 of pre-cut adhesive labels in sizes that shops sell. In millimetres.

Sizes that the special mark and a symbol of 20 mm do not fit on side by side or one above the other are not offered.
"""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say

A4_WIDTH, A4_HEIGHT = 210.0, 297.0
DESIGN_WIDTH, DESIGN_HEIGHT = 60.0, 45.0
"""The label as it was drawn; on a larger one everything is larger by the same factor."""


@dataclass(frozen=True)
class Pitch:
    """Columns and rows of labels on A4; ``step`` is from the left edge of one to that of the next, ``cut`` whether cut marks are drawn."""

    name: str
    title: Words
    columns: int
    rows: int
    width: float
    height: float
    step: float
    cut: bool

    @property
    def per_page(self) -> int:
        """How many labels a page has."""
        return self.columns * self.rows

    @property
    def left(self) -> float:
        """Where the first column starts; the labels stand in the middle of the page."""
        return (A4_WIDTH - (self.columns - 1) * self.step - self.width) / 2

    @property
    def bottom(self) -> float:
        """Where the lowest row starts."""
        return (A4_HEIGHT - self.rows * self.height) / 2 if not self.cut else 15.0

    @property
    def scale(self) -> float:
        """How much larger a label is than the design."""
        return min(self.width / DESIGN_WIDTH, self.height / DESIGN_HEIGHT)

    @property
    def cells(self) -> list[tuple[float, float]]:
        """The lower left corners of the labels, row by row from the top left."""
        places = (divmod(number, self.columns) for number in range(self.per_page))
        return [(self.left + column * self.step, self.bottom + (self.rows - 1 - row) * self.height) for row, column in places]


CUT = Pitch("60x45", say("普通 A4 纸裁切，60 × 45 毫米，每张 18 枚"), 3, 6, 60.0, 45.0, 60.0, cut=True)
PITCHES = {
    pitch.name: pitch
    for pitch in (
        CUT,
        Pitch("63.5x46.6", say("A4 不干胶，63.5 × 46.6 毫米，每张 18 枚"), 3, 6, 63.5, 46.6, 66.0, cut=False),
        Pitch("99.1x67.7", say("A4 不干胶，99.1 × 67.7 毫米，每张 8 枚"), 2, 4, 99.1, 67.7, 101.6, cut=False),
    )
}


def pitch_named(name: str) -> Pitch:
    """Return the sheet of a name (empty: plain A4); raise Invalid naming ``sheet`` for another."""
    found = PITCHES.get(name or CUT.name)
    if found is None:
        raise invalid("sheet", say("没有这种标签纸。"), say("可用：%(names)s。", names="、".join(PITCHES)), value=name[:20])
    return found
