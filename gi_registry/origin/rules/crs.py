"""What the numbers of an outline refer to: read from the file or declared, never guessed.

Taken are longitude and latitude and every projection of them in CGCS2000 or WGS-84 (equal for this use): Gauss–Krüger with and without the
zone in front, web Mercator, UTM. GCJ-02 and BD-09 are converted once. Beijing 1954 and Xi'an 1980 are refused: the way from them to
CGCS2000 is a set of seven parameters per region that only survey authorities hold, and without it plots would lie up to 150 m off.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules import zones
from gi_registry.origin.rules.rings import Position, Settle, as_they_are, defect
from gi_registry.origin.rules.shift import Datum

MOST_TEXT = 8_000
_DEGREE = math.pi / 180
FURTHEST_DEGREES = 6  # from the central meridian of a Gauss–Krüger zone

_CODE = re.compile(r"(?:URN:(?:X-)?OGC:DEF:CRS:)?(?:HTTPS?://[\w.]+/(?:DEF/CRS/|GML/SRS/))?(?:EPSG)?[:/#]*(?:[\d.]*[:/])?(\d{4,5})")
_NAMES = {"CGCS2000": "4490", "WGS84": "4326", "CRS84": "4326", "国家2000": "4490", "2000国家大地坐标系": "4490"}
_SHIFTED = {"GCJ02": Datum.GCJ02, "火星坐标": Datum.GCJ02, "BD09": Datum.BD09, "BD09LL": Datum.BD09, "百度坐标": Datum.BD09}
_TAKEN = re.compile(r"(world geodetic system|wgs)\D*(19)?84|china\D*(geodetic coordinate system )?2000|cgcs\s*2000", re.IGNORECASE)
_OLD = {"beijing": say("1954 年北京坐标系"), "xian": say("1980 西安坐标系")}


@dataclass(frozen=True)
class Crs:
    """A coordinate system that is taken: ``name`` for people, ``text`` for PROJ; ``datum`` says whether the numbers were shifted."""

    name: str
    text: str
    projected: bool = False
    datum: Datum = Datum.CGCS2000


LON_LAT = Crs("EPSG:4490", "EPSG:4490")


def crs_of(text: str) -> Crs:
    """Return the system that a code (``4528``, ``EPSG:4528``), a name (``CGCS2000``, ``gcj02``) or the WKT of a .prj means.

    Raises Invalid for what is unknown, for an old datum (Beijing 1954, Xi'an 1980) and for any other.
    """
    return _crs_of(text.strip())


@lru_cache(maxsize=64)
def _crs_of(text: str) -> Crs:
    plain = re.sub(r"[\s_\-]+", "", text.upper())
    plain_name = plain.rpartition(":")[2]
    if plain in _SHIFTED:
        return Crs("GCJ-02" if _SHIFTED[plain] is Datum.GCJ02 else "BD-09", "EPSG:4490", datum=_SHIFTED[plain])
    code = _NAMES.get(plain_name) or _NAMES.get(plain) or (found[1] if (found := _CODE.fullmatch(plain)) else "")
    try:
        known = CRS.from_user_input(f"EPSG:{code}" if code else text[:MOST_TEXT])
    except CRSError:
        raise invalid(
            "crs",
            say("不认识坐标系“%(name)s”。", name=text[:60]),
            say("请写 EPSG 代号，例如 4490、4326、3857、4528（3 度带第 40 带），或 gcj02、bd09。"),
            value=text[:60],
        ) from None
    return _taken(known, f"EPSG:{code}" if code else known.name)


def _taken(crs: CRS, name: str) -> Crs:
    plain = crs.source_crs if crs.is_bound and crs.source_crs else crs
    geodetic = plain.geodetic_crs
    datum = geodetic.datum.name if geodetic is not None and geodetic.datum is not None else ""
    squeezed = re.sub(r"[^a-z0-9]", "", datum.lower())
    old = next((words for key, words in _OLD.items() if key in squeezed), None)
    if old is not None:
        raise invalid(
            "crs",
            say("坐标系是%(datum)s（%(name)s），与 CGCS2000 相差可达百米以上。", datum=old, name=name),
            say("换算要用当地的七参数，只有测绘单位持有；请让测绘单位转换成 CGCS2000 后重新导出。"),
            value=name[:60],
        )
    greenwich = geodetic is not None and geodetic.prime_meridian is not None and geodetic.prime_meridian.longitude == 0
    shape = (plain.is_geographic and _in_degrees(plain)) or plain.is_projected
    if not _TAKEN.search(datum.replace("_", " ")) or not greenwich or not shape:
        raise invalid(
            "crs",
            say("坐标系“%(name)s”不接收。", name=name[:80]),
            say("请转换成 CGCS2000（EPSG:4490 或高斯—克吕格）或 WGS-84 后再上传。"),
            value=name[:60],
        )
    if plain.is_geographic:
        return Crs(name, "EPSG:4490")
    return Crs(name, plain.to_wkt(), projected=True)


def _in_degrees(crs: CRS) -> bool:
    """Say whether numbers of a geographic system are plain degrees: not gon or radians, not those of a turned pole."""
    return not crs.is_derived and all(abs(axis.unit_conversion_factor - _DEGREE) < 1e-12 for axis in crs.axis_info[:2])


def is_lon_lat(text: str) -> bool:
    """Say whether a system that is taken is plain longitude and latitude. Raises Invalid for one that is not taken."""
    crs = crs_of(text)
    return not crs.projected and crs.datum is Datum.CGCS2000


def settle_for(crs: Crs) -> Settle:
    """Return what turns positions in a system into longitude and latitude: nothing to do for degrees.

    Metres that do not fit the system (zone, order of the axes, degrees) raise Invalid.
    """
    return _Projected(crs).settle if crs.projected else as_they_are


class _Projected:
    """Positions in metres and the way to degrees; made once per ring, the transformer once per system."""

    def __init__(self, crs: Crs) -> None:
        self.crs = crs
        self.transformer, self.easting, self.meridian = _machinery(crs.text)

    def settle(self, positions: list[Position]) -> list[Position]:
        """Return (lon, lat) of positions in metres, or raise Invalid where the numbers are not of this system."""
        metres = numpy.array(positions)
        self._check(*metres[0].tolist())
        lon, lat = self.transformer.transform(metres[:, 0], metres[:, 1])
        far = not (numpy.isfinite(lon).all() and numpy.isfinite(lat).all())
        if far or (self.meridian is not None and float(numpy.abs(lon - self.meridian).max()) > FURTHEST_DEGREES):
            raise self._misfit(*metres[0].tolist())
        return list(zip(lon.tolist(), lat.tolist(), strict=True))  # not rounded: rounding can make a valid ring cross itself

    def _check(self, x: float, y: float) -> None:
        if abs(x) <= 180 and abs(y) <= 90:
            raise defect(
                say("坐标 [%(x)s, %(y)s] 是经纬度，不是 %(crs)s 的米。", x=x, y=y, crs=self.crs.name),
                say("文件里的坐标系（.prj）写错了，或声明错了；请声明数值实际所用的坐标系。"),
            )
        if self.meridian is None:
            return
        zone, stated = zones.zone_of(x), zones.zone_of(self.easting)
        if zones.swapped(x, y) or zone != stated:
            raise self._misfit(x, y)

    def _misfit(self, x: float, y: float) -> Exception:
        values = {"x": x, "y": y, "crs": self.crs.name}
        if zones.swapped(x, y):
            return defect(say("坐标 [%(x)s, %(y)s] 的 X（北）和 Y（东）写反了。", **values), zones.likely(x, y))
        return defect(say("坐标 [%(x)s, %(y)s] 与 %(crs)s 不符：带号或中央经线不对。", **values), zones.likely(x, y))


@lru_cache(maxsize=64)
def _machinery(text: str) -> tuple[Transformer, float, float | None]:
    """Return the way to degrees, the false easting, and the central meridian of a transverse Mercator projection, if it is one."""
    crs = CRS.from_user_input(text)
    transformer = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name.replace("_", " "):
        return transformer, 0.0, None
    values = {parameter.name.lower(): parameter.value for parameter in operation.params}
    easting = next((value for name, value in values.items() if "false easting" in name), 0.0)
    meridian = next((value for name, value in values.items() if "longitude of" in name), None)
    return transformer, float(easting), None if meridian is None else float(meridian)


def chosen(found: str, declared: str, corner: Position | None) -> tuple[Crs, tuple[Words, ...]]:
    """Return the system of a file from what stands in it and what was declared, with a sentence where the two differ.

    Raises Invalid where neither says anything (with what the numbers hint at); a declaration that contradicts the file holds, and is told.
    """
    if not declared and not found:
        remedy = zones.likely(*corner) if corner else say("请声明坐标系，例如 EPSG:4490。")
        raise invalid("crs", say("文件没有写明坐标系（例如缺 .prj），不作猜测。"), remedy)
    if not declared:
        return crs_of(found), ()
    wished = crs_of(declared)
    if not found:
        return wished, (say("文件没有写明坐标系，按声明的 %(crs)s 读取。", crs=wished.name),)
    stated = _lenient(found)
    if stated == wished or (stated and not stated.projected and not wished.projected and stated.datum == wished.datum):
        return wished, ()
    name = stated.name if stated else found[:60]
    return wished, (say("文件写的坐标系是 %(found)s，按声明的 %(crs)s 读取。", found=name, crs=wished.name),)


def placed(found: str, declared: str, corner: Position | None) -> tuple[str, tuple[Words, ...]]:
    """Return the name that each geometry of a file must carry ("" for longitude and latitude), and what to tell; raises as ``chosen``."""
    crs, notes = chosen(found, declared, corner)
    plain = not crs.projected and crs.datum is Datum.CGCS2000
    if crs.projected:
        notes = (*notes, say("坐标由 %(crs)s 换算为经纬度（CGCS2000）。", crs=crs.name))
    return ("" if plain else declared or found), notes


def _lenient(text: str) -> Crs | None:
    try:
        return crs_of(text)
    except ValueError:
        return None
