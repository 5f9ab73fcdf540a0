"""What is doubtful in an area as announced: said beside it, never put right in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shapely.geometry.base import BaseGeometry

from gi_registry.divisions import queries as places
from gi_registry.divisions import service as divisions
from gi_registry.divisions.rules.units import Found, Unit
from gi_registry.kernel.words import Words
from gi_registry.origin.rules.announced import Box, read_box
from gi_registry.origin.rules.doubts import Stated, doubts
from gi_registry.origin.rules.wording import Listing, read_listing
from gi_registry.origin.schemas import AreaFields
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work


def doubts_of(work: Work, gi: Gi, fields: AreaFields, outline: BaseGeometry | None) -> tuple[Words, ...]:
    """Return a sentence for each doubt about an announced text and list of units beside the outline; a foreign GI raises none."""
    if gi.country != "CN" or not (fields.text or fields.place_list):
        return ()
    stated = read_stated(work, gi, fields, outline)
    return tuple(sentence for _kind, sentence in doubts(stated))


def read_stated(work: Work, gi: Gi, fields: AreaFields, outline: BaseGeometry | None) -> Stated:
    """Return an announced area with its units at the day from which it holds (today where it holds from ever)."""
    listing, on = read_listing(fields.text), fields.valid_from or work.today
    region = [gi.division_code] if gi.division_code else []
    units, strays = _units(work, listing, fields.place_list or list(listing.every), region=region, on=on)
    return Stated(
        text=fields.text,
        places=tuple(fields.place_list),
        listing=listing,
        announced=read_box(fields.text),
        units=units,
        head=listing.inside,
        strays=strays,
        outline=_box_of(outline),
        counties=places.boxes_around(work.session, [place.path for unit in units for place in unit.places]),
        levels=places.levels_within(work.session, region),
    )


def _units(
    work: Work, listing: Listing, names: Sequence[str], *, region: Sequence[str], on: date
) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """Return what each name meant, looked up in the place that the text puts in front of the list first, and those that lie elsewhere."""
    head = _head(work, listing.inside, region=region, on=on)
    if not head:
        return divisions.resolve(work.session, names, within=region, on=on, today=work.today), ()
    inside = divisions.resolve(work.session, names, within=head, on=on, today=work.today)
    elsewhere = divisions.resolve(work.session, names, within=region, on=on, today=work.today)
    found = [there if here.found is Found.UNKNOWN and there.place else here for here, there in zip(inside, elsewhere, strict=True)]
    strays = [there.stated for here, there in zip(inside, elsewhere, strict=True) if here.found is Found.UNKNOWN and there.place]
    return tuple(found), tuple(strays)


def _head(work: Work, name: str, *, region: Sequence[str], on: date) -> list[str]:
    if not name:
        return []
    [unit] = divisions.resolve(work.session, [name], within=region, on=on, today=work.today)
    return [place.code for place in unit.places] if unit.found in {Found.FOUND, Found.NOT_THEN} else []


def _box_of(outline: BaseGeometry | None) -> Box | None:
    return None if outline is None else outline.bounds
