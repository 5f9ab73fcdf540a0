"""What a paper of the registry consists of, before it is typeset: sentences, pairs and tables in no particular language.

The same data make the Chinese paper and its English reading; ``spoken`` writes them in one language. Nothing here is markup: what
people typed stays text, whatever characters it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime

from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.words import Words, say

Said = Words | str | date | datetime | int | None
"""What can stand in a paper: a sentence, a text as typed, a day, a moment (printed in Beijing time), a whole number, or nothing."""


@dataclass(frozen=True)
class Text:
    """One paragraph. ``style``: '' body, 'small' a note, 'strong' what must not be missed, 'item' one of a list."""

    text: Said
    style: str = ""


@dataclass(frozen=True)
class Pairs:
    """Terms and what stands for them: the party, the register entry."""

    rows: tuple[tuple[Said, Said], ...]


@dataclass(frozen=True)
class Column:
    """The head of a column. ``align``: left, right (numbers), code (hashes, that break anywhere). ``share``: relative width; 0 fits."""

    label: Said
    align: str = "left"
    share: int = 1


@dataclass(frozen=True)
class Table:
    """Rows under heads; the head is repeated on each page. ``roomy``: rows high enough to be filled in by hand."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Said, ...], ...]
    caption: Said = ""
    roomy: bool = False


Block = Text | Pairs | Table


@dataclass(frozen=True)
class Section:
    """A heading (may be empty) and what stands under it."""

    heading: Said
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Code:
    """A QR symbol: the address it holds and the sentence beside it."""

    address: str
    caption: Said


@dataclass(frozen=True)
class Paper:
    """All that a paper says. ``issued`` is its date and fixes its bytes; ``seal`` leaves the place for the seal of the authority."""

    title: Said
    number: str
    issued: date | datetime
    authority: Said = ""
    addressee: Said = ""
    facts: tuple[tuple[Said, Said], ...] = ()
    sections: tuple[Section, ...] = ()
    seal: bool = False
    code: Code | None = None
    notes: tuple[Said, ...] = ()
    subtitle: Said = ""

    def data(self) -> dict[str, object]:
        """Return the paper as a template takes it."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


def spoken(value: object, translate: Callable[[str], str]) -> object:
    """Return data as JSON in one language: sentences translated, days and moments written out, records as mappings with their kind.

    Raises TypeError for what has no place in a paper (a float, bytes).
    """
    if isinstance(value, Words):
        slots = {name: spoken(slot, translate) for name, slot in value.values.items()}
        text = translate(value.template) if value.template else ""  # gettext answers "" with the head of its catalogue
        return text % slots if slots else text
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        words = day_of(value)
        return str(words) if translate(words.template) == words.template else value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): spoken(item, translate) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [spoken(item, translate) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        body = {item.name: spoken(getattr(value, item.name), translate) for item in fields(value)}
        return {"kind": type(value).__name__.lower(), **body}
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a paper")


def day_of(on: date) -> Words:
    """Return a day as pages and papers write it: 2026年3月10日."""
    return say("%(year)s年%(month)s月%(day)s日", year=on.year, month=on.month, day=on.day)


def kept(value: object) -> object:
    """Return data as JSON that keeps sentences and dates apart from text, to be set again later; the other way round ``restored``."""
    if isinstance(value, Words):
        slots = {name: kept(slot) for name, slot in value.values.items()}
        return {"$words": value.template, "values": slots}
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, Mapping):
        return {str(name): kept(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [kept(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {"kind": type(value).__name__.lower(), **{item.name: kept(getattr(value, item.name)) for item in fields(value)}}
    return value


def restored(value: object) -> object:
    """Return data that ``kept`` packed; records come back as mappings with their kind, which are set alike."""
    if isinstance(value, list):
        return [restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$words" in value:
        return Words(str(value["$words"]), {name: restored(slot) for name, slot in value["values"].items()})
    if "$moment" in value:
        return datetime.fromisoformat(value["$moment"])
    if "$day" in value:
        return date.fromisoformat(value["$day"])
    return {name: restored(item) for name, item in value.items()}
