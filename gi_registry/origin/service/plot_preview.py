"""What a file of plots would become, plot by plot: read, judged, measured against the plots on file. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shapely import STRtree
from shapely.geometry import MultiPolygon
from sqlmodel import Session

from gi_registry.bulk.shapes import read_row
from gi_registry.kernel.errors import FieldError, Invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin import queries
from gi_registry.origin.models import Plot, PlotFile
from gi_registry.origin.rules.geojson import Feature, read_geometry
from gi_registry.origin.rules.measure import area_milli_mu
from gi_registry.origin.rules.plot_files import default_name, mended, settled, told
from gi_registry.origin.rules.repair import Mendable, Repair
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shared_land import same_season, shared_m2
from gi_registry.origin.rules.shift import Datum, ShiftHint, read_as
from gi_registry.origin.rules.sketch import Sketch, draw_pair, draw_plot
from gi_registry.origin.rules.terms import PLOT_LIFE
from gi_registry.origin.rules.verdict import OriginVerdict, explain, judge_plot
from gi_registry.origin.rules.versions import Version, covers, in_force
from gi_registry.origin.schemas import FarmerFields, FileChoices, PlotFields
from gi_registry.origin.service.judging import default_tolerance_m, hint_of


@dataclass(frozen=True)
class Shared:
    """Ground a plot of the file shares with others: one's own by name and mu, other users' only counted, the file's own by position."""

    own: tuple[tuple[str, str, int], ...] = ()
    others: int = 0
    others_m2: int = 0
    within: tuple[int, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.own or self.others or self.within)


@dataclass(frozen=True)
class FileRow:
    """One plot of a file. ``outline`` is None where it needs an accepted ``repair`` or cannot be read at all (``errors``)."""

    position: int
    name: str
    fields: PlotFields | None
    farmer: FarmerFields
    outline: Reading | None
    errors: tuple[FieldError, ...] = ()
    repair: Repair | None = None
    pictures: tuple[Sketch, ...] = ()
    converted_from: str = ""
    area_milli_mu: int = 0
    verdict: OriginVerdict | None = None
    sentence: Words | None = None
    shift: ShiftHint | None = None
    shared: Shared = field(default_factory=Shared)

    @property
    def ground(self) -> MultiPolygon | None:
        """The surface as it is or as a repair would make it; None where there is none."""
        return self.outline.geometry if self.outline else self.repair.geometry if self.repair else None

    @property
    def possible(self) -> bool:
        """Whether the plot can be stored, at least once its repair is accepted."""
        return self.fields is not None and self.ground is not None and not self.shared.own

    @property
    def clean(self) -> bool:
        """Whether nothing about the plot asks for a person's decision."""
        inside = self.verdict is None or self.verdict.counts
        return self.possible and inside and self.outline is not None and not self.shift and not self.shared.any


@dataclass
class _Judge:
    """Judges many plots of one GI on one day; versions and tolerance are read once."""

    session: Session
    gi_id: int
    on: date
    versions: dict[str, tuple[Version, ...]] = field(default_factory=dict)
    default_m: int = 0

    def __post_init__(self) -> None:
        self.default_m = default_tolerance_m(self.session, self.on)

    def of(self, zone: str) -> tuple[Version, ...]:
        """Return the versions of a zone of the GI, asked once."""
        if zone not in self.versions:
            self.versions[zone] = queries.versions_of(self.session, self.gi_id, zone)
        return self.versions[zone]

    def verdict(self, ground: MultiPolygon, fields: PlotFields) -> OriginVerdict:
        """Return the verdict on ground with what is stated of it, on the day."""
        return judge_plot(ground, self.of(fields.zone), on=self.on, accuracy_m=fields.accuracy_m, default_m=self.default_m)


def preview(session: Session, file: PlotFile, features: Sequence[Feature], *, gi_id: int, choices: FileChoices, on: date) -> list[FileRow]:
    """Return what each feature of a file would become as a plot of the file's authorisation on a day."""
    judge = _Judge(session, gi_id, on)
    rows = [_row(feature, file.name, choices=choices, judge=judge) for feature in features]
    within = _within(rows)
    return [_with_neighbours(session, row, file, gi_id=gi_id, within=within.get(row.position, ()), on=on) for row in rows]


def _row(feature: Feature, file_name: str, *, choices: FileChoices, judge: _Judge) -> FileRow:
    stated = told(feature.properties, choices.columns)
    name = stated.get("name", "") or default_name(file_name, feature.position)
    fields, farmer, errors = _fields(stated | {"name": name}, choices)
    outline: Reading | None = None
    mend: Repair | None = None
    pictures: tuple[Sketch, ...] = ()
    converted = ""
    try:
        outline = _once(read_geometry(feature.geometry), choices.datum)
    except Mendable as problem:
        mend, converted = _mended(problem, choices.datum)
        errors += problem.fields
        pictures = draw_pair(problem.drawn, problem.repair().geometry) if mend else ()
    except Invalid as problem:
        errors += problem.fields
    converted = outline.converted_from if outline else converted
    row = FileRow(feature.position, name, fields, farmer, outline, errors, mend, pictures, converted)
    return row if row.ground is None or fields is None else _judged(row, fields, judge)


def _once(read: Reading, datum: Datum) -> Reading:
    """Return an outline in CGCS2000: nothing that the file itself named as shifted, and so was converted, is converted a second time."""
    return read if read.converted_from else read_as(read, datum)


def _fields(stated: Mapping[str, str], choices: FileChoices) -> tuple[PlotFields | None, FarmerFields, tuple[FieldError, ...]]:
    try:
        farmer = read_row(FarmerFields, stated)
        given: dict[str, Any] = {name: value for name, value in choices.for_all.items() if name not in stated}
        return read_row(PlotFields, stated, **given), farmer, ()
    except Invalid as problem:
        return None, FarmerFields(), problem.fields


def _mended(problem: Mendable, datum: Datum) -> tuple[Repair | None, str]:
    """Return what could be made of a defective outline, in CGCS2000, and the datum it was converted from."""
    try:
        found = problem.repair()
    except Invalid:
        return None, ""
    if problem.datum or datum is Datum.CGCS2000:
        return found, problem.datum
    moved = read_as(Reading(found.geometry), datum)
    return Repair(moved.geometry, (*found.changes, *moved.warnings), found.moved_m2), moved.converted_from


def _judged(row: FileRow, fields: PlotFields, judge: _Judge) -> FileRow:
    ground = row.ground
    assert ground is not None
    verdict = judge.verdict(ground, fields)
    shift = None if row.converted_from else hint_of(ground, verdict, on=judge.on, again=lambda moved: judge.verdict(moved, fields))
    version = in_force(judge.of(fields.zone), judge.on)
    picture = row.pictures or (draw_plot(ground, version.geometry if version else None),)
    told_as = {"area_milli_mu": area_milli_mu(ground), "verdict": verdict, "sentence": explain(verdict, on=judge.on)}
    return _but(row, pictures=picture, shift=shift, **told_as)


def _but(row: FileRow, **differs: Any) -> FileRow:
    return FileRow(**{**row.__dict__, **differs})


def _within(rows: Sequence[FileRow]) -> dict[int, tuple[int, ...]]:
    """Return the plots of the file that share ground with another one of it, by position."""
    read = [(row, row.ground, row.fields) for row in rows if row.ground is not None and row.fields is not None]
    tree = STRtree([ground for _row, ground, _fields in read])
    found: dict[int, list[int]] = {}
    for index, (row, ground, fields) in enumerate(read):
        for near in tree.query(ground):
            other, other_ground, other_fields = read[int(near)]
            if int(near) == index or not same_season(fields.season, other_fields.season):
                continue
            if shared_m2(ground, other_ground, accuracy_m=min(fields.accuracy_m, other_fields.accuracy_m)):
                found.setdefault(row.position, []).append(other.position)
    return {position: tuple(sorted(others)) for position, others in found.items()}


def _with_neighbours(session: Session, row: FileRow, file: PlotFile, *, gi_id: int, within: tuple[int, ...], on: date) -> FileRow:
    ground, fields = row.ground, row.fields
    if ground is None or fields is None:
        return row
    own: list[tuple[str, str, int]] = []
    others: list[int] = []
    for plot in queries.plots_near(session, ground, gi_id=gi_id):
        if not _used(plot, on) or not same_season(plot.season, fields.season):
            continue
        if shared := shared_m2(ground, plot.geometry, accuracy_m=min(fields.accuracy_m, plot.accuracy_m)):
            if plot.authorisation_id == file.authorisation_id:
                own.append((plot.number, plot.name, shared))
            else:
                others.append(shared)
    errors = tuple(
        FieldError("geometry", say("这块地与已登记的 %(number)s %(name)s 重叠。", number=number, name=name), say("同一块地只登记一次。"))
        for number, name, _shared in own
    )
    shared_land = Shared(tuple(own), len(others), sum(others), within)
    return _but(row, shared=shared_land, errors=(*row.errors, *errors))


def _used(plot: Plot, on: date) -> bool:
    return plot.state == PLOT_LIFE.initial and covers(plot.valid_from, plot.valid_to, on)


def accepted(row: FileRow, *, mend: bool, shift: bool) -> Reading | None:
    """Return the outline of a plot as a person accepted it; None where its repair was not."""
    base = row.outline or (mended(row.repair, row.converted_from) if row.repair and mend else None)
    return settled(base, shifted=shift and row.shift is not None)
