"""The program that opens a workbook: a process of its own with little memory, little time, no files and no secrets.

It is run by path, not imported: bytes of a workbook on standard input, wishes as JSON in the first argument, one JSON object on standard
output. Excel files of strangers have ended whole processes and eaten all memory; here they end only this one. It knows nothing of the
registry and says what it refuses as a word, which ``rules.workbook`` turns into a sentence.
"""

from __future__ import annotations

import io
import json
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

import python_calamine as calamine

MEMORY = 1_200_000_000
MOST_PARTS = 2_000
MOST_UNPACKED = 400_000_000
MOST_RATIO = 250
SMALL_PART = 2_000_000
MOST_TEXT = 80_000_000
HEAD_ROWS = 40
CPU_S = 1.0
CPU_S_PER_MB = 2.5
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COL = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?: [^>]*)?>([^<]+)<")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class Refused(Exception):
    """The workbook is refused; the word says why, the value names what."""

    def __init__(self, why: str, value: str = "") -> None:
        super().__init__(why)
        self.why, self.value = why, value


def limit(size: int) -> None:
    """Take from this process what it does not need. CPU time grows with the size of the file; when it is used up the process ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    allowed = CPU_S + CPU_S_PER_MB * size / 1_000_000
    resource.setrlimit(resource.RLIMIT_CPU, (int(allowed) + 1, int(allowed) + 2))
    signal.setitimer(signal.ITIMER_PROF, allowed)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the XML parts of a zipped workbook by name; refuse bombs, escapes, encryption and document types."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, len(content))
            return {entry.filename: _plain_xml(archive.read(entry)) for entry in entries if entry.filename.endswith((".xml", ".rels"))}
    except Refused:
        raise
    except MemoryError:
        raise Refused("too-large") from None
    except Exception:  # noqa: BLE001  # whatever a broken archive makes its reader raise
        raise Refused("broken") from None


def _check_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    if len(entries) > MOST_PARTS or len(set(names)) != len(names):
        raise Refused("bomb")
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise Refused("broken")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED or sum(entry.compress_size for entry in entries) > size:
        raise Refused("bomb")
    for entry in entries:
        if entry.file_size > SMALL_PART and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused("bomb")


def _plain_xml(data: bytes) -> bytes:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("entities")
    return data


def kind_of(content: bytes, parts: dict[str, bytes]) -> str:
    """Return xlsx, ods or xls; refuse what is none of them."""
    if not parts:
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused("encrypted")
        return "xls"
    if "content.xml" in parts:
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise Refused("encrypted")
        return "ods"
    if "xl/workbook.xml" in parts:
        return "xlsx"
    raise Refused("xlsb" if b"sheet.binary" in parts.get("[Content_Types].xml", b"") else "not-a-workbook")


def sheet_parts(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Return the XML of each sheet of an XLSX by the sheet's name."""
    targets: dict[str, str] = {}
    for attributes in _elements(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship"):
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found: dict[str, bytes] = {}
    for attributes in _elements(parts["xl/workbook.xml"], "sheet"):
        key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        found[attributes.get("name", "")] = parts.get(targets.get(key, ""), b"")
    return found


def _elements(data: bytes, name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rsplit(":", 1)[-1] == name:
            found.append(attributes)

    parser.StartElementHandler = start
    if data:
        parser.Parse(data, True)
    return found


def traits_of_xlsx(data: bytes) -> dict[str, Any]:
    """Return what the values do not tell: hidden rows and columns, formulas without a value, cells that hold an error."""
    hidden: list[int] = []
    columns: list[int] = []
    faults: list[tuple[int, int, str]] = []
    if b"hidden=" in data:
        for position, found in enumerate(_ROW.finditer(data), start=1):
            attributes = _attributes(found[1])
            if attributes.get("hidden") in {"1", "true"}:
                hidden.append(int(attributes.get("r", position)))
        for found in _COL.finditer(data[: max(data.find(b"sheetData"), 0)]):
            attributes = _attributes(found[1])
            if attributes.get("hidden") in {"1", "true"}:
                columns += range(int(attributes.get("min", 1)) - 1, min(int(attributes.get("max", 1)), 1000))
    if b"<f" in data or b":f>" in data or b't="e"' in data:
        faults = [fault for found in _CELL.finditer(data) if (fault := _fault(found[1], found[2] or b""))]
    return {"hidden_rows": hidden, "hidden_columns": columns, "faults": faults}


def _attributes(text: bytes) -> dict[str, str]:
    return {name.decode(): value.decode("utf-8", "replace") for name, value in _ATTRIBUTE.findall(text)}


def _fault(head: bytes, body: bytes) -> tuple[int, int, str] | None:
    wrong = b't="e"' in head
    if not wrong and b"<f" not in body and b":f" not in body:
        return None
    value = _VALUE.search(body)
    if value and not wrong:
        return None
    place = _PLACE.fullmatch(_attributes(head).get("r", ""))
    if place is None:
        return None
    return int(place[2]), _column(place[1]), value[1].decode("utf-8", "replace") if value else ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


class Traits:
    """Reads what the values of an ODS sheet do not tell: hidden rows and merged cells."""

    def __init__(self) -> None:
        self.sheets: dict[str, dict[str, Any]] = {}
        self._now: dict[str, Any] = {}
        self._row, self._column, self._repeat = 0, 0, 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in the start of an element."""
        name = tag.rsplit(":", 1)[-1]
        if name == "table":
            self._row = 0
            self._now = self.sheets.setdefault(attributes.get("table:name", ""), {"hidden_rows": [], "merged": []})
        elif name == "table-row":
            self._repeat, self._column = int(attributes.get("table:number-rows-repeated", 1)), 0
            if attributes.get("table:visibility") in {"collapse", "filter"} and self._repeat < 10_000:
                self._now["hidden_rows"] += range(self._row + 1, self._row + self._repeat + 1)
            self._row += self._repeat
        elif name in {"table-cell", "covered-table-cell"} and self._now:
            rows, columns = (int(attributes.get(f"table:number-{what}-spanned", 1)) for what in ("rows", "columns"))
            if rows * columns > 1:
                top = self._row - 1
                self._now["merged"].append([top, self._column, top + rows - 1, self._column + columns - 1])
            self._column += int(attributes.get("table:number-columns-repeated", 1))


def traits_of_ods(data: bytes) -> dict[str, dict[str, Any]]:
    """Return the traits of each sheet of an ODS by its name."""
    if b"table:visibility" not in data and b"-spanned" not in data:
        return {}
    traits, parser = Traits(), expat.ParserCreate()
    parser.StartElementHandler = traits.start
    parser.Parse(data, True)
    return traits.sheets


def text_of(value: object) -> str:
    """Return a cell as text: dates as ISO, numbers with the 15 digits a spreadsheet keeps, from 10^15 on in scientific notation."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def rows_of(sheet: Any, most: int) -> Iterator[tuple[int, list[str]]]:
    """Yield row number and cells of every row that is not blank; refuse more than ``most`` rows or too much text."""
    rows = size = 0
    blank = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [cell if cell == "" else text_of(cell) for cell in cells]
        if not any(texts):
            continue
        rows, size = rows + 1, size + sum(map(len, texts))
        if rows > most + HEAD_ROWS:
            raise Refused("too-many-rows")
        if size > MOST_TEXT:
            raise Refused("too-large")
        while not texts[-1]:
            texts.pop()
        yield number, blank + texts


def read(content: bytes, wish: str, most: int) -> dict[str, Any]:
    """Return the sheets of a workbook and the rows of the one that is wished for, or of the only visible one with data.

    A wish is a name, a number from 1, or ``#`` and an index from 0. Where several sheets have data, each gives its first rows.
    """
    parts = parts_of(content) if content.startswith(b"PK") else {}
    kind = kind_of(content, parts)
    ods = traits_of_ods(parts["content.xml"]) if kind == "ods" else {}
    xlsx = sheet_parts(parts) if kind == "xlsx" else {}
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets: list[dict[str, Any]] = []
    grids: dict[int, dict[str, Any]] = {}
    for index, about in enumerate(book.sheets_metadata):
        visible = about.visible == calamine.SheetVisibleEnum.Visible
        worksheet = about.typ == calamine.SheetTypeEnum.WorkSheet
        described = {"name": about.name, "visible": visible, "rows": 0}
        sheets.append(described)
        if worksheet:
            sheet = book.get_sheet_by_index(index)
            described["rows"] = sheet.height
            if sheet.height and (visible or wish):
                grids[index] = {"sheet": sheet, "traits": traits_of_xlsx(xlsx.get(about.name, b"")) if xlsx else ods.get(about.name, {})}
    chosen = _chosen(sheets, wish)
    wanted = [chosen] if chosen is not None else [index for index in grids if sheets[index]["visible"]]
    rows = {index: _grid(grids[index], most if chosen is not None else 0) for index in wanted if index in grids}
    return {"format": kind, "sheets": sheets, "chosen": chosen, "grids": rows}


def _chosen(sheets: list[dict[str, Any]], wish: str) -> int | None:
    if wish:
        names = [sheet["name"] for sheet in sheets]
        if wish in names:
            return names.index(wish)
        if wish.startswith("#"):
            return int(wish[1:])
        if wish.isascii() and wish.isdigit() and 0 < int(wish) <= len(sheets):
            return int(wish) - 1
        return None
    full = [index for index, sheet in enumerate(sheets) if sheet["visible"] and sheet["rows"]]
    return full[0] if len(full) == 1 else None


def _grid(found: dict[str, Any], most: int) -> dict[str, Any]:
    """Return the rows of a sheet; with ``most`` 0 only its head."""
    sheet = found["sheet"]
    rows: list[tuple[int, list[str]]] = []
    for row in rows_of(sheet, most or 10_000_000):
        rows.append(row)
        if not most and len(rows) >= HEAD_ROWS:
            break
    merged = [[*start, *end] for start, end in sheet.merged_cell_ranges or []]
    nothing: dict[str, Any] = {"hidden_rows": [], "hidden_columns": [], "faults": []}
    found_traits: dict[str, Any] = found["traits"]
    return nothing | {"merged": merged} | found_traits | {"rows": rows}


def main() -> None:
    """Read standard input, write the answer."""
    wishes = json.loads(sys.argv[1])
    content = sys.stdin.buffer.read()
    limit(len(content))
    try:
        answer = read(content, wishes["sheet"], wishes["most"])
    except Refused as refused:
        answer = {"refused": refused.why, "value": refused.value}
    except calamine.PasswordError:
        answer = {"refused": "encrypted"}
    except MemoryError:
        answer = {"refused": "too-large"}
    except Exception:  # noqa: BLE001  # whatever a broken workbook makes the readers raise
        answer = {"refused": "broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
