"""What a file of plots holds, whatever its format: its features, the names of their properties, its layers."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.geojson import Feature, read_features
from gi_registry.origin.schemas import FileChoices

MOST_PLOTS = 1_000


@dataclass(frozen=True)
class Members:
    """The features of the chosen layer, the names of their properties, the layers to choose from, what to tell a person."""

    features: tuple[Feature, ...]
    keys: tuple[str, ...]
    layers: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()


def members_of(content: bytes, name: str, choices: FileChoices, *, choosing: bool = False) -> Members:
    """Return what a file holds, read as chosen; with ``choosing`` a file that waits for a choice is no error.

    Raises Invalid for a file that cannot be read, that holds nothing, or more plots than one page can show.
    """
    features = tuple(read_features(content))
    if not features:
        raise invalid("file", say("文件里没有地块。"), say("请重新导出后上传。"))
    if len(features) > MOST_PLOTS:
        raise invalid(
            "file",
            say("文件里有 %(count)s 块地，一次最多 %(most)s 块。", count=len(features), most=MOST_PLOTS),
            say("请分成几个文件。"),
        )
    return Members(features, tuple(dict.fromkeys(key for feature in features for key in feature.properties)))
