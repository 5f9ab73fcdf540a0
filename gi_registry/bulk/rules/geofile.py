"""What the process that opened a geographic file said: its layers, its features, or a refusal in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gi_registry.kernel.errors import FieldError, Invalid, invalid
from gi_registry.kernel.words import Words, say

_EXPORT_AGAIN = say("请在测绘或地图软件中打开，核对无误后重新导出。")
_ALL_PARTS = say("请把同名的 .shp、.shx、.dbf、.prj（以及 .cpg）一起压缩成 zip 再上传。")
_SPLIT = say("请拆成几个文件分别上传。")
_CHOOSE_ENCODING = say("请指明文字编码：utf-8、gbk、gb18030 或 big5（命令行用 --encoding）。")
_REFUSALS: dict[str, tuple[Words, Words]] = {
    "broken": (say("文件已损坏或不完整，读不了。"), _EXPORT_AGAIN),
    "ended": (say("文件读到一半就停了：它已损坏、过大，或被动过手脚。"), _EXPORT_AGAIN),
    "too-large": (say("文件解开后太大，没有读取。"), _SPLIT),
    "bomb": (say("压缩包解开后大得异常，没有读取。"), _EXPORT_AGAIN),
    "escape": (say("压缩包里的文件名“%(value)s”指向包外，没有读取。"), _EXPORT_AGAIN),
    "link": (say("压缩包里的“%(value)s”是链接，不是文件，没有读取。"), _EXPORT_AGAIN),
    "encrypted": (say("压缩包有密码，读不了。"), say("请去掉密码后重新压缩。")),
    "deep": (say("“%(value)s”嵌套得太深，没有读取。"), _EXPORT_AGAIN),
    "duplicate": (say("压缩包里有两个同名的文件“%(value)s”，不知道用哪一个。"), say("请只保留一个后重新压缩。")),
    "broken-member": (say("“%(value)s”已损坏，读不了。"), _EXPORT_AGAIN),
    "lying": (say("“%(value)s”文件头写的大小与内容不符，文件已损坏或被动过手脚。"), _EXPORT_AGAIN),
    "missing-shp": (say("Shapefile“%(value)s”缺 .shp 文件。"), _ALL_PARTS),
    "missing-shx": (say("Shapefile“%(value)s”缺 .shx 文件。"), _ALL_PARTS),
    "missing-dbf": (say("Shapefile“%(value)s”缺 .dbf 文件。"), _ALL_PARTS),
    "only-shp": (say("只有 .shp 一个文件，缺 .shx、.dbf 和 .prj。"), _ALL_PARTS),
    "counts-differ": (say("图形有 %(value)s 个，属性表有 %(other)s 行，对不上。"), _EXPORT_AGAIN),
    "broken-dbf": (say("属性表（.dbf）已损坏，读不了。"), _EXPORT_AGAIN),
    "duplicate-column": (say("属性表里有两个同名的列“%(value)s”。"), say("请改成不同的列名后重新导出。")),
    "table-encoding": (say("属性表第 %(value)s 行的文字不是 %(other)s 编码。"), _CHOOSE_ENCODING),
    "table-encoding-unknown": (say("属性表的文字编码认不出来。"), _CHOOSE_ENCODING),
    "table-encoding-unclear": (say("属性表的文字编码看不出是简体（GBK）还是繁体（Big5）。"), _CHOOSE_ENCODING),
    "unknown-encoding": (say("不支持编码“%(value)s”。"), _CHOOSE_ENCODING),
    "text-encoding": (say("文件的文字不是它写明的 %(value)s 编码。"), _CHOOSE_ENCODING),
    "entities": (say("KML 里有不应出现的文档类型或实体声明，没有读取。"), _EXPORT_AGAIN),
    "broken-xml": (say("KML 第 %(value)s 行不是完整的 XML。"), _EXPORT_AGAIN),
    "not-kml": (say("这是 XML，但不是 KML。"), say("请导出 KML、KMZ、GeoJSON、压缩的 Shapefile 或 GeoPackage。")),
    "only-links": (
        say("KML 里只有网络链接（NetworkLink），没有图形；链接不会被打开。"),
        say("请在地图软件中打开链接的内容，另存为 KML 或 KMZ。"),
    ),
    "not-a-geopackage": (say("这是数据库文件，但不是 GeoPackage。"), _EXPORT_AGAIN),
    "view": (say("GeoPackage 的图层“%(value)s”是视图，不是表，没有读取。"), say("请把它导出成普通图层。")),
    "broken-table": (say("GeoPackage 的图层“%(value)s”读不了。"), _EXPORT_AGAIN),
    "broken-geometry": (say("图形数据已损坏，读不了。"), _EXPORT_AGAIN),
    "broken-json": (say("文件内容不是 GeoJSON。"), _EXPORT_AGAIN),
    "archive-inside": (say("压缩包里还有压缩包“%(value)s”，不逐层解开。"), say("请解开后只压缩数据文件本身。")),
    "nothing-inside": (
        say("压缩包里没有地理数据。"),
        say("压缩包应含 .shp 及同名文件、.kml、.gpkg 或 .geojson。"),
    ),
    "too-many-features": (say("一个图层的要素超过 %(value)s 个。"), _SPLIT),
    "too-many-points": (say("文件的坐标点超过 %(value)s 个。"), _SPLIT),
    "unknown-format": (
        say("认不出文件的格式。"),
        say("请上传 GeoJSON、KML、KMZ、压缩成 zip 的 Shapefile 或 GeoPackage。"),
    ),
}
_NOTES: dict[str, Words] = {
    "guessed-encoding": say("属性表没有写明编码，按 %(value)s 读取，请核对文字。"),
    "deleted-rows": say("属性表里标为删除的行没有读取。"),
    "height": say("坐标点带有高程等附加数值，已舍去。"),
    "turned": say("环的绕行方向与 Shapefile 的规定相反，已改正，不影响位置和面积。"),
    "links": say("KML 里有 %(value)s 个网络链接，没有打开。"),
    "points-beside": say("同一地标里的点和线没有读取，只读取了面。"),
    "endless": say("第 %(other)s 个要素的“%(value)s”不是有限的数（NaN 或无穷大），按空值读取；这一列的其他行同样处理。"),
    "other-tables": say("GeoPackage 里没有图形的表没有读取：%(value)s。"),
    "wal": say("GeoPackage 在另一个程序里可能还开着，未存盘的内容不在文件里，请核对。"),
    "packed-inside": say("压缩包里的压缩包“%(value)s”没有解开。"),
}


@dataclass(frozen=True)
class GeoLayer:
    """A layer that can be chosen, with the number of its features."""

    name: str
    count: int


@dataclass(frozen=True)
class GeoFile:
    """What a geographic file holds: the layers, the features of the chosen one as GeoJSON, the system its numbers are in as it says."""

    format: str
    layers: tuple[GeoLayer, ...]
    layer: str
    features: Sequence[Mapping[str, Any]]
    crs: str = ""
    encoding: str = ""
    notes: tuple[Words, ...] = ()

    @property
    def corner(self) -> tuple[float, float] | None:
        """The first corner of the file, which tells degrees from metres."""
        return next((corner for feature in self.features if (corner := first_corner(feature.get("geometry")))), None)


class LayerChoice(Invalid):
    """A file has several layers, or none of the name that was given: ``layers`` are those to choose from."""

    def __init__(self, problem: FieldError, layers: tuple[GeoLayer, ...]) -> None:
        super().__init__(problem)
        self.layers = layers


def refusal(why: str, value: str = "") -> Invalid:
    """Return the refusal of a file for the word that its reader gave."""
    reason, remedy = _REFUSALS.get(why, _REFUSALS["broken"])
    first, _, other = value.partition("|")
    if "%(" in reason.template:
        reason = Words(reason.template, {"value": first, "other": other} if "%(other)s" in reason.template else {"value": first})
    return invalid("encoding" if remedy is _CHOOSE_ENCODING else "file", reason, remedy)


def geofile_of(answer: Mapping[str, Any], wish: str = "") -> GeoFile:
    """Return what the reader said; raise Invalid where it refused, LayerChoice where a layer must be chosen."""
    if "refused" in answer:
        raise refusal(str(answer["refused"]), str(answer.get("value", "")))
    layers = tuple(GeoLayer(str(item["name"]), int(item["count"])) for item in answer["layers"])
    if answer["chosen"] is None:
        raise _choice(layers, wish)
    notes = [_note(word, value) for word, value in answer["notes"] if word in _NOTES]
    chosen = layers[answer["chosen"]]
    left = [layer.name for layer in layers if layer is not chosen and layer.count]
    if left:
        notes.append(say("读取了图层“%(layer)s”，没有读取：%(others)s。", layer=chosen.name, others="、".join(left)))
    return GeoFile(answer["format"], layers, chosen.name, answer["features"], answer["crs"], answer["encoding"], tuple(notes))


def _note(word: str, value: str) -> Words:
    template = _NOTES[word].template
    first, _, other = value.partition("|") if "%(other)s" in template else (value, "", "")
    values: dict[str, object] = {"value": first, "other": other} if other else {"value": first}
    return Words(template, values if value else {})


def _choice(layers: tuple[GeoLayer, ...], wish: str) -> Invalid:
    if not layers or (not wish and not any(layer.count for layer in layers)):
        return invalid("file", say("文件里没有要素。"), say("请至少导出一个要素。"))
    listed = "、".join(f"{number} {layer.name}（{layer.count}）" for number, layer in enumerate(layers, start=1))
    remedy = say("请选定一个（命令行用 --layer 名称或序号）：%(layers)s。", layers=listed)
    if wish:
        return LayerChoice(FieldError("layer", say("没有图层“%(layer)s”，或有几个同名。", layer=wish), remedy, wish), layers)
    return LayerChoice(FieldError("layer", say("文件里有 %(count)s 个图层，不知道读哪一个。", count=len(layers)), remedy), layers)


def first_corner(geometry: Any) -> tuple[float, float] | None:
    """Return the first corner of a GeoJSON geometry, if it has one that is numbers."""
    for corner in _corners(geometry.get("coordinates") if isinstance(geometry, Mapping) else None):
        if all(isinstance(value, int | float) for value in corner[:2]):
            return float(corner[0]), float(corner[1])
    return None


def _corners(value: Any, depth: int = 0) -> Iterator[list[Any]]:
    if isinstance(value, list) and value and depth < 6:
        if isinstance(value[0], list):
            yield from _corners(value[0], depth + 1)
        elif len(value) > 1:
            yield value
