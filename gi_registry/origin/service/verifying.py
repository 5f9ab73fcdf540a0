"""The county verifies plots on the ground (核实); the policy ``origin.plot-verification`` says whether only verified ones count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlmodel import Session

from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.words import say
from gi_registry.origin import queries
from gi_registry.origin.models import Plot
from gi_registry.origin.rules import verification
from gi_registry.origin.rules.terms import PLOT_LIFE
from gi_registry.policy import service as policy
from gi_registry.workflow import Work, check_version


def verification_needed(session: Session, division: str, on: date) -> bool:
    """Say whether only verified plots count towards the entitlement of a county on a day."""
    found = policy.find(session, verification.POLICY, division, on)
    return verification.required(found.value if found else None)


def counts(session: Session, plot: Plot, on: date) -> bool:
    """Say whether a plot may count towards the entitlement on a day, as far as the county's verification goes."""
    return verification.counts(plot.verified_on, needed=verification_needed(session, plot.authority_division, on))


def verify_plots(work: Work, versions: Mapping[int, int]) -> list[Plot]:
    """Verify plots as the officer saw them (version by plot id), all or none; return those that were not verified before.

    Raises NotFound for a plot of another region, StaleVersion after someone else's change, Conflict for a retired plot.
    """
    rows = [_open_plot(work, plot_id, version) for plot_id, version in sorted(versions.items())]
    fresh = [plot for plot in rows if plot.verified_on is None]
    for plot in fresh:
        plot.verified_on, plot.verified_by = work.today, work.actor.person_id
        plot.version += 1
        work.record(plot, "plot:verify")
    work.flush()
    return fresh


def _open_plot(work: Work, plot_id: int, version: int | None) -> Plot:
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:verify", plot)
    check_version(plot, version)
    if plot.state != PLOT_LIFE.initial:
        raise Conflict(say("地块 %(number)s 已停用，不再核实。", number=plot.number), remedy=say("请刷新名单。"))
    return plot


def unverify_plot(work: Work, plot_id: int, *, version: int | None = None) -> Plot:
    """Take a verification back: it was a mistake, or the ground is no longer as it was."""
    plot = _open_plot(work, plot_id, version)
    if plot.verified_on is None:
        raise Conflict(say("地块 %(number)s 没有核实。", number=plot.number), remedy=say("请刷新页面。"))
    plot.verified_on = plot.verified_by = None
    plot.version += 1
    work.record(plot, "plot:unverify")
    work.flush()
    return plot


def state_verified(work: Work, plot: Plot, verified_on: date | None) -> None:
    """Store what a file says of a plot's verification, without a person's name to it."""
    if plot.verified_on == verified_on:
        return
    plot.verified_on, plot.verified_by = verified_on, None
    work.record(plot, "plot:verify" if verified_on else "plot:unverify")
    work.flush()


def only_counting(session: Session, plots: Iterable[Plot], on: date) -> list[Plot]:
    """Return the plots that may count on a day, see ``counts``; the policy is read once per county."""
    needed: dict[str, bool] = {}
    kept = []
    for plot in plots:
        place = plot.authority_division
        if place not in needed:
            needed[place] = verification_needed(session, place, on)
        if verification.counts(plot.verified_on, needed=needed[place]):
            kept.append(plot)
    return kept
