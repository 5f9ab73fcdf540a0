"""What the process that opened a workbook said, as a grid or as a refusal in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gi_registry.bulk.rules.grid import Grid
from gi_registry.bulk.rules.kinds import Fault, RowWarning
from gi_registry.kernel.errors import Invalid, invalid
from gi_registry.kernel.words import Words, say

_SAVE_AGAIN = say("请在表格软件中打开，核对无误后另存为 .xlsx 再导入。")
_REFUSALS: dict[str, tuple[Words, Words]] = {
    "encrypted": (say("工作簿有密码，读不了。"), say("请先取消密码，另存后再导入。")),
    "bomb": (say("工作簿解压后大得异常，没有读取。"), _SAVE_AGAIN),
    "entities": (say("工作簿里有不应出现的 XML 声明，没有读取。"), _SAVE_AGAIN),
    "broken": (say("工作簿已损坏或不完整，读不了。"), _SAVE_AGAIN),
    "too-large": (say("工作簿太大，或有内容写在极远的行列。"), say("请删去数据之外的行和列，或拆成几个文件分别导入。")),
    "too-many-rows": (say("工作表的行数超过上限。"), say("请拆成几个文件分别导入。")),
    "not-a-workbook": (say("这是压缩文件，不是工作簿。"), say("请选择 .xlsx、.ods、.xls、CSV 或 GeoJSON 文件。")),
    "xlsb": (say("这是二进制工作簿（.xlsb），不接收。"), _SAVE_AGAIN),
    "ended": (say("工作簿读到一半就停了：它已损坏、过大，或被动过手脚。"), _SAVE_AGAIN),
}
NO_VALUE = (say("这一格是公式，但文件里没有算出的值。"), say("请在表格软件中打开并保存一次，或改成数值后再导入。"))
ERROR_VALUE = (say("这一格是公式错误。"), say("请改正公式，或直接填写数值。"))


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, whether it shows, how many rows it has."""

    name: str
    visible: bool
    rows: int


@dataclass(frozen=True)
class Workbook:
    """What was read: the sheets, the grids of those that were read by index, and the one chosen, if the choice was certain."""

    format: str
    sheets: tuple[Sheet, ...]
    chosen: int | None
    grids: Mapping[int, Grid]


def refusal(why: str) -> Invalid:
    """Return the refusal of a workbook for the word that its reader gave."""
    reason, remedy = _REFUSALS.get(why, _REFUSALS["broken"])
    return invalid("file", reason, remedy)


def workbook_of(answer: Mapping[str, Any]) -> Workbook:
    """Return what the reader said; raise Invalid where it refused."""
    if "refused" in answer:
        raise refusal(str(answer["refused"]))
    sheets = tuple(Sheet(str(item["name"]), bool(item["visible"]), int(item["rows"])) for item in answer["sheets"])
    grids = {int(index): _grid(found) for index, found in answer["grids"].items()}
    return Workbook(str(answer["format"]), sheets, answer["chosen"], grids)


def _grid(found: Mapping[str, Any]) -> Grid:
    faults = {(row, column): Fault(value, *(ERROR_VALUE if value.startswith("#") else NO_VALUE)) for row, column, value in found["faults"]}
    return Grid(
        rows=found["rows"],
        merged=tuple((merge[0], merge[1], merge[2], merge[3]) for merge in found["merged"]),
        hidden_rows=frozenset(found["hidden_rows"]),
        hidden_columns=frozenset(found["hidden_columns"]),
        faults=faults,
    )


def refuse_choice(book: Workbook, wish: str) -> Invalid:
    """Return the refusal that lists the sheets: several have data, none has, or there is none of the name or number wished for."""
    listed = "、".join(f"{number} {sheet.name}" for number, sheet in enumerate(book.sheets, start=1) if sheet.visible)
    if wish:
        return invalid(
            "sheet", say("没有工作表“%(sheet)s”。", sheet=wish), say("工作表：%(sheets)s。请填名称或序号。", sheets=listed), value=wish
        )
    if not any(sheet.visible and sheet.rows for sheet in book.sheets):
        return invalid("file", say("看得见的工作表里没有数据。"), say("请在工作表里填写数据；隐藏的工作表不读取，除非指明。"))
    return invalid(
        "sheet", say("有几张工作表都有数据，不知道读哪一张。"), say("请选定一张（命令行用 --sheet）：%(sheets)s。", sheets=listed)
    )


def remarks(book: Workbook, chosen: int, wish: str) -> tuple[RowWarning, ...]:
    """Return what a person should know of the sheets that were not read."""
    said: list[Words] = []
    others = [sheet for index, sheet in enumerate(book.sheets) if index != chosen and sheet.rows]
    hidden = "、".join(sheet.name for sheet in others if not sheet.visible)
    visible = "、".join(sheet.name for sheet in others if sheet.visible)
    if hidden:
        said.append(say("隐藏的工作表没有读取：%(sheets)s。", sheets=hidden))
    if visible:
        said.append(say("读取了工作表“%(sheet)s”，没有读取：%(sheets)s。", sheet=book.sheets[chosen].name, sheets=visible))
    if wish and not book.sheets[chosen].visible:
        said.append(say("工作表“%(sheet)s”是隐藏的，按您的指定读取。", sheet=book.sheets[chosen].name))
    if book.format == "xls":
        said.append(say("旧格式 .xls 看不出哪些行是隐藏的、哪些格是公式错误，请核对；另存为 .xlsx 再导入更可靠。"))
    return tuple(RowWarning(0, words) for words in said)


def sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """Return the names of the sheets a person can see and that have data."""
    return [sheet.name for sheet in sheets if sheet.visible and sheet.rows]
