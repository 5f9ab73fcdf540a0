"""The operator's drawing of the special mark, put into its slot as it is: PNG, JPEG, PDF (first page), or SVG of plain filled shapes.

The mark may not be altered (Announcement 354). So an SVG with anything that is not drawn here exactly (strokes, gradients, text, styles,
transforms, arcs) is refused, never approximated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, FILL_NON_ZERO, Canvas

from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import Words, say

IMAGES = frozenset({".png", ".jpg", ".jpeg"})
_PDF_DPI = 600
_LARGEST = 5_000_000
_TOKEN = re.compile(r"([MmLlHhVvCcSsQqZz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|[\s,]+|(.)", re.DOTALL)
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "Z": 0}
_COLOURS = {"black": "#000000", "white": "#ffffff", "red": "#ff0000"}

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Where the drawing goes, in points."""

    x: float
    y: float
    width: float
    height: float


def refused(name: str, why: Words) -> Unavailable:
    """Return the refusal of a mark file, with what the operator can do."""
    return Unavailable(
        say("专用标志文件不能使用：%(name)s，%(why)s。", name=name, why=why),
        remedy=say("请系统管理员把 GI_MARK_FILE 指向官方下发图样的 PDF 或 PNG 文件（600 点每英寸以上），或留空以显示样框。"),
    )


def check(path: Path) -> Path:
    """Return the path when it can be drawn. Raises Unavailable for a missing file or another kind of file."""
    if path.suffix.lower() not in IMAGES | {".pdf", ".svg"}:
        raise refused(path.name, say("不是 PNG、JPEG、PDF 或 SVG"))
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise refused(path.name, say("文件不存在或超过 5 MB"))
    return path


def draw_mark(canvas: Canvas, path: Path, box: Box) -> None:
    """Draw the operator's file into the box, its proportions kept. Raises Unavailable where it cannot be drawn exactly."""
    kind = path.suffix.lower()
    if kind == ".svg":
        _draw_svg(canvas, path, box)
        return
    image = ImageReader(_first_page(path)) if kind == ".pdf" else str(path)
    try:
        canvas.drawImage(image, box.x, box.y, box.width, box.height, preserveAspectRatio=True, mask="auto")
    except OSError:
        raise refused(path.name, say("图像无法读取")) from None


def _first_page(path: Path) -> Any:
    try:
        import pypdfium2  # type: ignore[import-untyped]  # the library has no types; needed for this kind of file only
    except ImportError:
        raise refused(path.name, say("读取 PDF 需要安装 pypdfium2")) from None
    try:
        return pypdfium2.PdfDocument(path)[0].render(scale=_PDF_DPI / 72).to_pil()
    except pypdfium2.PdfiumError:
        raise refused(path.name, say("PDF 无法读取")) from None


# ---- SVG -------------------------------------------------------------------------------------------------------------------------------


def _draw_svg(canvas: Canvas, path: Path, box: Box) -> None:
    source = path.read_bytes()
    if b"<!ENTITY" in source:
        raise refused(path.name, say("SVG 含有实体声明"))
    try:
        root = Xml.fromstring(source)  # noqa: S314  # the operator's own file, entities refused above
        low_x, low_y, width, height = (float(part) for part in root.attrib["viewBox"].replace(",", " ").split())
        shapes = list(_shapes(root, {"fill": "black", "fill-rule": "nonzero"}))
    except (Xml.ParseError, KeyError, ValueError) as problem:
        raise refused(path.name, say("SVG 含有不能原样绘制的内容（%(what)s）", what=str(problem)[:60])) from None
    scale = min(box.width / width, box.height / height)
    left = box.x + (box.width - width * scale) / 2
    top = box.y + (box.height + height * scale) / 2

    def place(point: Point) -> Point:
        return left + (point[0] - low_x) * scale, top - (point[1] - low_y) * scale

    for shape in shapes:
        _fill(canvas, shape, place)


@dataclass(frozen=True)
class _Shape:
    commands: tuple[tuple[str, tuple[Point, ...]], ...]
    fill: str
    even_odd: bool


def _shapes(node: Xml.Element, inherited: dict[str, str]) -> Iterator[_Shape]:
    """Yield the filled shapes of a drawing; ValueError for anything that is not one."""
    tag = node.tag.rpartition("}")[2]
    look = inherited | {name: node.attrib[name] for name in ("fill", "fill-rule") if name in node.attrib}
    strange = {"transform", "style", "class", "opacity", "fill-opacity", "clip-path", "mask", "filter"} & node.attrib.keys()
    if strange or node.attrib.get("stroke", "none") != "none":
        raise ValueError(f"{tag} {' '.join(sorted(strange)) or 'stroke'}")
    if tag in {"svg", "g"}:
        for child in node:
            yield from _shapes(child, look)
    elif tag in {"path", "polygon"}:
        text = node.attrib["d"] if tag == "path" else f"M{node.attrib['points']}Z"
        if look["fill"] != "none":
            yield _Shape(tuple(_commands(text)), _COLOURS.get(look["fill"], look["fill"]), look["fill-rule"] == "evenodd")
    elif tag not in {"title", "desc", "metadata"}:
        raise ValueError(tag)


def _commands(text: str) -> Iterator[tuple[str, tuple[Point, ...]]]:
    """Yield absolute M, L, C and Z of path data."""
    here: Point = (0.0, 0.0)
    start = control = here
    for letter, numbers in _instructions(text):
        if letter == "Z":
            here = control = start
            yield "Z", ()
            continue
        points, control = _absolute(letter, numbers, here=here, control=control)
        here = points[-1]
        start = here if letter in {"M", "m"} else start
        yield {"M": "M", "L": "L", "H": "L", "V": "L"}.get(letter.upper(), "C"), points


def _instructions(text: str) -> Iterator[tuple[str, list[float]]]:
    letter, numbers = "", list[float]()
    for found in _TOKEN.finditer(text):
        name, number, strange = found.groups()
        if strange or (number and not letter) or (name and numbers):
            raise ValueError(f"path {strange or name or number}")
        if name:
            letter = "Z" if name in "Zz" else name
        elif number:
            numbers.append(float(number))
        if letter and (name or number) and len(numbers) == _ARGUMENTS[letter.upper()]:
            yield letter, numbers
            numbers = []
            letter = {"M": "L", "m": "l", "Z": ""}.get(letter, letter)


def _absolute(letter: str, numbers: list[float], *, here: Point, control: Point) -> tuple[tuple[Point, ...], Point]:
    """Return the points of one instruction, curves as cubic ones, and the control point that a smooth curve mirrors."""
    base_x, base_y = here if letter.islower() else (0.0, 0.0)
    kind = letter.upper()
    if kind == "H":
        numbers = [numbers[0], here[1] - base_y]
    elif kind == "V":
        numbers = [here[0] - base_x, numbers[0]]
    points = [(x + base_x, y + base_y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    if kind == "S":
        points.insert(0, (2 * here[0] - control[0], 2 * here[1] - control[1]))
    if kind == "Q":
        middle, end = points
        points = [_between(here, middle), _between(end, middle), end]
    return tuple(points), points[-2] if kind in {"C", "S"} else points[-1]


def _between(end: Point, middle: Point) -> Point:
    return end[0] + (middle[0] - end[0]) * 2 / 3, end[1] + (middle[1] - end[1]) * 2 / 3


def _fill(canvas: Canvas, shape: _Shape, place: Callable[[Point], Point]) -> None:
    path = canvas.beginPath()
    for kind, points in shape.commands:
        flat = [value for point in points for value in place(point)]
        {"M": path.moveTo, "L": path.lineTo, "C": path.curveTo, "Z": path.close}[kind](*flat)
    canvas.setFillColor(HexColor(shape.fill))
    canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_EVEN_ODD if shape.even_odd else FILL_NON_ZERO)
    canvas.setFillGray(0)
