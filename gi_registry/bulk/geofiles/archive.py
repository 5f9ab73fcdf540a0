"""Members of a zip, checked before anything is unpacked: bombs, escapes, links, encryption, headers that lie."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import PurePosixPath

from gi_registry.bulk.geofiles.words import Refused

MOST_MEMBERS = 2_000
MOST_UNPACKED = 250_000_000
MOST_MEMBER = 150_000_000
MOST_RATIO = 250
SMALL_MEMBER = 8_000_000
MOST_FOLDERS = 12
_UTF8 = 0x800
_IGNORED = (".ds_store", "thumbs.db", "desktop.ini")


class Archive:
    """The members of a zip by name, without those that systems add; each is unpacked only when it is read."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except Exception:  # noqa: BLE001  # whatever a broken archive raises
            raise Refused("broken") from None
        _check(entries, len(content))
        self._members = {name_of(entry): entry for entry in entries if not entry.is_dir() and not _ignored(name_of(entry))}

    @property
    def names(self) -> list[str]:
        """The names of the members, in the order of the archive."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """Return a member's content; raise Refused where it is not what the directory says."""
        entry = self._members[name]
        try:
            with self._zip.open(entry) as member:
                content = member.read(entry.file_size + 1)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # whatever a broken member makes its reader raise
            raise Refused("broken-member", name) from None
        if len(content) != entry.file_size:
            raise Refused("lying", name)
        return content


def name_of(entry: zipfile.ZipInfo) -> str:
    """Return a member's name: where it is not marked as UTF-8, Chinese systems wrote it in GBK."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding).replace("\\", "/")
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _ignored(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.startswith("._") or path.name.lower() in _IGNORED


def _check(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_MEMBERS:
        raise Refused("bomb")
    names = [name_of(entry) for entry in entries]
    for entry, name in zip(entries, names, strict=True):
        _check_name(name)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("link", name)
        if entry.flag_bits & 1:
            raise Refused("encrypted", name)
        if entry.file_size > MOST_MEMBER or (entry.file_size > SMALL_MEMBER and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)):
            raise Refused("bomb")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED or sum(entry.compress_size for entry in entries) > size:
        raise Refused("bomb")
    files = [name.lower() for name in names if not name.endswith("/")]
    if len(set(files)) != len(files):
        raise Refused("duplicate", next(name for name in files if files.count(name) > 1))


def _check_name(name: str) -> None:
    parts = name.split("/")
    drive = len(parts[0]) == 2 and parts[0][1] == ":"
    if name.startswith("/") or drive or ".." in parts or "\x00" in name:
        raise Refused("escape", name)
    if len(parts) > MOST_FOLDERS:
        raise Refused("deep", name[:80])
