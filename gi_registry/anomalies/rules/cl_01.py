"""CL-01: cloned code (标识码被仿冒). Test: item codes of one range are each checked by N client-days in P provinces or more within
some hours (policy ``verify.suspect``, the same test that the trace page asks), on at least M codes of the range or far over N on one
(policy ``ground.CL-01``). Without a table of places only clients are counted, against a figure of their own.

**The subject is the range of codes; the person is unknown.** Whoever holds the authorisation is the one whose labels were copied, so the
finding names no authorisation, is never shown to or held against the user, and no case can be opened on it. How fast checks follow
each other in two provinces is told as support and decides nothing. Both tests live in ``scans.rules.clones``. Source: domain, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, grouped
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.words import Words, say
from gi_registry.scans.rules.clones import Counted, CountingTest, Peak, RingTest, looks_copied, looks_like_a_ring

GROUND = "CL-01"
RULE_VERSION = "1"
SHOWN_CODES = 20


@dataclass(frozen=True)
class CopiedCode:
    """One suspect code: its serial, what was counted in its busiest hours, and those hours while their checks are still on file."""

    serial: int
    counted: Counted
    peak: Peak | None = None


@dataclass(frozen=True)
class RangeFacts:
    """The suspect codes of one range of labels made for ``year``; ``place_names``: provinces by their two digits.

    ``hurried``: codes of the range that were checked in two provinces within minutes, added up by day.
    """

    range_id: int
    label: str
    allotment_id: int
    year: int
    codes: tuple[CopiedCode, ...]
    place_names: tuple[tuple[str, str], ...] = ()
    hurried: int = 0


@dataclass(frozen=True)
class Thresholds:
    """The parameters in force: the test of one code, the test of a range, severity."""

    code: CountingTest
    ring: RingTest
    severity: int


def suspects(facts: RangeFacts, thresholds: Thresholds) -> tuple[CopiedCode, ...]:
    """Return the codes that meet the test of one code, the most checked first."""
    met = (code for code in facts.codes if looks_copied(thresholds.code, code.counted))
    return tuple(sorted(met, key=lambda code: (-code.counted.client_days, code.serial)))


def judge(facts: RangeFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft about the range where its suspect codes are a ring, else None; never one about a user."""
    found = suspects(facts, thresholds)
    if not looks_like_a_ring(thresholds.ring, [code.counted for code in found]):
        return None
    return FindingDraft(
        ground=GROUND,
        authorisation_id=None,
        range_id=facts.range_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key=f"range|{facts.range_id}",
        facts={"range": facts.label, "codes": [_stored(code) for code in found]},
        lines=_lines(facts, found, thresholds),
        summary=say("号段 %(label)s 有 %(count)s 个标识码被仿冒：%(worst)s。", label=facts.label, count=len(found), worst=told(found[0])),
    )


def told(code: CopiedCode) -> Words:
    """Say what was counted of one code, in one clause."""
    counted = code.counted
    values = {"serial": code.serial + 1, "times": counted.client_days, "provinces": counted.provinces, "hours": counted.hours}
    if counted.provinces == 0:
        return say("第 %(serial)s 号在 %(hours)s 小时内被 %(times)s 个终端查询（地区不明）", **values)
    return say("第 %(serial)s 号在 %(hours)s 小时内被 %(times)s 个终端查询，涉及 %(provinces)s 个省级地区", **values)


def _stored(code: CopiedCode) -> dict[str, object]:
    counted = code.counted
    kept: dict[str, object] = {
        "serial": code.serial,
        "client_days": counted.client_days,
        "provinces": counted.provinces,
        "hours": counted.hours,
    }
    if code.peak is None:
        return kept
    return kept | {
        "from": code.peak.begins_at.isoformat(),
        "to": code.peak.ends_at.isoformat(),
        "places": [list(place) for place in code.peak.places],
        "fastest_minutes": code.peak.fastest_minutes,
    }


def _lines(facts: RangeFacts, found: tuple[CopiedCode, ...], thresholds: Thresholds) -> tuple[Line, ...]:
    names = dict(facts.place_names)
    return (
        Line(say("标识码号段"), facts.label, href=f"/allotments/{facts.allotment_id}"),
        Line(say("被仿冒的标识码"), _rule(thresholds), len(found), "label"),
        *((Line(say("短时间内先后出现在两省的码（只作佐证）"), say("按日累计"), facts.hurried, "label"),) if facts.hurried else ()),
        *(line for code in found[:SHOWN_CODES] for line in _code_lines(code, names)),
    )


def _rule(thresholds: Thresholds) -> Words:
    code, ring = thresholds.code, thresholds.ring
    return say(
        "%(hours)s 小时内至少 %(clients)s 个终端、%(provinces)s 个省；同一号段至少 %(codes)s 个，或者一个达到 %(one)s 个终端",
        hours=code.hours,
        clients=code.client_days,
        provinces=code.provinces,
        codes=ring.codes,
        one=ring.client_days_on_one,
    )


def _code_lines(code: CopiedCode, names: dict[str, str]) -> tuple[Line, ...]:
    head = Line(say("第 %(serial)s 号", serial=code.serial + 1), _window(code), code.counted.client_days, "client")
    if code.peak is None:
        return (head,)
    places = tuple(
        Line(
            say("其中 %(place)s", place=_place(place, names)),
            say("%(clients)s 个终端", clients=grouped(clients)),
            checks,
            "check",
        )
        for place, clients, checks in code.peak.places
    )
    return (head, *places, *_speed(code.peak))


def _place(code: str, names: dict[str, str]) -> Words | str:
    if not code:
        return say("地区不明")
    return names.get(code) or say("区划代码 %(code)s", code=code.ljust(6, "0"))


def _window(code: CopiedCode) -> Words:
    if code.peak is None:
        return say("%(hours)s 小时内，%(provinces)s 个省级地区", hours=code.counted.hours, provinces=code.counted.provinces)
    return say(
        "北京时间 %(start)s 至 %(end)s，%(provinces)s 个省级地区",
        start=_moment(code.peak.begins_at),
        end=_moment(code.peak.ends_at),
        provinces=code.counted.provinces,
    )


def _speed(peak: Peak) -> tuple[Line, ...]:
    if peak.fastest_minutes is None:
        return ()
    return (Line(say("两省之间最短间隔（只作佐证）"), say("%(minutes)s 分钟", minutes=peak.fastest_minutes)),)


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
