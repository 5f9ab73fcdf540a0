"""Two scenes of the demonstration: 丙 draws his pond on a phone map, and somebody copies a ring of 己."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256

import shapely

from gi_registry.codes.rules.format import parse
from gi_registry.codes.rules.mac import verify_mac
from gi_registry.codes.service.keys import open_secret
from gi_registry.db import Database
from gi_registry.kernel.clock import legal_date
from gi_registry.origin import queries as land
from gi_registry.origin import service as plots
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import to_gcj02
from gi_registry.origin.rules.terms import Capture
from gi_registry.origin.schemas import PlotFields
from gi_registry.policy import service as policy
from gi_registry.scans.connections import connect
from gi_registry.scans.rules.clones import read_counting_test
from gi_registry.scans.service import Look, record_check
from gi_registry.verify.queries.codes import find_range
from gi_registry.workflow import Work

PROVINCES = ("99", "98", "97", "96", "95", "94")
COPIED = ((37, 6), (24, 5), (22, 4))  # checks and provinces of each copied ring
FROM_H, UNTIL_H = 46.0, 0.05  # before the demonstration's now: within 48 hours, the last one three minutes ago


def draw_on_a_phone_map(work: Work, authorisation_id: int, gi_id: int) -> None:
    """The actor outlines his first plot anew on a phone map, which shows it half a kilometre off."""
    plot = land.plots_in_force(work.session, authorisation_id, gi_id=gi_id, on=work.today)[0]
    said = PlotFields.model_validate(plot, from_attributes=True)
    fields = said.model_copy(update={"capture": Capture.PHONE, "accuracy_m": 10})
    outline = Reading(shapely.transform(plot.geometry, to_gcj02))
    plots.edit_plot(work, plot.id or 0, fields=fields, outline=outline, version=plot.version)


def check_everywhere(database: Database, secret_key: str, *, code: str, checks: int, provinces: int, now: datetime) -> None:
    """One code is checked many times in several provinces within 48 hours, each time by somebody else, as the trace page records it."""
    read = parse(code)
    with database.session(writable=False) as session:
        serial = verify_mac(read, open_secret(session, read.key_id, secret_key))
        rule = policy.find(session, "verify.suspect", "", legal_date(now))
    with closing(connect(database.url)) as connections:
        minted = connections.read(lambda reader: find_range(reader, read.range_label))
        if minted is None or serial is None or rule is None:
            raise KeyError(code)
        for number, at in enumerate(_moments(now, checks)):
            client = sha256(f"visitor {number} {legal_date(at)}".encode()).hexdigest()[:16]
            look = Look(minted.range_id, serial, at, client, PROVINCES[number % provinces])
            record_check(connections, look, test=read_counting_test(rule.value))


def _moments(now: datetime, checks: int) -> Iterator[datetime]:
    step = (FROM_H - UNTIL_H) / (checks - 1)
    return (now - timedelta(hours=FROM_H - step * number) for number in range(checks))
