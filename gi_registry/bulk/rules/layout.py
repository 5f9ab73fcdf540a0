"""From a grid to rows under headers, for files as offices send them.

Above the headers there may be a title and a row of groups; below the rows a total and signatures. The header row is the first that
has every column that is needed. What is no data is named in a warning, never dropped in silence; what could be read in two ways is
refused by the cell: hidden rows (the person who sends the file may not know of them), merged numbers, merges across columns,
formulas without a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict

from gi_registry.bulk.rules.grid import Grid, letters
from gi_registry.bulk.rules.kinds import Fault, RowError, RowWarning
from gi_registry.bulk.rules.table import Line, Table, limit_rows
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say

HEADER_WITHIN = 30
MOST_MERGED = 100_000
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_TOTAL = re.compile(r"(合计|总计|小计|共计|累计|本页合计|total|subtotal|sum)[:：]?(\d.*)?", re.IGNORECASE)
_FOOTER = re.compile(
    r"(填表|制表|填报|编制|审核|复核|负责|经办|联系|报送|单位盖章|（盖章|盖章|签字|签章|日期[:：]|注[:：]|备注[:：]|说明[:：]|附注|注\d).*",
    re.DOTALL,
)
_ERROR = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)|Err:\d{3}")
_ERROR_WORDS = (say("这一格是公式错误。"), say("请改正公式，或直接填写数值。"))
_ACROSS = (say("合并单元格跨了几列，分不清是哪一列的值。"), say("请取消合并，每格分别填写。"))

Wanted = Sequence[frozenset[str]]
"""The headers that are needed: for each, the ways to write it."""


def folded(header: str) -> str:
    """Return a header without what people vary: blanks, line breaks, full-width signs, a star for what is required."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", header)).strip("*").casefold()


def fits(grid: Grid, wanted: Wanted, known: Sequence[str] = ()) -> bool:
    """Say whether a sheet has a row with every header that is needed, most of whose cells, where ``known`` is given, are headers."""
    place = _header_at(grid, wanted)
    if place is None or not known:
        return place is not None
    names = {folded(name) for name in known}
    cells = [folded(cell) for cell in grid.rows[place][1] if cell]
    return 2 * sum(1 for cell in cells if cell in names) >= len(cells)


def lay_out(grid: Grid, wanted: Wanted = (), known: Sequence[str] = ()) -> Table:
    """Return the rows of a grid under its headers; a header that reads as one of ``known`` takes its spelling.

    Raises Invalid for a grid without headers or rows; what is wrong with single rows and cells is in the table.
    """
    found = _header_at(grid, wanted)
    place = found or 0
    if not grid.rows:
        raise invalid("file", say("文件没有列名行。"), say("第一行须是列名。"))
    body = Body(grid, place, wanted, known)
    for row, cells in grid.rows[place + 1 :]:
        body.take(row, cells)
    if not body.lines and not body.errors and (found is not None or not wanted):
        raise invalid("file", say("文件只有列名，没有数据。"), say("请从第二行起填写数据。"))
    return body.table()


def _header_at(grid: Grid, wanted: Wanted) -> int | None:
    needed = [frozenset(folded(way) for way in ways) for ways in wanted]
    spans = _spans(grid)
    for place, (row, cells) in enumerate(grid.rows[:HEADER_WITHIN]):
        present = {folded(cell) for cell in _filled(grid, spans, row, cells)}
        if needed and all(ways & present for ways in needed):
            return place
    return None


def _spans(grid: Grid) -> dict[tuple[int, int], int]:
    """Return, for each cell that a merge down a column covers (row number, column), the number of the row where its value stands."""
    spans: dict[tuple[int, int], int] = {}
    for row, left, right, top in _merged_rows(grid):
        if left == right:
            spans[row, left] = top
    return spans


def _merged_rows(grid: Grid) -> Iterator[tuple[int, int, int, int]]:
    """Yield row number, first and last column and number of the top row for each row of each merge; refuse absurdly many."""
    last = grid.rows[-1][0] if grid.rows else 0
    count = 0
    for top, left, bottom, right in grid.merged:
        for row in range(top + 1, min(bottom + 1, last) + 1):
            count += 1
            if count > MOST_MERGED:
                raise invalid("file", say("合并单元格太多。"), say("请取消合并，每格分别填写。"))
            yield row, left, right, top + 1


def _filled(grid: Grid, spans: Dict[tuple[int, int], int], row: int, cells: Sequence[str]) -> list[str]:
    """Return the cells of a row near the top with the value of a merge in every row that it spans."""
    if not spans:
        return list(cells)
    by_row = dict(grid.rows[:HEADER_WITHIN])
    width = max(len(cells), *(column + 1 for number, column in spans if number == row), 0)
    values = [*cells, *[""] * (width - len(cells))]
    for column, value in enumerate(values):
        above = by_row.get(spans.get((row, column), 0), ())
        if not value and column < len(above):
            values[column] = above[column]
    return values


class Body:
    """Takes the rows below the headers one by one."""

    def __init__(self, grid: Grid, place: int, wanted: Wanted, known: Sequence[str]) -> None:
        self.grid, self._spans = grid, _spans(grid)
        self.lines: list[Line] = []
        self.errors: list[RowError] = []
        self._warnings: list[RowWarning] = list(grid.warnings)
        row, cells = grid.rows[place]
        names = {folded(name): name for name in known}
        written = [names.get(folded(cell), cell) for cell in _filled(grid, self._spans, row, cells)]
        self._head = [folded(cell) for cell in cells]
        self.headers = self._checked(written, place)
        ways = {folded(way) for group in wanted for way in group}
        self._needed = [column for column, header in enumerate(self.headers) if header and folded(header) in ways]
        self._values: dict[int, Sequence[str]] = {}
        self._covered = set(self._spans.values())
        self._across: dict[int, list[tuple[int, int]]] = {}
        for number, left, right, _ in _merged_rows(grid):
            if sum(1 for header in self.headers[left : right + 1] if header) > 1:
                self._across.setdefault(number, []).append((left, right))
        self._say_above(place)

    def _checked(self, headers: list[str], place: int) -> list[str]:
        while headers and not headers[-1]:
            headers.pop()
        used = {column for _, cells in self.grid.rows[place + 1 :] for column, cell in enumerate(cells) if cell} if "" in headers else set()
        for column, header in enumerate(headers):
            if not header and (column in used or self.grid.strict):
                raise invalid("file", say("第 %(place)s 列没有列名。", place=column + 1), say("请补上列名，或删去这一列。"))
        twice = sorted({header for header in headers if header and headers.count(header) > 1})
        if twice:
            raise invalid("file", say("列名“%(name)s”出现了不止一次。", name=twice[0]), say("每个列名只能出现一次。"))
        return headers

    def _say_above(self, place: int) -> None:
        above = [str(row) for row, _ in self.grid.rows[:place]]
        if above:
            self._warn(
                0, say("列名在第 %(row)s 行；其上的第 %(rows)s 行是标题，没有读取。", row=self.grid.rows[place][0], rows="、".join(above))
            )
        hidden = [column for column in sorted(self.grid.hidden_columns) if column < len(self.headers) and self.headers[column]]
        if hidden:
            named = "、".join(f"{letters(column)} {self.headers[column]}" for column in hidden)
            self._warn(0, say("隐藏的列也读取了：%(columns)s。", columns=named))
        for top, left, bottom, right in self.grid.merged:
            if left == right and top + 1 > self.grid.rows[place][0] and left < len(self.headers):
                words = say(
                    "%(column)s 列第 %(top)s 至 %(bottom)s 行合并，各行都按同一值读取。",
                    column=letters(left),
                    top=top + 1,
                    bottom=bottom + 1,
                )
                self._warn(top + 1, words)

    def _warn(self, row: int, words: Words) -> None:
        self._warnings.append(RowWarning(row, words))

    def take(self, row: int, cells: Sequence[str]) -> None:
        """Take a row: as data, as an error, or as something else that is named."""
        if self._covered:
            self._values = {number: found for number, found in self._values.items() if number in self._covered}
            self._values[row] = cells
        what = self._no_data(cells)
        if what is not None:
            self._warn(row, what)
        elif row in self.grid.hidden_rows:
            self.errors.append(RowError(row, "", "", say("这一行是隐藏的。"), say("请取消隐藏，核对后再导入；不要的请删去该行。")))
        elif self.grid.strict and len(cells) != len(self.headers):
            self.errors.append(_ragged(row, len(cells), len(self.headers)))
        else:
            self._add(row, cells)
        limit_rows(len(self.lines))

    def _no_data(self, cells: Sequence[str]) -> Words | None:
        """Return what a row is that holds no data: the headers again, a total, a signature; None for data."""
        if [folded(cell) for cell in cells] == self._head:
            return say("这一行重复了列名，没有读取。")
        if all(column < len(cells) and cells[column] for column in self._needed) and self._needed:
            return None
        first = next((_BLANKS.sub("", cell) for cell in cells if cell), "")
        if len(self._needed) > 1 and _TOTAL.fullmatch(first):
            return say("这一行是合计，没有读取：%(text)s", text=first[:40])
        if len(self._needed) > 1 and _FOOTER.match(first):
            return say("这一行是表尾，没有读取：%(text)s", text=first[:40])
        return None

    def _add(self, row: int, cells: Sequence[str]) -> None:
        values: dict[str, str] = {}
        faults: dict[str, Fault] = {}
        shared = set[str]()
        for column, header in enumerate(self.headers):
            if not header:
                continue
            value = cells[column] if column < len(cells) else ""
            origin = self._spans.get((row, column)) if self._spans else None
            if origin is not None:
                above = self._values.get(origin, ())
                value = above[column] if column < len(above) else value
                shared.add(header)
            fault = self._fault(row, column, value)
            if fault is not None:
                faults[header] = fault
            values[header] = unescaped(value)
        beyond = next((column for column in range(len(self.headers), len(cells)) if cells[column]), None)
        if beyond is not None:
            reason, remedy = say("%(column)s 列没有列名，却有内容。", column=letters(beyond)), say("请补上列名，或删去这一格。")
            self.errors.append(RowError(row, letters(beyond), cells[beyond], reason, remedy))
        elif faults or shared:
            self.lines.append(Line(row, values, faults, frozenset(shared)))
        else:
            self.lines.append(Line(row, values))

    def _fault(self, row: int, column: int, value: str) -> Fault | None:
        if value[:1] in {"#", "E"} and _ERROR.fullmatch(value):
            return Fault(value, *_ERROR_WORDS)
        if self.grid.faults and (row, column) in self.grid.faults:
            return self.grid.faults[row, column]
        if self._across and any(left <= column <= right for left, right in self._across.get(row, ())):
            return Fault(value, *_ACROSS)
        return None

    def table(self) -> Table:
        """Return what was taken."""
        headers = tuple(header for header in self.headers if header)
        return Table(headers, tuple(self.lines), tuple(self.errors), tuple(self._warnings))


def unescaped(cell: str) -> str:
    """Undo what an export does against formulas (see ``writing.safe_cell``)."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@'" else cell


def _ragged(row: int, got: int, want: int) -> RowError:
    return RowError(
        row,
        "",
        "",
        say("这一行有 %(got)s 格，列名有 %(want)s 个。", got=got, want=want),
        say("请检查该行是否漏填，或内容里的逗号没有放在英文双引号内。"),
    )
