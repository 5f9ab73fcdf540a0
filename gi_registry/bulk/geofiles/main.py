"""Read a geographic file from standard input, write what it holds to standard output."""

from __future__ import annotations

import json
import math
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

from gi_registry.bulk.geofiles import geopackage, kml, plain, shapefile
from gi_registry.bulk.geofiles.archive import Archive
from gi_registry.bulk.geofiles.words import Layer, Refused

MEMORY = 1_500_000_000
MOST_ANSWER = 120_000_000
CPU_S = 0.8
CPU_S_PER_MB = 1.5
_COMPANIONS = {"shp", "shx", "dbf", "prj", "cpg"}
_PACKED = {"zip", "kmz", "rar", "7z", "gz", "tar"}

Found = tuple[list[Layer], list[tuple[str, str]]]


def limit(size: int) -> None:
    """Take from this process what it does not need. CPU time grows with the size of the file; when it is used up the process ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    allowed = CPU_S + CPU_S_PER_MB * size / 1_000_000
    resource.setrlimit(resource.RLIMIT_CPU, (int(allowed) + 1, int(allowed) + 2))
    signal.setitimer(signal.ITIMER_PROF, allowed)


def read(content: bytes, wishes: dict[str, str]) -> dict[str, Any]:
    """Return the layers of a file and the features of the one wished for, or of the only one that has any."""
    if wishes.get("check"):
        plain.layer_of("", content)
        return {}
    layers, notes = layers_of(content, wishes.get("name", ""), wishes.get("encoding", ""))
    shown = [{"name": layer.name, "count": layer.count} for layer in layers]
    chosen = _chosen(layers, wishes.get("layer", ""))
    if chosen is None:
        return {"layers": shown, "chosen": None}
    layer = layers[chosen]
    found = layer.read(wishes.get("encoding", ""))
    notes += _without_endless(found.features)
    answer = {"layers": shown, "chosen": chosen, "format": layer.kind, "crs": found.crs, "encoding": found.encoding}
    return answer | {"notes": [*notes, *found.notes], "features": found.features}


def layers_of(content: bytes, name: str, encoding: str) -> Found:
    """Return the layers of a file, told by its content, and remarks; raise Refused for what is no geographic file."""
    stem = PurePosixPath(name.replace("\\", "/")).stem or "1"
    if content.startswith(b"PK"):
        return _packed(Archive(content), encoding)
    if content.startswith(geopackage.MAGIC):
        return geopackage.layers_of(content)
    if content.startswith((b"\x00\x00\x27\x0a",)):
        raise Refused("only-shp")
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x00\xff\xfe")[:1]
    if start == b"<":
        return [kml.layer_of(stem, content, encoding)], []
    if start in (b"{", b"["):
        return [plain.layer_of(stem, content)], []
    raise Refused("unknown-format")


def _packed(archive: Archive, encoding: str) -> Found:
    layers: list[Layer] = []
    notes: list[tuple[str, str]] = []
    groups: dict[str, dict[str, str]] = {}
    readers: dict[str, Callable[[str, bytes], list[Layer]]] = {
        "kml": lambda name, content: [kml.layer_of(name, content, encoding)],
        "gpkg": lambda name, content: _geopackage(name, content, notes),
        "geojson": lambda name, content: [plain.layer_of(name, content)],
        "json": lambda name, content: [plain.layer_of(name, content)],
    }
    for member in archive.names:
        stem, _, ending = member.rpartition(".")
        if ending.lower() in readers:
            layers += readers[ending.lower()](stem, archive.read(member))
        elif ending.lower() in _COMPANIONS:
            groups.setdefault(stem.lower(), {})[ending.lower()] = member
        elif ending.lower() in _PACKED:
            notes.append(("packed-inside", member))
    for members in groups.values():
        name = next(iter(members.values())).rpartition(".")[0]
        layers.append(shapefile.layer_of(name, {ending: archive.read(member) for ending, member in members.items()}))
    if not layers:
        raise Refused("archive-inside" if notes else "nothing-inside", notes[0][1] if notes else "")
    return layers, notes


def _geopackage(name: str, content: bytes, notes: list[tuple[str, str]]) -> list[Layer]:
    layers, told = geopackage.layers_of(content)
    notes += told
    return [_under(name, layer) for layer in layers]


def _under(name: str, layer: Layer) -> Layer:
    return Layer(f"{name}/{layer.name}", layer.count, layer.kind, layer.read)


def _without_endless(features: Sequence[Any]) -> list[tuple[str, str]]:
    """Take numbers that are none (NaN, infinite) out of the properties; tell in which columns and of which feature first."""
    first: dict[str, int] = {}
    for position, feature in enumerate(features, start=1):
        stated: Any = feature.get("properties") if isinstance(feature, dict) else None
        properties: dict[str, Any] = stated if isinstance(stated, dict) else {}
        for name in [name for name, value in properties.items() if isinstance(value, float) and not math.isfinite(value)]:
            properties[name] = None
            first.setdefault(name, position)
    return [("endless", f"{name}|{position}") for name, position in first.items()]


def _chosen(layers: list[Layer], wish: str) -> int | None:
    if wish:
        named = [index for index, layer in enumerate(layers) if layer.name == wish or PurePosixPath(layer.name).name == wish]
        if len(named) == 1:
            return named[0]
        return int(wish) - 1 if wish.isascii() and wish.isdigit() and 0 < int(wish) <= len(layers) else None
    full = [index for index, layer in enumerate(layers) if layer.count]
    if not full and len(layers) == 1:
        return 0
    return full[0] if len(full) == 1 else None


def main() -> None:
    """Read standard input, write the answer."""
    content = sys.stdin.buffer.read()
    limit(len(content))
    try:
        answer = read(content, json.loads(sys.argv[1]))
    except Refused as refused:
        answer = {"refused": refused.why, "value": refused.value}
    except MemoryError:
        answer = {"refused": "too-large", "value": ""}
    except Exception:  # noqa: BLE001  # whatever a broken file makes the readers raise
        answer = {"refused": "broken", "value": ""}
    told = json.dumps(answer)
    if len(told) > MOST_ANSWER:
        told = json.dumps({"refused": "too-large", "value": ""})
    sys.stdout.write(told)
