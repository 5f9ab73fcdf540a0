"""One night of the archive: write the days that ended, count them, let go of what is past its term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gi_registry.kernel.words import Words, say
from gi_registry.scans.archive.engine import EMBEDDED, open_engine
from gi_registry.scans.archive.keeping import archive_day, drop_day, remove_old_day, renew_day
from gi_registry.scans.archive.watching import watch_day
from gi_registry.workflow import Doors


@dataclass
class Night:
    """What was done: days written with their rows, days counted, days whose rows left the database, files deleted."""

    written: int = 0
    rows: int = 0
    counted: int = 0
    dropped: int = 0
    removed: int = 0
    last: date | None = None

    def as_json(self) -> dict[str, object]:
        """Return the result for machines."""
        return {
            "written": self.written,
            "rows": self.rows,
            "counted": self.counted,
            "dropped": self.dropped,
            "removed": self.removed,
            "last": self.last.isoformat() if self.last else None,
        }

    @property
    def told(self) -> Words:
        """The result for people."""
        return say(
            "扫码归档：写入 %(written)s 天、%(rows)s 条，统计 %(counted)s 天，从库内移出 %(dropped)s 天，到期删除 %(removed)s 天。",
            written=self.written,
            rows=self.rows,
            counted=self.counted,
            dropped=self.dropped,
            removed=self.removed,
        )


def keep_archive(doors: Doors, folder: Path, *, engine: str = EMBEDDED) -> Night:
    """Bring the archive up to date, a day at a time: stopped anywhere, the next call goes on where it stood.

    Raises OSError (the disk), Invalid and Unavailable (the engine, a damaged file), NotAllowed.
    """
    night = Night()
    while (day := archive_day(doors, folder)) is not None:
        night.written, night.rows, night.last = night.written + 1, night.rows + day.rows, day.day
    while renew_day(doors, folder) is not None:
        night.written += 1
    night.counted = count_archive(doors, folder, engine=engine)
    while drop_day(doors, folder) is not None:
        night.dropped += 1
    while remove_old_day(doors, folder) is not None:
        night.removed += 1
    return night


def count_archive(doors: Doors, folder: Path, *, engine: str = EMBEDDED) -> int:
    """Count the day files that were not counted yet; return how many. Raises Invalid and Unavailable."""
    count = 0
    with open_engine(engine) as running:
        while watch_day(doors, folder, running) is not None:
            count += 1
    return count
