"""A producer brings a file of plots: kept as it came, shown as it would be read, stored when confirmed, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gi_registry.documents import queries as documents
from gi_registry.documents.service import keep_content
from gi_registry.kernel.errors import FieldError, Invalid, RegistryError, invalid
from gi_registry.kernel.words import Words, packed, say, unpacked
from gi_registry.origin import queries
from gi_registry.origin.models import Plot, PlotFile
from gi_registry.origin.rules.plot_files import Chosen, guessed
from gi_registry.origin.rules.terms import PLOT_FILE_LIFE, Origin
from gi_registry.origin.schemas import FileChoices
from gi_registry.origin.service.plot_members import Members, members_of, to_choose_from
from gi_registry.origin.service.plot_preview import FileRow, accepted, preview
from gi_registry.origin.service.plots import declare_plot
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work, advance, begin, check_version


@dataclass(frozen=True)
class FilePage:
    """A file of plots as it is read now. Once it is stored ``plots`` are what came of it and ``left`` what did not, with the reason."""

    file: PlotFile
    authorisation: Authorisation
    gi: Gi
    zones: Sequence[str]
    choices: FileChoices
    members: Members | None = None
    problem: Invalid | None = None
    rows: Sequence[FileRow] = ()
    plots: Sequence[Plot] = ()

    @property
    def open(self) -> bool:
        """Whether the file still waits to be confirmed."""
        return self.file.state == PLOT_FILE_LIFE.initial

    @property
    def left(self) -> list[tuple[str, Words]]:
        """The plots of a stored file that were not taken over, with the reason."""
        return [(str(item["name"]), unpacked(item["reason"])) for item in self.file.reading.get("left", [])]

    def count(self, trait: str) -> int:
        """Return how many plots have a trait (an attribute that is true)."""
        return sum(bool(getattr(row, trait)) for row in self.rows)


def import_page(work: Work, authorisation_id: int) -> tuple[Authorisation, Gi, Sequence[PlotFile]]:
    """Return what the page of bringing a file needs, with the files that wait to be confirmed."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:edit", authorisation)
    waiting = queries.open_plot_files(work.session, authorisation_id)
    return authorisation, registry.get_gi(work.session, authorisation.gi_id), waiting


def bring_file(work: Work, authorisation_id: int, *, name: str, content: bytes) -> PlotFile:
    """Keep a file of plots that can be read; raises Invalid for one that cannot, and keeps nothing of it."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:edit", authorisation)
    members = to_choose_from(content, name, FileChoices())
    choices = FileChoices.model_validate({f"key_{column}": key for column, key in guessed(members.keys).items()})
    file = PlotFile(
        authorisation_id=authorisation_id,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        sha256=keep_content(work, content),
        name=name[:120],
        reading=choices.model_dump(mode="json"),
        created_at=work.now,
    )
    begin(file, PLOT_FILE_LIFE)
    work.record(file, "plot_file:bring")
    work.flush()
    return file


def choose_reading(work: Work, file_id: int, choices: FileChoices, *, version: int | None = None) -> PlotFile:
    """Say how a file is to be read: layer, coordinates, columns, what holds for all plots. Nothing is stored of its plots."""
    file = _own_file(work, file_id)
    check_version(file, version)
    _refuse_ended(file)
    if not choices.columns and not any(name.startswith("key_") and value for name, value in file.reading.items()):
        keys = to_choose_from(documents.kept_content(work.session, file.sha256), file.name, choices).keys
        choices = choices.model_copy(update={f"key_{column}": key for column, key in guessed(keys).items()})
    file.reading = choices.model_dump(mode="json")
    file.version += 1
    work.record(file, "plot_file:read")
    work.flush()
    return file


def file_page(work: Work, file_id: int) -> FilePage:
    """Return a file of plots as it would be stored, plot by plot; NotFound for another user's."""
    file = _own_file(work, file_id)
    authorisation = registry.get_authorisation(work.session, file.authorisation_id)
    gi = registry.get_gi(work.session, authorisation.gi_id)
    choices = FileChoices.model_validate({name: value for name, value in file.reading.items() if name in FileChoices.model_fields})
    shown = FilePage(file, authorisation, gi, queries.zones_of(work.session, gi.id or 0), choices)
    if not shown.open:
        return _but(shown, plots=[queries.get_plot(work.session, plot_id) for plot_id in file.stored])
    content = documents.kept_content(work.session, file.sha256)
    try:
        members = members_of(content, file.name, choices)
        rows = preview(work.session, file, members.features, gi_id=gi.id or 0, choices=choices, on=work.today)
    except Invalid as problem:
        return _but(shown, problem=problem, members=to_choose_from(content, file.name, choices))
    return _but(shown, members=members, rows=rows)


def _but(shown: FilePage, **differs: object) -> FilePage:
    return FilePage(**{**shown.__dict__, **differs})


def store_file(work: Work, file_id: int, chosen: Chosen, *, partial: bool = False, version: int | None = None) -> list[Plot]:
    """Store the chosen plots of a file: all or none, or with ``partial`` the good ones; the file is done with then.

    Raises Invalid naming each plot that cannot be stored, StaleVersion where the file is read differently since, IllegalTransition for a
    file that is done with.
    """
    file = _own_file(work, file_id)
    check_version(file, version)
    _refuse_ended(file)
    shown = file_page(work, file_id)
    if shown.problem:
        raise shown.problem
    rows = [row for row in shown.rows if row.position in chosen.take]
    if not rows:
        raise invalid("take", say("没有选择地块。"), say("至少勾选一块地。"))
    stored, refused = _store(work, file, rows, chosen=chosen, partial=partial)
    left = [(row.name, say("没有选择登记。")) for row in shown.rows if row.position not in chosen.take]
    left += [(row.name, problem.reason) for row, problem in refused]
    file.stored = [plot.id or 0 for plot in stored]
    file.reading = {**file.reading, "left": [{"name": name, "reason": packed(reason)} for name, reason in left]}
    advance(work, file, PLOT_FILE_LIFE, "store")
    return stored


def _store(
    work: Work, file: PlotFile, rows: Sequence[FileRow], *, chosen: Chosen, partial: bool
) -> tuple[list[Plot], list[tuple[FileRow, FieldError]]]:
    stored: list[Plot] = []
    refused: list[tuple[FileRow, FieldError]] = []
    with work.savepoint(), work.bulk("plots:import", file.sha256):
        for row in rows:
            try:
                with work.savepoint():
                    stored.append(_declared(work, file, row, chosen=chosen))
            except Invalid as problem:
                refused.append((row, problem.fields[0]))
            except RegistryError as problem:
                refused.append((row, FieldError("geometry", problem.reason, problem.remedy)))
        if refused and (not partial or not stored):
            raise Invalid(*(_named(row, problem) for row, problem in refused))
    return stored, refused


def _declared(work: Work, file: PlotFile, row: FileRow, *, chosen: Chosen) -> Plot:
    outline = accepted(row, mend=row.position in chosen.repair, shift=row.position in chosen.shift)
    if row.fields is None or (outline is None and row.repair is None):
        raise Invalid(*row.errors)
    if outline is None:
        raise invalid("geometry", say("边界有误，修补建议没有接受。"), say("接受修补，或不勾选这块地。"))
    return declare_plot(work, file.authorisation_id, fields=row.fields, outline=outline, farmer=row.farmer, origin=Origin.IMPORT)


def _named(row: FileRow, problem: FieldError) -> FieldError:
    reason = say("%(name)s：%(reason)s", name=row.name, reason=problem.reason)
    return FieldError(f"plot-{row.position}", reason, problem.remedy)


def drop_file(work: Work, file_id: int, *, version: int | None = None) -> PlotFile:
    """Give a file of plots up; none of its plots is stored."""
    file = _own_file(work, file_id)
    advance(work, file, PLOT_FILE_LIFE, "drop", expected_version=version)
    return file


def _own_file(work: Work, file_id: int) -> PlotFile:
    file = queries.get_plot_file(work.session, file_id)
    work.require("plot:edit", file)
    return file


def _refuse_ended(file: PlotFile) -> None:
    PLOT_FILE_LIFE.after(file.state, "store")
