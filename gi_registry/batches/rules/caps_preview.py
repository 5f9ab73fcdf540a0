"""Who loses what when a cap changes: the entitlement of each user before and after, beside what is reserved and used of it.

The figures are those of the entitlement itself, computed twice. Whoever decides sees them again; when they moved in between, the
decision waits (``digest`` tells).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from gi_registry.kernel.quantities import grouped


@dataclass(frozen=True)
class Row:
    """One user and zone: entitlement before and after, reserved and used, in grams or pieces."""

    authorisation_id: int
    zone: str
    before: int
    after: int
    reserved: int
    used: int

    @property
    def change(self) -> int:
        """How much the entitlement moves; negative for a loss."""
        return self.after - self.before

    @property
    def left(self) -> int:
        """What could still be reserved afterwards; negative where more is spoken for than is left."""
        return self.after - self.reserved - self.used

    @property
    def below_used(self) -> bool:
        """Whether more labels are in use than the new entitlement: ground QT-01 at night, beyond its tolerance."""
        return self.after < self.used

    @property
    def below_reserved(self) -> bool:
        """Whether labels that are handed out could no longer all be activated."""
        return not self.below_used and self.left < 0


@dataclass(frozen=True)
class Preview:
    """Every user with land, units, goods or labels of the GI and year, those who lose most first."""

    rows: tuple[Row, ...]

    @property
    def changed(self) -> tuple[Row, ...]:
        """The rows whose entitlement moves."""
        return tuple(row for row in self.rows if row.change)

    @property
    def losing(self) -> tuple[Row, ...]:
        """The rows that lose."""
        return tuple(row for row in self.rows if row.change < 0)

    @property
    def below(self) -> tuple[Row, ...]:
        """The rows that end below what they used."""
        return tuple(row for row in self.rows if row.below_used and row.change)

    @property
    def total(self) -> Row:
        """The sums."""
        columns = ("before", "after", "reserved", "used")
        return Row(0, "", *(sum(getattr(row, name) for row in self.rows) for name in columns))

    @property
    def cuts(self) -> bool:
        """Whether anybody loses."""
        return bool(self.losing)

    @property
    def figures(self) -> dict[str, int]:
        """What is kept of the preview with the proposal."""
        total = self.total
        return {
            "before": total.before,
            "after": total.after,
            "reserved": total.reserved,
            "used": total.used,
            "losing": len(self.losing),
            "below": len(self.below),
        }

    @property
    def seen(self) -> str:
        """The figures and their fingerprint as a form carries them: what the person who decides has seen."""
        figures = self.figures
        return ".".join(str(figures[name]) for name in FIGURES) + "." + self.digest

    @property
    def digest(self) -> str:
        """A fingerprint of every row."""
        lines = (
            f"{row.authorisation_id}|{row.zone}|{row.before}|{row.after}|{row.reserved}|{row.used}"
            for row in sorted(self.rows, key=lambda row: (row.authorisation_id, row.zone))
        )
        return sha256("\n".join(lines).encode()).hexdigest()[:32]


FIGURES = ("before", "after", "reserved", "used", "losing", "below")


def ordered(rows: Iterable[Row]) -> Preview:
    """Return a preview of the rows that say anything: below what is used first, then by what is lost."""
    told = [row for row in rows if row.before or row.after or row.reserved or row.used]
    return Preview(tuple(sorted(told, key=lambda row: (not (row.below_used and row.change), row.change, row.authorisation_id, row.zone))))


def figures_seen(seen: str) -> tuple[dict[str, int], str]:
    """Return the figures and the fingerprint that a form carried; empty for one that carried none."""
    parts = seen.split(".")
    if len(parts) != len(FIGURES) + 1 or not all(part.lstrip("-").isdigit() for part in parts[:-1]):
        return {}, ""
    return dict(zip(FIGURES, map(int, parts[:-1]), strict=True)), parts[-1]


def side_by_side(figures: Mapping[str, int], names: Mapping[str, str]) -> dict[str, object]:
    """Return figures by the words that a page shows beside them."""
    return {words: grouped(figures[name]) if name in figures else "—" for name, words in names.items()}
