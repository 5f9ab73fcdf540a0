"""The archive over a real database: days that ended become files, are counted, leave the database, and end; nothing is lost on the way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import func
from sqlmodel import col, select

from gi_registry.anomalies import service as anomalies
from gi_registry.anomalies.models import Finding
from gi_registry.kernel.clock import start_of
from gi_registry.kernel.errors import NotAllowed, Unavailable
from gi_registry.policy.models import PolicyParameter
from gi_registry.scans.archive import keeping
from gi_registry.scans.archive.engine import open_engine
from gi_registry.scans.archive.files import path_of, write_day
from gi_registry.scans.archive.nightly import keep_archive
from gi_registry.scans.archive.watching import watch_day
from gi_registry.scans.models import Scan, ScanCount, ScanDay, ScanPeak
from gi_registry.workflow import Doors
from tests.builders.accounts import make_actor
from tests.builders.anomalies import make_ring
from tests.builders.scans import Labels
from tests.conftest import NOW

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def doors(open_work: Any) -> Doors:
    return Doors(lambda: open_work(writable=False), open_work)


def doors_at(open_work: Any, now: datetime) -> Doors:
    return Doors(lambda: open_work(writable=False, now=now), lambda: open_work(now=now))


def look(open_work: Any, labels: Labels, at: datetime, *, serial: int = 0, client: int = 0, **differs: Any) -> None:
    values = {"place": "310000", "verdict": "repeat", "counted": True, "merged_count": 0} | differs
    with open_work() as work:
        work.session.add(Scan(range_id=labels.range_id, serial=serial, at=at, client_key=f"{client:016x}", **values))


def days(open_work: Any) -> list[ScanDay]:
    with open_work(writable=False) as work:
        return list(work.session.exec(select(ScanDay).order_by(col(ScanDay.day))))


def scans(open_work: Any) -> int:
    with open_work(writable=False) as work:
        return work.session.scalar(select(func.count()).select_from(Scan)) or 0


def ring(open_work: Any, labels: Labels) -> None:
    with open_work() as work:
        make_ring(work, labels)


def test_a_day_that_ended_becomes_a_file_and_today_does_not(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    edges = [start_of(YESTERDAY), start_of(TODAY) - timedelta(microseconds=1), start_of(TODAY), NOW]
    for number, at in enumerate(edges):
        look(open_work, labels, at, serial=number)
    night = keep_archive(doors, tmp_path)
    assert (night.written, night.rows, night.counted) == (1, 2, 1)
    assert pq.ParquetFile(path_of(tmp_path, YESTERDAY)).read()["serial"].to_pylist() == [0, 1]
    assert scans(open_work) == 4, "the rows stay while their term lasts"
    assert keep_archive(doors, tmp_path).as_json()["written"] == 0


def test_a_day_is_closed_an_hour_after_it_ended(open_work: Any, labels: Labels, tmp_path: Path) -> None:
    look(open_work, labels, start_of(YESTERDAY))
    early = doors_at(open_work, start_of(TODAY) + timedelta(minutes=59))
    assert keeping.archive_day(early, tmp_path) is None
    late = doors_at(open_work, start_of(TODAY) + timedelta(minutes=60))
    assert keeping.archive_day(late, tmp_path) is not None


def test_days_without_a_look_up_are_passed_over(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    for back in (40, 3, 1):
        look(open_work, labels, NOW - timedelta(days=back))
    assert keep_archive(doors, tmp_path).written == 3
    assert [row.day for row in days(open_work)] == [TODAY - timedelta(days=back) for back in (40, 3, 1)]


def test_the_log_holds_the_digest_of_the_file(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    look(open_work, labels, start_of(YESTERDAY))
    keep_archive(doors, tmp_path)
    with open_work(writable=False) as work:
        assert list(keeping.damaged(work.session, tmp_path)) == []
    rows = [(labels.range_id, 0, start_of(YESTERDAY), None, "0" * 16, "repeat", True, 0)] * 2
    write_day(tmp_path, YESTERDAY, [rows])
    with open_work(writable=False) as work:
        assert [day for day, _path in keeping.damaged(work.session, tmp_path)] == [YESTERDAY]


def test_a_process_killed_between_file_and_record_is_made_good(
    open_work: Any, doors: Doors, labels: Labels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(open_work, labels, start_of(YESTERDAY))

    def killed() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.archive_day(Doors(doors.look, killed), tmp_path)
    assert path_of(tmp_path, YESTERDAY).exists()
    assert days(open_work) == []
    look(open_work, labels, start_of(YESTERDAY) + timedelta(seconds=1))
    assert keep_archive(doors, tmp_path).rows == 2
    with open_work(writable=False) as work:
        assert list(keeping.damaged(work.session, tmp_path)) == []


def test_rows_leave_when_their_term_is_over_and_their_file_is_whole(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    for back in (300, 250, 1):
        look(open_work, labels, NOW - timedelta(days=back))
    with open_engine() as engine:
        while keeping.archive_day(doors, tmp_path):
            watch_day(doors, tmp_path, engine)
    first = path_of(tmp_path, TODAY - timedelta(days=300))
    whole = first.read_bytes()
    first.write_bytes(whole[:-1])
    assert keeping.drop_day(doors, tmp_path) == TODAY - timedelta(days=250), "a torn file keeps its rows where they are"
    assert keeping.drop_day(doors, tmp_path) is None
    first.write_bytes(whole)
    assert keeping.drop_day(doors, tmp_path) == TODAY - timedelta(days=300)
    assert keeping.drop_day(doors, tmp_path) is None
    assert scans(open_work) == 1
    assert [row.dropped_at is None for row in days(open_work)] == [False, False, True]


def test_files_end_with_their_term_and_their_digests_stay(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    for back in (1_200, 300):
        look(open_work, labels, NOW - timedelta(days=back))
    night = keep_archive(doors, tmp_path)
    assert (night.written, night.counted, night.dropped, night.removed) == (2, 2, 2, 1)
    assert [path.parent.name for path in tmp_path.rglob("*.parquet")] == [f"day={TODAY - timedelta(days=300)}"]
    assert [len(row.digest) for row in days(open_work)] == [64, 64]


def test_terms_are_policy(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    look(open_work, labels, NOW - timedelta(days=30))
    keep_archive(doors, tmp_path)
    assert scans(open_work) == 1
    with open_work() as work:
        parameter = work.session.exec(select(PolicyParameter).where(PolicyParameter.key == keeping.KEEP)).one()
        parameter.value = {"database": 20, "archive": 1_100}
        work.session.add(parameter)
    keep_archive(doors, tmp_path)
    assert scans(open_work) == 0


def test_the_ring_is_found_after_its_look_ups_left_the_database(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    ring(open_work, labels)
    with open_work() as work:
        anomalies.run(work, 2025, dry_run=True)
        live = next(draft for draft in anomalies.run(work, 2025, dry_run=True).found if draft.ground == "CL-01")
    keep_archive(doors, tmp_path)
    with open_work() as work:
        for scan in work.session.exec(select(Scan)):
            work.session.delete(scan)
    with open_work() as work:
        anomalies.run(work, 2025)
        finding = work.session.exec(select(Finding).where(Finding.ground == "CL-01")).one()
        assert finding.facts == live.facts, "places, times and counts are those of the busiest hours, wherever they are read"
        assert finding.facts["codes"][0]["places"]


def test_codes_told_by_nobody_are_found_by_the_archive(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    """What the trace page never said, because its policy was another one then, is counted over the files."""
    for serial in range(3):
        for client in range(25):
            place = ("110000", "310000", "440000", None)[client % 4]
            look(open_work, labels, NOW - timedelta(days=2, minutes=client), serial=serial, client=client, place=place)
    assert keep_archive(doors, tmp_path).counted == 1
    with open_work() as work:
        assert len(list(work.session.exec(select(ScanPeak)))) == 3
        result = anomalies.run(work, 2025)
        assert [draft.ground for draft in result.found if draft.ground == "CL-01"] == ["CL-01"]


def test_a_peak_does_not_shrink_on_a_quiet_day(open_work: Any, labels: Labels, tmp_path: Path) -> None:
    for client in range(30):
        look(open_work, labels, NOW - timedelta(days=4, minutes=client), client=client, place=f"{11 + client % 4}0000")
    for client in range(21):
        look(open_work, labels, NOW - timedelta(days=1, minutes=client), client=100 + client, place=f"{11 + client % 3}0000")
    keep_archive(doors_at(open_work, NOW - timedelta(days=2)), tmp_path)
    keep_archive(doors_at(open_work, NOW), tmp_path)
    with open_work(writable=False) as work:
        peak = work.session.exec(select(ScanPeak)).one()
    assert (peak.clients, peak.provinces) == (30, 4)


def test_counts_by_range_and_day(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    at = start_of(YESTERDAY)
    look(open_work, labels, at, serial=1, verdict="first-check", place="110000")
    look(open_work, labels, at + timedelta(minutes=9), serial=1, client=1, place="440000")
    look(open_work, labels, at, serial=600, verdict="not-activated", counted=False)
    look(open_work, labels, at + timedelta(hours=1), serial=600, verdict="not-activated", counted=False)
    keep_archive(doors, tmp_path)
    with open_work(writable=False) as work:
        row = work.session.exec(select(ScanCount)).one()
    assert (row.day, row.checks, row.first_checks, row.unactivated, row.unactivated_codes, row.hurried_codes) == (YESTERDAY, 2, 1, 2, 1, 1)


def test_a_file_that_is_gone_stops_the_count_and_stores_nothing(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    look(open_work, labels, start_of(YESTERDAY))
    keeping.archive_day(doors, tmp_path)
    path_of(tmp_path, YESTERDAY).unlink()
    with open_engine() as engine, pytest.raises(Unavailable, match="归档读不出来"):
        watch_day(doors, tmp_path, engine)
    assert days(open_work)[0].watched_at is None


def test_two_processes_archive_a_day_once(open_work: Any, doors: Doors, labels: Labels, tmp_path: Path) -> None:
    look(open_work, labels, start_of(YESTERDAY))

    def slow() -> Any:
        keeping.archive_day(doors, tmp_path)
        return open_work()

    keeping.archive_day(Doors(doors.look, slow), tmp_path)
    assert len(days(open_work)) == 1


@pytest.mark.parametrize("role", ["security_admin", "national_officer", "auditor"])
def test_only_who_runs_the_installation_archives(open_work: Any, role: str, tmp_path: Path) -> None:
    def as_other() -> Any:
        return open_work(actor=actor)

    with open_work() as work:
        actor = make_actor(work, role)
    with pytest.raises(NotAllowed):
        keeping.archive_day(Doors(as_other, as_other), tmp_path)


def test_labels_looked_up_before_they_were_activated_are_a_reminder_to_their_user(
    open_work: Any, doors: Doors, labels: Labels, tmp_path: Path
) -> None:
    for serial in range(700, 720):
        look(open_work, labels, NOW - timedelta(days=2), serial=serial, verdict="not-activated", counted=False)
    look(open_work, labels, NOW - timedelta(days=1), serial=721, verdict="not-activated", counted=False)
    keep_archive(doors, tmp_path)

    def states() -> list[tuple[int | None, str]]:
        with open_work(writable=False) as work:
            return [(row.authorisation_id, row.state) for row in work.session.exec(select(Finding).where(Finding.ground == "CL-02"))]

    with open_work() as work:
        anomalies.run(work, 2025)
    assert states() == [(labels.authorisation_id, "open")]
    with open_work(now=NOW + timedelta(days=40)) as work:
        anomalies.run(work, 2025)
    assert states() == [(labels.authorisation_id, "cleared")]


def test_rows_that_come_late_are_written_before_any_of_their_day_leaves(
    open_work: Any, doors: Doors, labels: Labels, tmp_path: Path
) -> None:
    """A clock set back, or history brought in: the file of that day does not hold them yet."""
    old = NOW - timedelta(days=250)
    look(open_work, labels, old)
    keep_archive(doors_at(open_work, NOW - timedelta(days=100)), tmp_path)
    look(open_work, labels, old + timedelta(seconds=1), serial=3)
    assert keeping.drop_day(doors, tmp_path) is None, "the control: a day with a row that no file has stays"
    night = keep_archive(doors, tmp_path)
    assert (night.written, night.counted, night.dropped) == (1, 1, 1)
    assert scans(open_work) == 0
    (row,) = days(open_work)
    assert pq.ParquetFile(path_of(tmp_path, row.day)).read()["serial"].to_pylist() == [0, 3]
    with open_work(writable=False) as work:
        assert work.session.exec(select(ScanCount)).one().checks == 2
        assert list(keeping.damaged(work.session, tmp_path)) == []
