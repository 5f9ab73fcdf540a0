"""An amendment beside the version in force: every figure twice, and the difference in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.draft import Content, Row
from gi_registry.reports.rules.figures import Figure, shown


@dataclass(frozen=True)
class Beside:
    """One figure in the version in force and in the amendment, in stored units; ``words`` is None where nothing changed."""

    figure: Figure
    before: int | None
    after: int | None
    words: Words | None
    reason: str = ""

    @property
    def before_shown(self) -> str:
        """The figure in force, for reading."""
        return shown(self.figure, self.before)

    @property
    def after_shown(self) -> str:
        """The amended figure, for reading."""
        return shown(self.figure, self.after)


def beside(before: Content, after: Content) -> tuple[Beside, ...]:
    """Return the figures of both versions in the order of the form, without those that neither states."""
    earlier: Mapping[str, Row] = {row.figure.key: row for row in before.rows}
    later: Mapping[str, Row] = {row.figure.key: row for row in after.rows}
    figures = {**{key: row.figure for key, row in earlier.items()}, **{key: row.figure for key, row in later.items()}}
    rows = (_beside(figure, earlier.get(key), later.get(key)) for key, figure in figures.items())
    return tuple(row for row in rows if row.before is not None or row.after is not None)


def change_in_words(figure: Figure, before: int | None, after: int | None) -> Words | None:
    """Return what happened to a figure; None when nothing did."""
    if before == after:
        return None
    if before is None:
        return say("新填")
    if after is None:
        return say("删去")
    by, unit = shown(figure, abs(after - before)), figure.measure.label
    return say("增加 %(by)s %(unit)s", by=by, unit=unit) if after > before else say("减少 %(by)s %(unit)s", by=by, unit=unit)


def _beside(figure: Figure, before: Row | None, after: Row | None) -> Beside:
    old, new = before.value if before else None, after.value if after else None
    return Beside(figure, old, new, change_in_words(figure, old, new), after.reason if after else "")
