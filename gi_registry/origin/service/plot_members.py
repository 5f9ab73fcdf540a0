"""What a file of plots holds, whatever its format: its features, the names of their properties, its layers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gi_registry.kernel.errors import Invalid, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.crs import LON_LAT
from gi_registry.origin.rules.geojson import Feature
from gi_registry.origin.schemas import FileChoices
from gi_registry.origin.service.reading import Contents, LayerChoice, Wishes, read_contents

MOST_PLOTS = 1_000


@dataclass(frozen=True)
class Members:
    """The features of the chosen layer, the names of their properties, the layers to choose from, what to tell a person."""

    features: tuple[Feature, ...] = ()
    keys: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()


def members_of(content: bytes, name: str, choices: FileChoices) -> Members:
    """Return what a file holds, read as chosen.

    Raises Invalid for a file that cannot be read (so), that holds nothing, or more plots than one page can show.
    """
    return _members(read_contents(content, name=name, wishes=_wishes(choices)))


def to_choose_from(content: bytes, name: str, choices: FileChoices) -> Members:
    """Return what there is to choose of a file: its layers, and its columns as far as they can be read yet.

    A file that only waits for a person's choice (of several layers, of a coordinate system it does not name) is none that is broken.
    Raises Invalid for one that is.
    """
    try:
        found = read_contents(content, name=name, wishes=_wishes(choices))
    except LayerChoice as several:
        return Members(layers=tuple(layer.name for layer in several.layers))
    except Invalid as problem:
        return _with_a_system(content, name, choices, problem=problem)
    return _members(found)


def _with_a_system(content: bytes, name: str, choices: FileChoices, *, problem: Invalid) -> Members:
    """Read the columns of a file that does not say what its numbers refer to, or where a choice was wrong; its outlines stay unread."""
    tries = (FileChoices(layer=choices.layer, encoding=choices.encoding, crs=LON_LAT.text), FileChoices(), FileChoices(crs=LON_LAT.text))
    for instead in tries:
        try:
            found = read_contents(content, name=name, wishes=_wishes(instead))
        except LayerChoice as several:
            return Members(layers=tuple(layer.name for layer in several.layers))
        except Invalid:
            continue
        return replace(_members(found), features=())
    raise problem


def _wishes(choices: FileChoices) -> Wishes:
    return Wishes(crs=choices.crs, layer=choices.layer, encoding=choices.encoding)


def _members(found: Contents) -> Members:
    if not found.features:
        raise invalid("file", say("文件里没有地块。"), say("请重新导出后上传。"))
    if len(found.features) > MOST_PLOTS:
        raise invalid(
            "file",
            say("文件里有 %(count)s 块地，一次最多 %(most)s 块。", count=len(found.features), most=MOST_PLOTS),
            say("请分成几个文件。"),
        )
    return Members(found.features, found.keys, tuple(layer.name for layer in found.layers), found.notes)
