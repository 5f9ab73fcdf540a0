"""The command line: each command is a few lines around a service."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gi_registry.accounts import service as accounts
from gi_registry.accounts.schemas import NewPerson
from gi_registry.config import Settings, archive_folder, read_settings
from gi_registry.db import Database
from gi_registry.installation import check_database, upgrade_database
from gi_registry.kernel.errors import RegistryError
from gi_registry.kernel.words import Words, say
from gi_registry.log import keys as log_keys
from gi_registry.workflow import doors_of, open_work


class Refusing(click.Group):
    """A group whose commands tell a refusal in words and exit 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except RegistryError as error:
            click.echo(str(say("错误：%(error)s", error=error)) + (f"\n{error.remedy}" if error.remedy else ""), err=True)
            ctx.exit(1)


@click.group(cls=Refusing)
@click.pass_context
def main(ctx: click.Context) -> None:
    """The registry of geographical indications."""
    try:
        ctx.obj = read_settings()
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


def database_of(settings: Settings) -> Database:
    """Return the database that the environment names."""
    return Database(settings.database_url)


def tell(answer: dict[str, Any], *, as_json: bool, words: Words | str) -> None:
    """Print an answer for machines or for people."""
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else str(words))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True)
@click.pass_obj
def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve the registry. Example: gi-registry serve --port 8000 --workers 2"""
    from gi_registry.doctor.examination import require_startable  # noqa: PLC0415  # loads Alembic
    from gi_registry.server import run  # noqa: PLC0415  # the server is needed by this command only

    require_startable(settings, host=host)
    run(settings, host=host, port=port, workers=workers)


@main.command()
@click.pass_obj
def scheduler(settings: Settings) -> None:
    """Keep the timetable of nightly and frequent jobs; of several processes one leads. Example: gi-registry scheduler"""
    from gi_registry.doctor.examination import require_startable  # noqa: PLC0415  # loads Alembic
    from gi_registry.jobs.runner import keep_timetable_until_stopped  # noqa: PLC0415  # needed by this command only
    from gi_registry.jobs.timetable import TIMETABLE  # noqa: PLC0415  # loads every feature that has a job

    require_startable(settings)
    keep_timetable_until_stopped(database_of(settings), settings, TIMETABLE)


@main.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def doctor(settings: Settings, as_json: bool) -> None:
    """Name every problem of this installation with its remedy, and every setting. Example: gi-registry doctor"""
    from gi_registry.doctor import examination  # noqa: PLC0415  # loads Alembic
    from gi_registry.doctor.report import Report  # noqa: PLC0415  # with it

    report = Report(examination.list_settings(settings), examination.examine(settings))
    tell(report.as_json(), as_json=as_json, words=report.as_text())
    if report.problems:
        raise SystemExit(1)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.option("--demo", is_flag=True, help="Mark a NEW database as a demonstration; only such a one may move its clock.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def db_upgrade(settings: Settings, demo: bool, as_json: bool) -> None:
    """Create or migrate the database. Example: gi-registry db upgrade"""
    revision = upgrade_database(database_of(settings), settings, demo=demo)
    tell({"revision": revision}, as_json=as_json, words=say("数据库已是最新版本 %(revision)s。", revision=revision))


@db.command("check")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def db_check(settings: Settings, as_json: bool) -> None:
    """Say whether the database is at the newest revision. Example: gi-registry db check"""
    current, newest = check_database(database_of(settings))
    tell(
        {"current": current, "newest": newest},
        as_json=as_json,
        words=say("当前 %(current)s，最新 %(newest)s。", current=current, newest=newest),
    )
    if current != newest:
        raise SystemExit(1)


@main.group()
def admin() -> None:
    """Administrators."""


@admin.command("create")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--role", default="security_admin", show_default=True)
@click.option("--division", default="", help="Division code of an office role.")
@click.option("--organisation", default="", help="USCC of the organisation of a producer, holder, printer or testing institution.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def admin_create(settings: Settings, /, division: str, organisation: str, *, as_json: bool, **about: str) -> None:
    """Create the first administrator of a real installation. Example: gi-registry admin create --login admin --name 王芳"""
    with open_work(database_of(settings)) as work:
        person = accounts.add_person(work, NewPerson(division_code=division, uscc=organisation, **about))
    tell({"person_id": person.id, "login": person.login}, as_json=as_json, words=say("已创建账号 %(login)s。", login=person.login))


@main.group("log")
def log_group() -> None:
    """The public log."""


@log_group.command("checkpoint")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def log_checkpoint(settings: Settings, as_json: bool) -> None:
    """Print the signed checkpoint; keep it outside. Example: gi-registry log checkpoint > 2026-03-10.txt"""
    with open_work(database_of(settings)) as work:
        verifier_key = log_keys.ensure_key(work.session, settings, at=work.now)
        note = log_keys.checkpoint(work.session, settings)
    tell({"checkpoint": note, "verifier_key": verifier_key}, as_json=as_json, words=note.rstrip("\n"))


@log_group.command("verify")
@click.option("--checkpoint", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A checkpoint kept outside.")
@click.option("--key", "verifier_key", help="The verifier key kept with it; without one the key in the database is believed.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def log_verify(settings: Settings, kept: Path | None, verifier_key: str | None, as_json: bool) -> None:
    """Recompute the log and compare every covered row with it. Example: gi-registry log verify --checkpoint 2026-03-10.txt"""
    from gi_registry.log import verification  # noqa: PLC0415  # loads every table module

    note = kept.read_text("utf-8", errors="replace") if kept else None
    with database_of(settings).session(writable=False) as session:
        verification.on_snapshot(session)
        report = verification.verify(session, note, verifier_key=verifier_key)
    tell(report.as_json(), as_json=as_json, words="\n".join(map(str, report.lines)))
    if not report.sound:
        raise SystemExit(1)


@main.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
@click.option("--partial", is_flag=True, help="Store the good rows; without it all rows or none.")
@click.option("--encoding", default="", help="utf-8, gbk, gb18030 or (Shapefile, KML) big5, where detection should not decide.")
@click.option("--layer", default="", help="Name or number of the layer of a KMZ, zip or GeoPackage; needed where several have features.")
@click.option("--crs", default="", help="What the coordinates refer to where the file does not say: 4490, 4528, 3857 …, gcj02, bd09.")
@click.option("--column", "columns", multiple=True, help="What a column is made of: number=DKBM, authorisation=SQ-0001; repeatable.")
@click.option("--sheet", default="", help="Name or number of the sheet of a workbook; needed where several have data.")
@click.option("--mapping", default="", help="uk-gi, agi, ava, or a TOML or JSON file that reads other headers.")
@click.option("--template", type=click.Path(dir_okay=False, path_type=Path), help="Write an empty .xlsx or .csv to fill in instead.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_rows(settings: Settings, /, kind: str, file: Path | None, template: Path | None, *, as_json: bool, **options: Any) -> None:
    """Store the rows of a CSV, XLSX, ODS, XLS, GeoJSON, KML, KMZ, zipped Shapefile or GeoPackage file.

    Example: gi-registry import gis jiangsu.csv --mapping agi
    """
    from gi_registry.opendata import files  # noqa: PLC0415  # loads every feature that has rows

    if template is not None:
        template.write_bytes(files.template_of(kind, name=template.name))
        tell({"template": str(template)}, as_json=as_json, words=say("已写入样表 %(file)s。", file=template))
        return
    if file is None:
        raise click.UsageError("FILE is missing.")
    with open_work(database_of(settings)) as work:
        result = files.import_file(work, kind, file.read_bytes(), name=file.name, wishes=files.Wishes(**options), watch=files.progress)
    tell(result.as_json(), as_json=as_json, words=files.told(result))
    if result.errors and not (options["partial"] and result.kept):
        raise SystemExit(1)


@main.command("export")
@click.argument("kind")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def export_rows(settings: Settings, kind: str, file: Path, *, as_json: bool) -> None:
    """Write every row of a kind as .csv, .xlsx or, for areas and plots, .geojson. Example: gi-registry export gis gis.csv"""
    from gi_registry.opendata import files  # noqa: PLC0415  # loads every feature that has rows

    with database_of(settings).session(writable=False) as session:
        content = files.export_file(session, kind, name=file.name)
    file.write_bytes(content)
    tell({"kind": kind, "file": str(file), "bytes": len(content)}, as_json=as_json, words=say("已导出到 %(file)s。", file=file))


@main.group("areas")
def areas_group() -> None:
    """Origin areas and the plots in them."""


@areas_group.command("rejudge")
@click.option("--gi", default="", help="Code of a GI whose plots are judged again.")
@click.option("--all", "everything", is_flag=True, help="Judge the plots of every GI again.")
@click.option("--processes", type=click.IntRange(1, 64), help="Default: one for each core.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def areas_rejudge(settings: Settings, gi: str, *, everything: bool, processes: int | None, as_json: bool) -> None:
    """Finish open judging runs, or judge a GI or all again; may be interrupted. Example: gi-registry areas rejudge --all"""
    from gi_registry.jobs.rejudging import rejudge  # noqa: PLC0415  # loads numpy and shapely

    try:
        runs = rejudge(database_of(settings), gi=gi, everything=everything, processes=processes or 0)
    except KeyboardInterrupt:
        raise click.ClickException(str(say("已中断。已判定的都已保存，再运行一次即从此处继续。"))) from None
    words = "\n".join(str(run.told) for run in runs) or say("没有待办的重新判定。")
    tell({"runs": [run.as_json() for run in runs]}, as_json=as_json, words=words)


@main.group("codes")
def codes_group() -> None:
    """Item codes: grant them, make their labels."""


@codes_group.command("mint")
@click.option("--authorisation", required=True, help="Number of the authorisation.")
@click.option("--product", required=True, help="Name of the product, or its id.")
@click.option("--year", required=True, type=int, help="Year whose entitlement is used.")
@click.option("--count", required=True, type=int)
@click.option("--zone", default="")
@click.option("--key", "idempotency_key", default="", help="The same key gives the same allotment again.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write serial number, code and QR text as CSV.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def codes_mint(settings: Settings, /, out: Path | None, *, as_json: bool, **wishes: Any) -> None:
    """Allot codes within the entitlement. Example: gi-registry codes mint --authorisation SQ-1 --product 新茶 --year 2026 --count 9"""
    from gi_registry.codes import service as codes  # noqa: PLC0415  # loads numpy and reportlab

    with open_work(database_of(settings)) as work:
        made = codes.allot_by_number(work, secret_key=settings.secret_key, **wishes)
        if out:
            _write(out, codes.codes_csv(work, made.id or 0, settings).blocks)
    answer = {"allotment": made.number, "count": made.count, "year": made.year, "file": str(out) if out else None}
    tell(
        answer,
        as_json=as_json,
        words=say(
            "已核发 %(count)s 枚，申领编号 %(number)s。标识码清单：%(file)s", count=f"{made.count:,}", number=made.number, file=out or "—"
        ),
    )


@codes_group.command("labels")
@click.option("--allotment", required=True, help="Number of the allotment.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .pdf (A4 sheets), .csv or .zip (print houses)."
)
@click.option("--kind", type=click.Choice(["csv", "svg", "png"]), default="csv", show_default=True, help="What a .zip holds.")
@click.option("--sheet", default="", help="60x45 (plain A4, cut), 63.5x46.6 or 99.1x67.7 (labels on A4).")
@click.option("--level", type=click.Choice(["M", "Q"]), default="M", show_default=True, help="Error correction of the QR symbols.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def codes_labels(settings: Settings, allotment: str, out: Path, kind: str, sheet: str, level: str, as_json: bool) -> None:
    """Make the labels of an allotment. Example: gi-registry codes labels --allotment FM2026-7Z0QK --out labels.pdf"""
    from gi_registry.codes import service as codes  # noqa: PLC0415  # loads numpy and reportlab

    with open_work(database_of(settings), writable=False) as work:
        setting = codes.Setting(sheet=sheet, level=level)
        paper = codes.paper_of(work, allotment, settings, ending=out.suffix.lower(), kind=kind, setting=setting)
    size = _write(out, paper.blocks)
    tell({"allotment": allotment, "file": str(out), "bytes": size}, as_json=as_json, words=say("已写入 %(file)s。", file=out))


def _write(out: Path, blocks: Iterable[bytes]) -> int:
    """Write a file as it is made and give it its name when it is whole; return its octets."""
    half = out.with_name(out.name + ".part")
    try:
        with half.open("wb") as file:
            file.writelines(blocks)
            size = file.tell()
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
    return size


@main.group("keys")
def keys_group() -> None:
    """Keys that prove codes."""


@keys_group.command("rotate")
@click.option("--revoke", type=click.IntRange(0, 31), help="Also revoke this key: what it signs and is not yet activated is void.")
@click.option("--algorithm", default="", help="BLAKE2b-MAC-40 or HMAC-SM3-40; default: that of the key before.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def keys_rotate(settings: Settings, revoke: int | None, algorithm: str, as_json: bool) -> None:
    """Make the next key; codes of older keys stay valid. Example: gi-registry keys rotate --revoke 0"""
    from gi_registry.codes import service as codes  # noqa: PLC0415  # loads numpy and reportlab

    with open_work(database_of(settings)) as work:
        key = codes.rotate_keys(work, settings.secret_key, revoke=revoke, algorithm=algorithm)
    words = say("新标识码将由密钥 %(key)s（%(algorithm)s）签发。", key=key.id, algorithm=key.algorithm)
    tell({"key": key.id, "algorithm": key.algorithm, "revoked": revoke}, as_json=as_json, words=words)


@main.group("scans")
def scans_group() -> None:
    """Look-ups of codes."""


@scans_group.command("archive")
@click.option("--engine", default="", help="duckdb, or a cluster at spark://host:port that sees the same folder; default: GI_ENGINE.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def scans_archive(settings: Settings, engine: str, *, as_json: bool) -> None:
    """Write the days that ended into the archive, count them, let go of what is past its term. Example: gi-registry scans archive"""
    import gi_registry.tables  # noqa: F401, PLC0415  # the tables that counted codes refer to
    from gi_registry.scans.archive.nightly import keep_archive  # noqa: PLC0415  # loads the engine

    night = keep_archive(doors_of(database_of(settings)), archive_folder(settings), engine=engine or settings.engine)
    tell(night.as_json(), as_json=as_json, words=night.told)


@main.group("anomalies")
def anomalies_group() -> None:
    """Findings: leads that a person decides about."""


@anomalies_group.command("run")
@click.option("--year", type=int, help="Report and harvest year; without it last year's reports and the last three harvests.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge as if it were this day.")
@click.option("--jurisdiction", default="", help="Division code: judge only what its subtree handles.")
@click.option("--dry-run", is_flag=True, help="Say what would be found, store nothing; archived scans not yet counted stay so.")
@click.option("--engine", default="", help="What counts archived scans first: duckdb or spark://host:port; default: GI_ENGINE.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def anomalies_run(
    settings: Settings, year: int | None, as_of: datetime | None, jurisdiction: str, *, dry_run: bool, engine: str, as_json: bool
) -> None:
    """Judge every computed ground and keep what is found. Example: gi-registry anomalies run --year 2025 --dry-run"""
    from gi_registry.anomalies import service as anomalies  # noqa: PLC0415  # loads every feature that gives facts
    from gi_registry.scans.archive.nightly import count_archive  # noqa: PLC0415  # loads the engine

    database = database_of(settings)
    if not dry_run:
        count_archive(doors_of(database), archive_folder(settings), engine=engine or settings.engine)
    with open_work(database) as work:
        day = as_of.date() if as_of else None
        result = anomalies.run(work, year, as_of=day, dry_run=dry_run, jurisdiction=jurisdiction)
    tell(result.as_json(), as_json=as_json, words=result.told)
