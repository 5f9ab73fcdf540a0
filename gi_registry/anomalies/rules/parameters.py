"""How the parameters of a finding are told to an officer: what they are called, where and since when they hold, and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gi_registry.anomalies.rules.grounds import SEVERITIES
from gi_registry.kernel.words import Words, say

NAMES: dict[str, Words] = {
    "ground": say("事由的一般标准"),
    "report.label-identity": say("标签账目容差"),
    "authorisation.unused-months": say("未使用的月数"),
    "verify.suspect": say("单个标识码查询异常的标准"),
}
VALUES: dict[str, Words] = {
    "severity": say("程度"),
    "publish": say("公示"),
    "tolerance_permille": say("容差"),
    "area_permille": say("面积容差"),
    "deviation_permille": say("偏差"),
    "working_days": say("宽限"),
    "days": say("回看天数"),
    "months": say("月数"),
    "codes": say("同一号段的码数"),
    "client_days_on_one": say("单个码的终端数"),
    "client_days": say("终端数"),
    "client_days_without_places": say("地区不明时的终端数"),
    "provinces": say("省级地区数"),
    "hours": say("时限"),
    "growth_permille": say("无记录的增长"),
    "survival_permille": say("最高成活率"),
    "residence_days": say("最短养殖天数"),
    "opening_severity": say("开捕（采）日之前的程度"),
    "asks": say("每日激活数达到多少要求申报贴标能力"),
    "severity_without_any": say("从未有报告时的程度"),
}
UNITS: dict[str, Words] = {
    "days": say("天"),
    "working_days": say("个工作日"),
    "months": say("个月"),
    "hours": say("小时"),
    "residence_days": say("天"),
}
GROUND_KEY = "ground."
SEVERITY_KEYS = frozenset({"severity", "opening_severity", "severity_without_any"})


@dataclass(frozen=True)
class Told:
    """One parameter for reading: ``division`` is its place ('' everywhere), ``since`` the day from which it holds (ISO)."""

    name: Words | str
    values: tuple[tuple[Words, Words | str], ...]
    division: str
    since: str
    basis: str
    why: str


def tell(stored: Mapping[str, object], version: str, basis: str) -> tuple[Told, ...]:
    """Return the parameters that a finding stored: the ground's own, then the one it shares with another part of the registry."""
    value = stored.get("value")
    held = value if isinstance(value, Mapping) else {}
    own = _told(str(stored["key"]), held, version=version, basis=basis, why=str(stored.get("why", "")))
    also = held.get("also")
    if not isinstance(also, Mapping):
        return (own,)
    shared = also["value"] if isinstance(also["value"], Mapping) else {"months": also["value"]}
    return own, _told(str(also["key"]), shared, version=str(also["version"]), basis=str(also["basis"]), why=str(also["why"]))


def _told(key: str, value: Mapping[str, object], *, version: str, basis: str, why: str) -> Told:
    division, _at, since = version.rpartition("@")
    code = key.removeprefix(GROUND_KEY)
    name = say("事由 %(code)s 的标准", code=code) if key.startswith(GROUND_KEY) else NAMES.get(key, key)
    return Told(name, tuple(_values(value)), division, since, basis, why)


def _values(value: Mapping[str, object]) -> Iterator[tuple[Words, Words | str]]:
    for key, label in VALUES.items():
        if (found := value.get(key)) is not None:
            yield label, _value(key, found)


def _value(key: str, found: object) -> Words | str:
    if key == "publish":
        return say("是") if found else say("否")
    if key in SEVERITY_KEYS and isinstance(found, int):
        return SEVERITIES[found]
    if key.endswith("_permille"):
        return f"{found}‰"
    return say("%(number)s %(unit)s", number=found, unit=UNITS[key]) if key in UNITS else str(found)
