"""What a person states beside what the registry knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gi_registry.kernel.words import Words
from gi_registry.reports.rules.figures import SECTION_LABELS, TEXTS, Figure, Section, TextField, shown, typed
from gi_registry.reports.rules.lists import LISTS, ListField, ListRow


@dataclass(frozen=True)
class Known:
    """A figure the registry has: the value in stored units, where it comes from, and the page that shows the rows behind it."""

    value: int
    source: Words
    link: str = ""


@dataclass(frozen=True)
class Stated:
    """A figure as a person stated it. ``follows`` marks one taken over from the registry: until filing it moves with the ledger."""

    value: int | None
    reason: str = ""
    follows: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the form or check page: the figure, its value now, what the registry knows, and why they differ."""

    figure: Figure
    value: int | None
    known: Known | None
    reason: str = ""
    chosen: bool | None = None

    @property
    def public(self) -> bool:
        """Whether the figure may be published: as the writer chose, else as the figure is by default."""
        return self.figure.public if self.chosen is None else self.chosen

    @property
    def unexplained(self) -> bool:
        """Whether it differs from the registry without a reason."""
        return self.changed and self.value is not None and not self.reason.strip()

    @property
    def changed(self) -> bool:
        """Whether a person stated something else than the registry knows."""
        return self.known is not None and self.value != self.known.value

    @property
    def typed(self) -> str:
        """The value as one would type it."""
        return typed(self.figure, self.value)

    @property
    def shown(self) -> str:
        """The value for reading."""
        return shown(self.figure, self.value)

    @property
    def known_shown(self) -> str:
        """The registry's value for reading."""
        return shown(self.figure, self.known.value if self.known is not None else None)

    @property
    def prefilled(self) -> bool:
        """Whether the value is the registry's own."""
        return self.known is not None and not self.changed


@dataclass(frozen=True)
class Content:
    """The content of a report: nil or figures with texts and lists, beside the registry's figures at that moment.

    ``photos`` are the SHA-256 of the photos by kind.
    """

    rows: tuple[Row, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    nil: bool = False
    nil_since: str = ""
    nil_reason: str = ""
    lists: Mapping[str, tuple[ListRow, ...]] = field(default_factory=dict)
    photos: Mapping[str, str] = field(default_factory=dict)

    def value(self, key: str) -> int | None:
        """Return the value of one figure; None when it is not asked or not stated."""
        return next((row.value for row in self.rows if row.figure.key == key), None)

    @property
    def core_count(self) -> int:
        """How many figures must be there."""
        return sum(row.figure.core for row in self.rows)

    @property
    def prefilled_count(self) -> int:
        """How many of these the registry filled in."""
        return sum(row.figure.core and row.known is not None for row in self.rows)


@dataclass(frozen=True)
class Part:
    """One section of the form: its figures (by marking mode where they have one) and its sentences with their text."""

    section: Section
    label: Words
    rows: tuple[Row, ...]
    texts: tuple[tuple[TextField, str], ...]
    lists: tuple[tuple[ListField, tuple[ListRow, ...]], ...] = ()

    @property
    def worth_showing(self) -> bool:
        """Whether there is anything to read: a figure that is stated or must be, or a sentence."""
        stated = any(row.value is not None or row.figure.core for row in self.rows)
        return stated or any(text for _field, text in self.texts) or any(rows for _field, rows in self.lists)

    @property
    def modes(self) -> tuple[str, ...]:
        """The marking modes of the section's figures; the empty one stands for figures without."""
        return tuple(dict.fromkeys(row.figure.mode for row in self.rows))


def parts(content: Content) -> tuple[Part, ...]:
    """Return the content by section, in the order of the form."""
    return tuple(
        Part(
            section,
            label,
            tuple(row for row in content.rows if row.figure.section == section),
            tuple((field, content.texts.get(field.key, "")) for field in TEXTS if field.section == section),
            tuple(
                (field, tuple(content.lists.get(field.key, ()))) for field in LISTS if field.section == section and _asked(field, content)
            ),
        )
        for section, label in ((Section(key), label) for key, label in SECTION_LABELS.items())
    )


def _asked(field: ListField, content: Content) -> bool:
    """Suppliers are asked where raw material may be bought in; the other lists always."""
    return field.key != "supply_rows" or any(row.figure.key == "raw_material" for row in content.rows)


def merge(
    figures: Sequence[Figure], stated: Mapping[str, Stated], known: Mapping[str, Known], *, choices: Mapping[str, bool] | None = None
) -> tuple[Row, ...]:
    """Return a row per figure: what was stated, or what the registry knows where nothing was stated or the figure follows it.

    ``choices`` say of figures whether they may be published, where the writer chose.
    """
    rows = (_row(figure, stated.get(figure.key), known.get(figure.key)) for figure in figures)
    return tuple(replace(row, chosen=choices.get(row.figure.key)) if choices else row for row in rows)


def _row(figure: Figure, stated: Stated | None, known: Known | None) -> Row:
    if known is not None and (stated is None or stated.follows):
        return Row(figure, known.value, known)
    if stated is None:
        return Row(figure, None, known)
    return Row(figure, stated.value, known, stated.reason)


def kept(row: Row) -> Stated:
    """Return what to keep of a row in a draft: a value equal to the registry's follows it from now on."""
    return Stated(row.value, "" if row.prefilled else row.reason, follows=row.prefilled)
