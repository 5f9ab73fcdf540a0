"""A PDF of any number of pages, written page by page: what all pages share is drawn once by reportlab, pages follow as they come.

The shared file has one page. Its objects are kept as they are; pages of the same size and resources are appended, then the page tree, the
table of offsets and the trailer (ISO 32000-1, 7.5 and 7.7.3). Memory holds one page and an offset for each object.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PAGES_PER_NODE = 256
_LEVEL = 1  # of deflate, the fastest: a page of labels is hexadecimal figures
_PAGE = re.compile(rb"/MediaBox (\[[^]]*\]) /Parent (\d+) 0 R /Resources (<<.*?>>) /Rotate 0 /Trans", re.DOTALL)
_TRAILER = re.compile(rb"/Info (\d+) 0 R\s+/Root (\d+) 0 R\s+/Size (\d+)\s+>>\s+startxref\s+(\d+)")
_OFFSET = re.compile(rb"(\d{10}) 00000 n ")


@dataclass(frozen=True)
class Shared:
    """What the pages of a file share: its bytes up to the table of offsets, and what pages refer to."""

    body: bytes
    offsets: tuple[int, ...]
    media_box: bytes
    resources: bytes
    tree: int
    info: int
    root: int


def shared(file: bytes) -> Shared:
    """Take apart a one-page file as reportlab writes it. Raises ValueError for any other."""
    page, trailer = _PAGE.search(file), _TRAILER.search(file)
    if page is None or trailer is None:
        raise ValueError("not a one-page file of this writer")
    table = int(trailer[4])
    offsets = tuple(int(found[1]) for found in _OFFSET.finditer(file, table))
    if len(offsets) + 1 != int(trailer[3]):
        raise ValueError("the table of offsets is not whole")
    return Shared(file[:table], offsets, page[1], page[3], int(page[2]), int(trailer[1]), int(trailer[2]))


class _Writer:
    """Numbers objects and remembers where they begin."""

    def __init__(self, start: Shared) -> None:
        self.at = len(start.body)
        self.offsets = [0, *start.offsets]

    def reserve(self) -> int:
        """Return the number of an object that is written later."""
        self.offsets.append(0)
        return len(self.offsets) - 1

    def put(self, number: int, body: bytes) -> bytes:
        """Return an object as written, and remember where it begins."""
        written = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self.offsets[number] = self.at
        self.at += len(written)
        return written


def stream(start: Shared, pages: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a file whose pages have these contents (drawing operators, not compressed yet); at least one page."""
    writer = _Writer(start)
    yield start.body
    resources = writer.reserve()
    yield writer.put(resources, start.resources)
    nodes: list[tuple[int, int]] = []
    kids: list[int] = []
    node = 0
    for content in pages:
        if not kids:
            node = writer.reserve()
        contents, page = writer.reserve(), writer.reserve()
        pressed = zlib.compress(content, _LEVEL)
        kids.append(page)
        yield writer.put(contents, b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(pressed), pressed))
        named = (node, start.media_box, resources, contents)
        yield writer.put(page, b"<</Type/Page/Parent %d 0 R/MediaBox%s/Resources %d 0 R/Contents %d 0 R>>" % named)
        if len(kids) == PAGES_PER_NODE:
            nodes.append((node, len(kids)))
            yield _node(writer, start, node, kids)
            kids = []
    if kids:
        nodes.append((node, len(kids)))
        yield _node(writer, start, node, kids)
    count = sum(number for _node, number in nodes)
    yield writer.put(start.tree, b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, _references(node for node, _count in nodes)))
    yield from _end(writer, start)


def _node(writer: _Writer, start: Shared, node: int, kids: list[int]) -> bytes:
    return writer.put(node, b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>" % (start.tree, len(kids), _references(kids)))


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _end(writer: _Writer, start: Shared) -> Iterator[bytes]:
    table = writer.at
    yield b"xref\n0 %d\n0000000000 65535 f \n" % len(writer.offsets)
    for first in range(1, len(writer.offsets), 10_000):
        yield b"".join(b"%010d 00000 n \n" % offset for offset in writer.offsets[first : first + 10_000])
    named = (start.info, start.root, len(writer.offsets), table)
    yield b"trailer\n<</Info %d 0 R/Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % named
