"""Keep the catalogues of languages: ``python scripts/catalogue.py`` reads the sentences from the source, keeps what is translated and
compiles; ``--missing`` lists what has no translation yet. The Chinese sentence is the message id.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "gi_registry" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACES = ((ROOT / "gi_registry", [("**.py", "python")]), (ROOT / "templates", [("**.html", "jinja2")]))
SINCE = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same sentences make the same file
HEADER = {
    "project": "gi_registry", "version": "1", "copyright_holder": "gi_registry", "msgid_bugs_address": "-", "last_translator": "-",
    "language_team": "-", "creation_date": SINCE, "revision_date": SINCE,
}  # fmt: skip
KEYWORDS = {"say": None, "_": None, "gettext": None, "ngettext": (1, 2)}


def sentences() -> Iterator[str]:
    """Yield every sentence of the source, each once, in a stable order."""
    found = set()
    for folder, methods in PLACES:
        for _file, _line, message, _comments, _context in extract_from_dir(str(folder), methods, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    yield from sorted(found - {""})


def current() -> Catalog:
    """Return the catalogue as it is stored."""
    if not FILE.exists():
        return Catalog(locale="en")
    with FILE.open("rb") as stored:
        return read_po(stored, locale="en")


def renewed(old: Catalog) -> Catalog:
    """Return a catalogue of exactly the source's sentences, with the translations of ``old``."""
    new = Catalog(locale="en", fuzzy=False, header_comment="# The Chinese sentence is the message id.", **HEADER)
    for sentence in sentences():
        known = old.get(sentence)
        new.add(sentence, known.string if known and not known.fuzzy else "")
    return new


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Return the sentences without a translation."""
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main() -> int:
    """Renew and compile, or list what is missing."""
    catalogue = renewed(current())
    if "--missing" in sys.argv:
        print("\n".join(missing(catalogue)))
        return 0
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("wb") as stored:
        write_po(stored, catalogue, width=140, omit_header=False)
    FILE.with_suffix(".mo").write_bytes(compiled(catalogue))
    print(f"{len(catalogue)} sentences, {len(missing(catalogue))} without a translation")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
