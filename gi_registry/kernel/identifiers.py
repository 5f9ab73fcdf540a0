"""Numbers that others issue: read as people write them, refused with the reason and the remedy.

USCC: GB 32100-2015 (outer check) around an organisation code of GB 11714-1997 (inner check). Announcement numbers: as the
State Council's departments write them, in figures or in Chinese numerals (〇, ○ and 零 alike).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc as gb32100

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_SHAPE = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TRADEMARK = re.compile(r"G?\d{5,8}[A-Z]?")
_STANDARD = re.compile(
    r"(GB|GB/T|DB\d{2}(?:\d{2})?(?:/T)?|NY|NY/T|SC|SC/T|T/[A-Z0-9]{2,}|Q/[A-Z0-9]{1,}) ?[0-9A-Z]+(\.\d+)*(-\d{4}|-\d{2})?"
)
_NUMERALS = {"〇": 0, "○": 0, "零": 0, "Ｏ": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FIGURE = r"[0-9〇○零一二三四五六七八九十百千]"
_NUMBER = re.compile(rf"第?\s*({_FIGURE}+)\s*号")
_YEAR = re.compile(r"[〔\[（(]?\s*([0-9〇○零一二三四五六七八九]{4})\s*[〕\])）]?\s*年?")
_YEAR_BEFORE_NUMBER = re.compile(rf"{_YEAR.pattern}\s*第?\s*{_FIGURE}+\s*号")
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True)
class Announcement:
    """An announcement as cited (``raw``) and what could be read from it; ``issuer`` may be empty, ``year`` and ``on`` unknown."""

    raw: str
    issuer: str
    year: int | None
    number: int
    on: date | None = None


def plain(text: str) -> str:
    """Return ``text`` with full-width letters and figures folded and the blanks at its ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def storable(text: str) -> bool:
    """Say whether both databases can keep ``text``: no NUL and no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= symbol <= "\udfff" for symbol in text)


def uscc(text: str, field: str = "uscc") -> str:
    """Return a Unified Social Credit Code in its 18 capital characters; raise Invalid (GB 32100, check character)."""
    number = re.sub(r"[\s\-]", "", plain(text)).upper()
    if len(number) != 18:
        raise invalid(
            field,
            say("统一社会信用代码应为 18 位，这里是 %(length)s 位。", length=len(number)),
            say("请按营业执照上的 18 位代码填写。"),
            value=text,
        )
    if not _USCC_SHAPE.fullmatch(number):
        raise invalid(
            field,
            say("统一社会信用代码含有不应出现的字符。"),
            say("代码不含字母 I、O、S、V、Z，第 3 至 8 位是数字；请检查是否把数字 0、1 写成了字母。"),
            value=text,
        )
    if gb32100.calc_check_digit(number[:17]) != number[17]:
        raise invalid(field, say("统一社会信用代码的校验位不符。"), say("很可能有一位写错；请对照营业执照逐位核对。"), value=text)
    return number


def uscc_warning(number: str) -> Words | None:
    """Return the warning for a USCC whose inner organisation code (characters 9–17, GB 11714) has a wrong check, else None."""
    body, check = number[8:16], number[16]
    if organisation_check(body) == check:
        return None
    return say("代码第 9 至 17 位（组织机构代码）的校验位不符；整个代码有效，请向登记机关核实。")


def organisation_check(body: str) -> str:
    """Return the check character of the eight characters of an organisation code (GB 11714)."""
    total = sum(_INNER_ALPHABET.index(symbol) * weight for symbol, weight in zip(body, _INNER_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11] if total % 11 else "0"


def uscc_of(prefix: str, body: str) -> str:
    """Return the whole USCC from its first eight characters and the eight of the organisation code: for demo and test data."""
    number = prefix + body + organisation_check(body)
    return str(number + gb32100.calc_check_digit(number))


def announcement(text: str, field: str = "announcement") -> Announcement:
    """Read an announcement number; raise Invalid that shows what is expected.

    Read: ``国家质检总局公告 2012年第111号``, ``国家知识产权局公告第475号``, ``第五〇八号``,
    ``农业部公告第1813号``, each with or without a date.
    """
    raw = text.strip()
    line = raw.replace("Ｏ", "〇")
    line = "".join(unicodedata.normalize("NFKC", symbol) if symbol not in "〇○" else symbol for symbol in line)
    dated = _DATE.search(line)
    if dated:
        line = line.replace(dated.group(0), " ", 1)
    found = _NUMBER.search(line)
    number = chinese_number(found.group(1)) if found else None
    if found is None or not number:
        raise invalid(
            field,
            say("读不出公告号“%(value)s”。", value=raw[:60]),
            say("请写明发布机关、年份（如有）和号数，例如“国家知识产权局公告第475号”或“国家质检总局公告 2012年第111号”。"),
            value=raw,
        )
    year_text = _YEAR_BEFORE_NUMBER.search(line)
    head = line[: (year_text or found).start()]
    issuer = re.sub(r"(的)?(公告|通告)?[\s,，:：《(（〔]*$", "", head.strip()).strip()
    on = _date_of(dated, field, raw)
    year = chinese_number(year_text.group(1)) if year_text else (on.year if on else None)
    return Announcement(raw=raw, issuer=issuer, year=year, number=number, on=on)


def _date_of(found: re.Match[str] | None, field: str, raw: str) -> date | None:
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise invalid(field, say("公告日期“%(value)s”不存在。", value=found.group(0)), say("请核对年月日。"), value=raw) from None


def chinese_number(text: str) -> int | None:
    """Return a number written in figures (``508``), digit by digit (``五〇八``) or with units (``五百零八``); None if it is none."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not any(unit in text for unit in _UNITS):
        digits = [str(_NUMERALS[symbol]) if symbol in _NUMERALS else symbol for symbol in text]
        return int("".join(digits)) if all(digit.isdigit() for digit in digits) else None
    total, digit = 0, 0
    for position, symbol in enumerate(text):
        if symbol in _UNITS:
            total += (digit or (1 if position == 0 else 0)) * _UNITS[symbol]
            digit = 0
        elif symbol in _NUMERALS:
            digit = _NUMERALS[symbol]
        else:
            return None
    return total + digit


def trademark(text: str, field: str = "trade_mark_no") -> str:
    """Return a trade-mark registration number (``5617102``, ``G1234567``, ``1607996A``); raise Invalid."""
    number = re.sub(r"^(第|注册号[:：]?)", "", plain(text)).removesuffix("号").replace(" ", "").upper()
    if not _TRADEMARK.fullmatch(number):
        raise invalid(
            field,
            say("“%(value)s”不是商标注册号。", value=text),
            say("应为 5 至 8 位数字，国际注册以 G 开头，例如 5617102 或 G1234567。"),
            value=text,
        )
    return number


def standard(text: str, field: str = "standard_no") -> str:
    """Return a standard's number (``GB/T 19598-2022``, ``DB22/T 2171-2014``, ``T/…``, ``Q/…``); raise Invalid."""
    number = re.sub(r"\s*[—–－―]+\s*", "-", plain(text).upper())
    number = re.sub(r"\s+", " ", number)
    number = re.sub(r"^(GB/T|GB|NY/T|NY|SC/T|SC|DB\d{2,4}/T|DB\d{2,4})(?=\d+(?:\.\d+)*(?:-|$))", r"\1 ", number)
    if not _STANDARD.fullmatch(number):
        raise invalid(
            field,
            say("“%(value)s”不是标准编号。", value=text),
            say("请写全代号、顺序号和年份，例如 GB/T 19598-2022、DB22/T 2171-2014、T/ABC 001-2023。"),
            value=text,
        )
    return number


def agi_number(text: str, field: str = "number") -> str:
    """Return the number of an agricultural GI certificate (``AGI01808``, ``AGI2012-02-869``); raise Invalid."""
    number = re.sub(r"\s*[—–－]\s*", "-", plain(text).upper()).replace(" ", "")
    if not re.fullmatch(r"AGI(\d{5}|\d{4}-\d{2}-\d{1,5})", number):
        raise invalid(
            field,
            say("“%(value)s”不是农产品地理标志登记证书编号。", value=text),
            say("应为 AGI 加 5 位数字，或 AGI 年份-批次-序号，例如 AGI01808、AGI2012-02-869。"),
            value=text,
        )
    return number


def calendar_date(text: str, field: str) -> date:
    """Return a date written ``2026-09-05``, ``2026/9/5``, ``2026年9月5日`` or ``20260905``; raise Invalid."""
    line = plain(text)
    found = _DATE.fullmatch(line) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", line)
    try:
        if found is None:
            raise ValueError
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise invalid(field, say("“%(value)s”不是日期。", value=text), say("请按 年-月-日 填写，例如 2026-09-05。"), value=text) from None
