"""From the bytes of a file to its text: UTF-8 with or without BOM, GBK, GB18030; never a guess that could be wrong in silence."""

from __future__ import annotations

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say

NAMES = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "gbk": "gbk", "gb2312": "gbk", "gb18030": "gb18030"}
_EXPECTED = say("请另存为 UTF-8（可带 BOM）、GBK 或 GB18030 编码的文件。")


_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_OTHERS: tuple[tuple[bytes, Words], ...] = (
    (b"%PDF", say("这是 PDF 文件。")),
    (b"\x89PNG", say("这是图片。")),
    (b"\xff\xd8\xff", say("这是图片。")),
    (b"Rar!", say("这是压缩文件。")),
    (b"7z\xbc\xaf", say("这是压缩文件。")),
    (b"\x1f\x8b", say("这是压缩文件。")),
    (b"{\\rtf", say("这是文字处理文件。")),
)
_MARKUP = ("<html", "<!doctype", "<table", "<meta", "<head", "<body", "<div", "<style", "<?xml", "<workbook")


def looks_like_workbook(content: bytes) -> bool:
    """Say whether the bytes begin as those of Excel and OpenDocument files do, whatever the file is called."""
    return content.startswith(_WORKBOOKS)


def other_format(content: bytes) -> Words | None:
    """Return what a file is that is neither table nor geographic data (PDF, picture …), None where its start says nothing."""
    return next((reason for start, reason in _OTHERS if content.startswith(start)), None)


def refuse_markup(text: str) -> None:
    """Refuse a web page or an XML file, which some systems hand out under the name of a spreadsheet."""
    if text.lstrip()[:12].lower().startswith(_MARKUP):
        raise invalid(
            "file",
            say("这是网页或 XML，不是表格文件，虽然文件名可能是 .xls。"),
            say("请在表格软件中打开，另存为 .xlsx 或 CSV UTF-8 后再导入。"),
        )


def decode(content: bytes, encoding: str = "") -> str:
    """Return the text of a file; raise Invalid that names the row where the bytes do not fit.

    Without ``encoding``: UTF-8 when all of it is, else GB18030 when no line is clearly UTF-8, else the file is mixed and refused.
    """
    _refuse_other_formats(content)
    if encoding:
        name = NAMES.get(encoding.strip().lower())
        if name is None:
            raise invalid("encoding", say("不支持编码“%(name)s”。", name=encoding), say("可用：utf-8、gbk、gb18030。"), value=encoding)
        return _strictly(content, name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse_mixture(content)
        return _strictly(content, "gb18030")


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as problem:
        raise invalid(
            "file",
            say(
                "第 %(row)s 行不是 %(encoding)s 编码。",
                row=content.count(b"\n", 0, problem.start) + 1,
                encoding=name.removesuffix("-sig").upper(),
            ),
            _EXPECTED,
        ) from None


def _refuse_other_formats(content: bytes) -> None:
    if not content.strip():
        raise invalid("file", say("文件是空的。"), say("请选择有内容的文件；第一行是列名。"))
    reason = other_format(content)
    if reason is not None:
        raise invalid("file", reason, say("请选择 .xlsx、.ods、.xls、CSV 或 GeoJSON 文件。"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise invalid("file", say("文件是 UTF-16 编码。"), _EXPECTED)
    if b"\x00" in content:
        row = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise invalid("file", say("第 %(row)s 行含有空字节，这不是文本文件。", row=row), _EXPECTED)


def _refuse_mixture(content: bytes) -> None:
    """Refuse a file in which some lines are UTF-8 Chinese and others are not UTF-8 at all."""
    utf8_row = other_row = 0
    for row, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            other_row = other_row or row
            continue
        if any("\u4e00" <= symbol <= "\u9fff" for symbol in text):
            utf8_row = utf8_row or row
    if content.startswith(b"\xef\xbb\xbf") and other_row:
        utf8_row = utf8_row or 1
    if utf8_row and other_row:
        raise invalid(
            "file",
            say("文件混用了两种编码：第 %(utf8)s 行是 UTF-8，第 %(other)s 行不是。", utf8=utf8_row, other=other_row),
            say("多半是几份文件拼在了一起；请用同一种编码重新保存，或分开导入。"),
        )
