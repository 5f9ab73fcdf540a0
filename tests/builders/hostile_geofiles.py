"""Geographic files that mean harm, or that only look like ones."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from itertools import pairwise

from tests.builders.geofiles import SQUARE, make_gpkg, make_kml, make_shapefile, placemark, unzipped, zipped

_RAW = unzipped(make_shapefile(name="a"))
GOOD = {name: content for name, content in _RAW.items() if not name.endswith(".cpg")}


def patched(ending: str, place: int, value: bytes) -> bytes:
    """Return a Shapefile with some bytes of one part replaced."""
    part = bytearray(GOOD[f"a.{ending}"])
    part[place : place + len(value)] = value
    return zipped(GOOD | {f"a.{ending}": bytes(part)})


def with_entry(name: str, content: bytes = b"x", *, mode: int = 0) -> bytes:
    """Return a good zip with one more entry, of a mode of its own (a link is 0o120777)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for good, part in GOOD.items():
            archive.writestr(good, part)
        entry = zipfile.ZipInfo(name)
        entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
    return out.getvalue()


def changed_directory(place: int, value: bytes) -> bytes:
    """Return a zip in whose directory every entry has these bytes at a place."""
    content = bytearray(zipped(GOOD))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + place : at + place + len(value)] = value
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def overlapping() -> bytes:
    """Return a zip whose directory names the same compressed megabytes a thousand times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.kml", b" " * 7_000_000)
        [entry] = archive.filelist
        for number in range(1_000):
            copy = zipfile.ZipInfo(f"{number}.kml")
            copy.header_offset, copy.CRC, copy.compress_type = entry.header_offset, entry.CRC, entry.compress_type
            copy.compress_size, copy.file_size = entry.compress_size, entry.file_size
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
    return out.getvalue()


def matryoshka() -> bytes:
    """Return a zip in a zip in a zip …"""
    content = zipped(GOOD)
    for number in range(20):
        content = zipped({f"{number}.zip": content})
    return content


LAUGHS = '<!DOCTYPE k [<!ENTITY a "ha">' + "".join(f'<!ENTITY {n} "{f"&{b};" * 10}">' for b, n in pairwise("abcdefghij")) + "]>"
OUTSIDE = '<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def kml(inside: str) -> bytes:
    """Return a KML with one placemark that holds this."""
    return make_kml(f"<Placemark>{inside}</Placemark>")


def surface(corners: str) -> str:
    """Return a polygon with these coordinates."""
    return f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs></Polygon>"


def sqlite(sql: str) -> bytes:
    """Return an SQLite file after some SQL."""
    database = sqlite3.connect(":memory:")
    database.executescript(sql)
    return database.serialize()


def endless_view() -> bytes:
    """Return a GeoPackage whose layer is a view that never ends."""
    database = sqlite3.connect(":memory:")
    database.deserialize(make_gpkg())
    database.executescript(
        "ALTER TABLE plots RENAME TO hidden;"
        "CREATE VIEW plots AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, hidden.geom FROM n, hidden"
    )
    return database.serialize()


def with_geometry(blob: bytes) -> bytes:
    """Return a GeoPackage whose one geometry is these bytes."""
    database = sqlite3.connect(":memory:")
    database.deserialize(make_gpkg())
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("UPDATE plots SET geom = ?", (blob,))
    database.commit()
    return database.serialize()


def torn_gpkg() -> bytes:
    """Return a GeoPackage with a page of noise in the middle."""
    content = bytearray(make_gpkg())
    content[8192:12288] = random.Random(3).randbytes(4096)
    return bytes(content)


def scribble(corners: int) -> bytes:
    """Return a GeoJSON whose one ring crosses itself millions of times."""
    chance = random.Random(5)
    points = [[round(120 + chance.random(), 6), round(31 + chance.random(), 6)] for _ in range(corners)]
    return json.dumps({"type": "Polygon", "coordinates": [[*points, points[0]]]}).encode()


GP = b"GP\x00\x01" + struct.pack("<i", 4490)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: zipped(GOOD | {"a.shp": bytes(60_000_000)}), "大得异常"),
    "bomb beside the data": (lambda: with_entry("b.txt", bytes(60_000_000)), "大得异常"),
    "overlapping entries": (overlapping, "大得异常|损坏"),
    "very many entries": (lambda: zipped(GOOD | {f"x/{n}": b"" for n in range(3_000)}), "大得异常"),
    "sizes that lie": (lambda: changed_directory(24, struct.pack("<I", 1)), "损坏"),
    "sums that lie": (lambda: changed_directory(16, b"\0\0\0\0"), "损坏"),
    "encrypted": (lambda: changed_directory(8, b"\x01"), "密码"),
    "unknown compression": (lambda: changed_directory(10, b"\x63"), "损坏"),
    "path escape": (lambda: with_entry("../../etc/cron.d/x"), "指向包外"),
    "absolute path": (lambda: with_entry("/etc/passwd"), "指向包外"),
    "drive": (lambda: with_entry("C:/windows/x"), "指向包外"),
    "backslashes": (lambda: with_entry("..\\..\\x"), "指向包外"),
    "link": (lambda: with_entry("b.kml", b"/etc/passwd", mode=0o120777), "链接"),
    "the same name twice": (lambda: with_entry("A.SHP"), "同名"),
    "folders without end": (lambda: with_entry("/".join("d" * 60) + "/x"), "太深"),
    "zip in a zip": (matryoshka, "还有压缩包"),
    "no data": (lambda: zipped({"readme.txt": b"x"}), "没有地理数据"),
    "cut off": (lambda: zipped(GOOD)[:-80], "损坏"),
    "missing .shx": (lambda: make_shapefile(drop=".shx"), "缺 .shx"),
    "missing .dbf": (lambda: make_shapefile(drop=".dbf"), "缺 .dbf"),
    "missing .prj": (lambda: make_shapefile(drop=".prj"), "没有写明坐标系"),
    "only the .shp": (lambda: GOOD["a.shp"], "缺 .shx"),
    "two layers": (lambda: zipped(GOOD | {name.replace("a.", "b."): part for name, part in GOOD.items()}), "2 个图层"),
    ".shp that lies of its length": (lambda: patched("shp", 24, struct.pack(">i", 2**30)), "不符"),
    ".shp of two thousand million corners": (lambda: patched("shp", 148, struct.pack("<i", 2**31 - 1)), "不符"),
    ".shp of less than no rings": (lambda: patched("shp", 144, struct.pack("<i", -5)), "不符"),
    ".shp whose ring starts elsewhere": (lambda: patched("shp", 152, struct.pack("<i", 999)), "不符"),
    ".shx that points elsewhere": (lambda: patched("shx", 100, struct.pack(">i", 2**30)), "不符"),
    ".shx that lies of a record": (lambda: patched("shx", 104, struct.pack(">i", 10)), "不符"),
    ".dbf of four thousand million rows": (lambda: patched("dbf", 4, struct.pack("<I", 2**32 - 1)), "不符"),
    ".dbf with rows of no width": (lambda: patched("dbf", 10, struct.pack("<H", 0)), "不符"),
    ".dbf of other rows": (lambda: zipped(GOOD | {"a.dbf": unzipped(make_shapefile([SQUARE] * 3, name="a"))["a.dbf"]}), "对不上"),
    "noise in a .shp": (lambda: zipped(GOOD | {"a.shp": random.Random(1).randbytes(5_000)}), "损坏"),
    "billion laughs": (lambda: make_kml(placemark("&j;"), before=LAUGHS), "实体"),
    "external entity": (lambda: make_kml(placemark("&x;"), before=OUTSIDE), "实体"),
    "document type in UTF-16": (lambda: make_kml(placemark("&j;"), before=LAUGHS, encoding="UTF-16"), "实体"),
    "link to elsewhere": (lambda: make_kml("<NetworkLink><Link><href>http://127.0.0.1:1/</href></Link></NetworkLink>"), "网络链接"),
    "elements without end": (lambda: make_kml("<Folder>" * 50_000), "太深"),
    "unclosed": (lambda: make_kml(placemark())[:-20], "不是完整的 XML"),
    "unknown encoding": (lambda: make_kml(placemark()).replace(b"UTF-8", b"UTF-7"), "不支持编码"),
    "corners without end": (lambda: kml(surface("120,31 " * 1_100_000)), "超过|停了"),
    "numbers that are none": (lambda: kml(surface("nan,31 inf,31 1e999,3 120,31 nan,31")), "不是数字"),
    "a number of a megabyte": (lambda: kml(surface("1" * 1_000_000 + ",31 120,31 121,31 120,31")), "不是数字"),
    "one value": (lambda: kml(surface("120 31 120 31")), "不是 [经度"),
    "a name of megabytes": (lambda: make_kml(placemark("x" * 20_000_000, "<Point/>")), "不是面"),
    "plain SQLite": (lambda: sqlite("CREATE TABLE a (b)"), "不是 GeoPackage"),
    "endless view": (endless_view, "视图"),
    "torn pages": (torn_gpkg, "读不了|不是 GeoPackage"),
    "cut-off GeoPackage": (lambda: make_gpkg()[:5_000], "不是 GeoPackage|读不了"),
    "geometry of four thousand million rings": (lambda: with_geometry(GP + struct.pack("<BII", 1, 3, 2**32 - 1)), "图形数据已损坏"),
    "geometry of four thousand million corners": (lambda: with_geometry(GP + struct.pack("<BIII", 1, 3, 1, 2**32 - 1)), "超过"),
    "geometry that is text": (lambda: with_geometry(b"POLYGON ((0 0, 1 1, 1 0, 0 0))"), "图形数据已损坏"),
    "GeoJSON of a million empty lists": (lambda: b'{"type":"Polygon","coordinates":[' + b"[]," * 3_000_000 + b"[]]}", "超过"),
    "GeoJSON nested without end": (lambda: b'{"type":"Polygon","coordinates":' + b"[" * 500_000, "不是 JSON"),
    "GeoJSON scribble": (lambda: scribble(150_000), "太多次"),
    "virtual format": (
        lambda: b"<OGRVRTDataSource><OGRVRTLayer><SrcDataSource>/etc</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "不是 JSON",
    ),
    "address instead of a file": (lambda: b"/vsicurl/http://127.0.0.1:1/x.geojson", "不是 JSON"),
    "noise": (lambda: random.Random(2).randbytes(5_000), "UTF-8|不是 JSON"),
}
