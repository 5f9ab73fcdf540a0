"""The facts of US-04: which steps must lie inside, where they happened, and what the area versions list, set-wise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, BatchPlot, Process, ProcessOutput
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.batches.rules.process import ProcessKind
from gi_registry.divisions.models import Division
from gi_registry.origin.models import AreaVersion, Plot
from gi_registry.origin.rules.versions import Version
from gi_registry.registry.models import Authorisation, AuthorisationSite, Protection
from gi_registry.registry.rules import Place

_WORK = (ProcessKind.TRANSFORM.value, ProcessKind.PACK.value)
GROWN = (Kind.HARVEST.value, Kind.PURCHASE.value, Kind.PRE_PRINTED.value)


@dataclass(frozen=True)
class Goods:
    """A batch of the year as US-04 sees it."""

    number: str
    kind: str
    zone: str
    harvested_on: date | None
    packed_on: date | None
    supplier_known: bool


@dataclass(frozen=True)
class Share:
    """What a plot gave to a batch, and the day of harvest on which it is judged."""

    batch: str
    plot: Plot
    on: date


@dataclass(frozen=True)
class Site:
    """A site of an authorisation and the tree path of its division ('' where it is not known)."""

    id: int
    name: str
    path: str


@dataclass(frozen=True)
class Worked:
    """A process that names its site: which step it was, on which day, and what it made."""

    process_id: int
    step: str
    zone: str
    on: date
    site: Site
    batches: tuple[str, ...]


@dataclass
class UserYear:
    """One user and account year: the steps that must lie inside, goods, shares of plots, sites."""

    authorisation_id: int
    gi_id: int
    year: int
    division: str
    steps: tuple[str, ...]
    goods: list[Goods] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    sites: tuple[Site, ...] = ()
    worked: list[Worked] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """An area version as an outline and as a list of places: of each place the tree paths of the divisions that bear its name."""

    zone: str
    outline: Version
    places: tuple[tuple[str, ...], ...]


def user_years(session: Session, years: Iterable[int], condition: ColumnElement[bool]) -> list[UserYear]:
    """Return every user and year with goods whose protection requires a step inside."""
    wanted = sorted(years)
    found: dict[tuple[int, int], UserYear] = {}
    query = (
        select(Batch, col(Protection.steps), col(Authorisation.authority_division))
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .join(Protection, col(Protection.id) == col(Authorisation.protection_id))
        .where(condition, col(Batch.account_year).in_(wanted), col(Batch.state).in_(COUNTED), col(Batch.kind).in_(GROWN))
        .order_by(col(Batch.authorisation_id), col(Batch.account_year), col(Batch.id))
    )
    for batch, steps, division in session.execute(query):
        inside = tuple(sorted(step for step, place in (steps or {}).items() if place == Place.REQUIRED_INSIDE))
        key = (batch.authorisation_id, batch.account_year)
        if inside:
            user = found.setdefault(key, UserYear(batch.authorisation_id, batch.gi_id, batch.account_year, division, inside))
            known = batch.supplier_authorisation_id is not None
            user.goods.append(Goods(batch.number, batch.kind, batch.zone, batch.harvested_on, batch.packed_on, known))
    _add_shares(session, found, wanted, condition=condition)
    _add_sites(session, found, condition)
    _add_worked(session, found, wanted, condition=condition)
    return list(found.values())


def _add_shares(session: Session, found: Mapping[tuple[int, int], UserYear], years: list[int], *, condition: ColumnElement[bool]) -> None:
    query = (
        select(col(Batch.authorisation_id), col(Batch.account_year), col(Batch.number), Plot, col(BatchPlot.judged_on))
        .join(BatchPlot, col(BatchPlot.batch_id) == col(Batch.id))
        .join(Plot, col(Plot.id) == col(BatchPlot.plot_id))
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .where(condition, col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED), col(Batch.kind).in_(GROWN))
        .order_by(col(Plot.number), col(Batch.number))
    )
    for owner, year, number, plot, on in session.execute(query):
        if (owner, year) in found:
            found[owner, year].shares.append(Share(number, plot, on))


def _add_sites(session: Session, found: Mapping[tuple[int, int], UserYear], condition: ColumnElement[bool]) -> None:
    query = (
        select(col(AuthorisationSite.authorisation_id), col(AuthorisationSite.id), col(AuthorisationSite.name), col(Division.path))
        .join(Authorisation, col(Authorisation.id) == col(AuthorisationSite.authorisation_id))
        .outerjoin(Division, and_(col(Division.code) == col(AuthorisationSite.division_code)))
        .where(condition)
        .order_by(col(AuthorisationSite.id))
    )
    sites: dict[int, list[Site]] = defaultdict(list)
    for owner, number, name, path in session.execute(query):
        sites[owner].append(Site(number, name, path or ""))
    for user in found.values():
        user.sites = tuple(sites.get(user.authorisation_id, ()))


def _add_worked(session: Session, found: Mapping[tuple[int, int], UserYear], years: list[int], *, condition: ColumnElement[bool]) -> None:
    query = (
        select(Process, AuthorisationSite, col(Division.path), Batch)
        .join(ProcessOutput, col(ProcessOutput.process_id) == col(Process.id))
        .join(Batch, col(Batch.id) == col(ProcessOutput.batch_id))
        .join(AuthorisationSite, col(AuthorisationSite.id) == col(Process.site_id))
        .join(Authorisation, col(Authorisation.id) == col(Process.authorisation_id))
        .outerjoin(Division, col(Division.code) == col(AuthorisationSite.division_code))
        .where(condition, col(Process.state) == "done", col(Process.kind).in_(_WORK), col(Batch.account_year).in_(years))
        .order_by(col(Process.id), col(Batch.id))
    )
    made: dict[int, tuple[Process, AuthorisationSite, str, list[Batch]]] = {}
    for process, site, path, batch in session.execute(query):
        made.setdefault(process.id or 0, (process, site, path or "", []))[3].append(batch)
    for number, (process, site, path, batches) in made.items():
        if user := found.get((process.authorisation_id, batches[0].account_year)):
            place, numbers = Site(site.id or 0, site.name, path), tuple(batch.number for batch in batches)
            user.worked.append(Worked(number, process.step, batches[0].zone, process.on_date, place, numbers))


def listed_areas(session: Session, gi_ids: Iterable[int]) -> dict[int, list[Listed]]:
    """Return the area versions of some GIs, each place resolved to the divisions of its name."""
    rows = session.execute(select(AreaVersion).where(col(AreaVersion.gi_id).in_(sorted(set(gi_ids))))).scalars().all()
    names = {place for row in rows for place in row.places or ()}
    paths: dict[str, list[str]] = defaultdict(list)
    for name, path in session.execute(select(col(Division.name), col(Division.path)).where(col(Division.name).in_(sorted(names)))):
        paths[name].append(path)
    found: dict[int, list[Listed]] = defaultdict(list)
    for row in rows:
        places = tuple(tuple(paths.get(place, ())) for place in row.places or ())
        outline = Version(row.id or 0, row.valid_from, row.valid_to, row.geometry, row.uncertainty_m)
        found[row.gi_id].append(Listed(row.zone, outline, places))
    return found
