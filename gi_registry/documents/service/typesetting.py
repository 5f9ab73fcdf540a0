"""Papers as PDF/A, typeset by typst from the templates of ``templates/papers`` with the vendored fonts only.

What people typed reaches a template as JSON in ``sys.inputs``, never as markup; a template reads nothing outside its folder. The same
data make the same bytes: the date of the file is the date of the paper.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from threading import BoundedSemaphore
from typing import Final

import typst

from gi_registry.assets import PACKAGE, asset_dir
from gi_registry.documents.rules.glyphs import characters_of, printable
from gi_registry.documents.rules.paper import Code, Paper, spoken
from gi_registry.documents.service.symbol import drawn
from gi_registry.kernel.clock import start_of
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say

FONTS = PACKAGE / "static" / "vendor" / "noto-sans-sc"
CATALOGUES = PACKAGE / "translations"
STANDARD: Final = "a-2a"  # archival, tagged for readers, every font embedded; a glyph that is missing is an error
SECONDS = 10.0
AT_ONCE = BoundedSemaphore(2)


def typeset(template: str, data: Mapping[str, object], *, language: str = "zh_CN") -> bytes:
    """Return the PDF of ``templates/papers/<template>.typ`` filled with ``data``.

    ``data`` holds text, whole numbers, ``Words`` (translated here), days and moments (written in Beijing time), records of
    ``documents.rules.paper``, lists and mappings of these. ``data["issued"]`` (a date or an aware datetime) fixes the date of the file
    and so its bytes. ``language`` is ``zh_CN`` or ``en``. Raises Unavailable when typesetting takes longer than 10 seconds, TypeError for a
    value that has no place in a paper.
    """
    translate = _translator(language)
    issued = data["issued"]
    if not isinstance(issued, date):
        raise TypeError("data['issued'] is the day or moment of the paper")
    moment = issued.astimezone(UTC) if isinstance(issued, datetime) else start_of(issued)
    filled = {**data, "labels": LABELS, "language": "en" if language.startswith("en") else "zh"}
    filled["code"] = _symbol(data.get("code"))
    missing: dict[str, None] = {}
    content = printable(spoken(filled, translate), _characters(), missing)
    assert isinstance(content, dict)
    content["missing"] = " ".join(f"U+{ord(letter):04X}" for letter in missing)
    return _within_time(lambda: _compile(template, content, moment.replace(microsecond=0)))


def typeset_paper(paper: Paper, *, language: str = "zh_CN") -> bytes:
    """Return the PDF of a paper in the general layout."""
    return typeset("paper", paper.data(), language=language)


LABELS = {
    "page": say("第 %(page)s 页，共 %(pages)s 页", page="{page}", pages="{pages}"),
    "colon": say("："),
    "seal": say("（印章）"),
    "missing": say("文中以“〓”代替的字，字库中没有，依次为："),
}


def _symbol(code: object) -> dict[str, object] | None:
    """A QR symbol as a template takes it: a drawing, the address and the sentence beside it; stored data have it as a mapping."""
    if isinstance(code, Code):
        return {"drawing": drawn(code.address), "address": code.address, "caption": code.caption}
    if isinstance(code, Mapping):
        return {"drawing": drawn(str(code["address"])), "address": code["address"], "caption": code["caption"]}
    return None


@cache
def _translator(language: str) -> Callable[[str], str]:
    """Return the gettext function of a language; Chinese is the language of the source."""
    if language.startswith("en"):
        return gettext.translation("messages", str(CATALOGUES), ["en"]).gettext
    return str


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _characters() -> frozenset[int]:
    return frozenset().union(*(characters_of(path.read_bytes()) for path in FONTS.glob("*.[ot]tf")))


def _compile(template: str, content: Mapping[str, object], moment: datetime) -> bytes:
    folder = asset_dir("templates") / "papers"
    path = folder / f"{template}.typ"
    if path.parent != folder or not path.is_file():
        raise FileNotFoundError(f"There is no paper template named {template!r}.")
    return typst.compile(
        path,
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False, sort_keys=True)},
        package_path=folder / "packages",
        package_cache_path=folder / "packages",
        pdf_standards=[STANDARD],
        timestamp=moment,
    )


def _within_time(make: Callable[[], bytes], *, seconds: float = SECONDS) -> bytes:
    """Typeset in a thread of its own (typst releases the interpreter): a request never waits longer than the limit."""
    late = Unavailable(say("文书排版超过时限，没有生成。"), remedy=say("请稍后重试；反复出现时请联系运维人员。"))
    if not AT_ONCE.acquire(timeout=seconds):
        raise late
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typeset")
    try:
        typesetting = worker.submit(make)
        typesetting.add_done_callback(lambda _done: AT_ONCE.release())  # one that overruns keeps its place until it ends
        return typesetting.result(timeout=seconds)
    except TimeoutError:
        raise late from None
    finally:
        worker.shutdown(wait=False)
