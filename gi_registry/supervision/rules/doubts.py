"""What a doubt may say, and how many are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gi_registry.kernel.words import say

LONGEST_TEXT = 500


class Wrong(StrEnum):
    """What seems wrong, as the form offers it."""

    COUNT = "count"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    ENDED = "ended"
    ORIGIN = "origin"
    LABEL = "label"
    OTHER = "other"


WRONGS = {
    Wrong.COUNT: say("查询次数或首次查询时间对不上"),
    Wrong.DIFFERS: say("实物与页面登记的产品、净含量或生产者不一致"),
    Wrong.UNKNOWN: say("标签上的标识码查不到"),
    Wrong.ENDED: say("标识码尚未激活、已作废、冻结或召回，商品仍在出售"),
    Wrong.ORIGIN: say("产地说明与登记的不一致"),
    Wrong.LABEL: say("标签有撕贴、涂改或印制不清"),
    Wrong.OTHER: say("其他"),
}
GROUND_HINTS = {Wrong.COUNT: "CL-01", Wrong.UNKNOWN: "CL-02", Wrong.DIFFERS: "CL-03"}
"""A hint for the officer who reads the lead; a finding needs evidence of its own."""


def ground_hint(wrongs: tuple[str, ...]) -> str:
    """Return the ground that the choices point at, the first that applies; empty where they point at none."""
    return next((ground for wrong, ground in GROUND_HINTS.items() if wrong in wrongs), "")


@dataclass(frozen=True)
class Limits:
    """How many doubts one client may send in an hour, how many are taken of one code in a day, and of everybody in an hour."""

    client_per_hour: int = 5
    code_per_day: int = 50
    all_per_hour: int = 2000


def read_limits(value: object) -> Limits:
    """Read the policy ``doubt.limits``; what is missing or no number keeps its default."""
    if not isinstance(value, Mapping):
        return Limits()
    given = {name: value[name] for name in ("client_per_hour", "code_per_day", "all_per_hour") if isinstance(value.get(name), int)}
    return Limits(**given)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def over(limits: Limits, *, by_client: int, of_code: int, of_all: int) -> bool:
    """Say whether one more would be too many, given how many there were."""
    return by_client >= limits.client_per_hour or of_code >= limits.code_per_day or of_all >= limits.all_per_hour
