"""What a cell says, for its column: dates and numbers as people write them, and codes that a spreadsheet has spoiled."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from gi_registry.bulk.rules.kinds import Column, Fault, Form
from gi_registry.kernel.words import say

_SCIENTIFIC = re.compile(r"-?\d(\.\d+)?[eE]\+?\d+")
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_UNCLEAR = re.compile(r"\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{1,4}|\d{2}年\d{1,2}月\d{1,2}日?")
_SPACES = re.compile(r"[\s\u2009\u202f\u00a0_']")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[-+]?\d+(\.\d+)?")
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_050  # 1927 to 2100

_SPOILED = (
    say("电子表格把编号存成了科学计数法，后面的数字已经丢失。"),
    say("请把这一列设为“文本”格式，重新填写完整的编号。"),
)
_UNCLEAR_DATE = (say("分不清哪个是年、哪个是月、哪个是日。"), say("请按 年-月-日 填写四位年份，例如 2026-03-05。"))
_SHARED_NUMBER = (say("数字写在合并单元格里，分不清是每行的数还是几行之和。"), say("请取消合并，每行分别填写。"))


def settle(column: Column, text: str, *, shared: bool = False) -> str | Fault:
    """Return the value of a cell as its column stores it, or what is wrong with it. What is not understood passes: the schema refuses it.

    ``shared``: the cell is part of a merged one.
    """
    if not text:
        return text
    if column.form is Form.NUMBER:
        return Fault(text, *_SHARED_NUMBER) if shared else _number(text)
    if column.form is Form.DATE:
        return _date(text)
    if text[-1] in "0123456789" and _SCIENTIFIC.fullmatch(text):
        return Fault(text, *_SPOILED)
    return text


def _number(text: str) -> str:
    if text.isascii() and text.isdigit():
        return text
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if _PLAIN.fullmatch(plain):
        return plain.removeprefix("+")
    return plain.replace(",", "").removeprefix("+") if _GROUPED.fullmatch(plain) else text


def _date(text: str) -> str | Fault:
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DATE.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found:
        try:
            return date(*(int(part) for part in found.groups())).isoformat()
        except ValueError:
            return text
    if _SERIAL.fullmatch(plain) and _FIRST_SERIAL <= float(plain) <= _LAST_SERIAL:
        return (_EPOCH + timedelta(days=int(float(plain)))).isoformat()
    return Fault(text, *_UNCLEAR_DATE) if _UNCLEAR.fullmatch(plain) else text


def day_first(text: str) -> str:
    """Return a date written day/month/year as ISO; what is none stays as it is."""
    found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text.strip())
    if found is None:
        return text
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text
