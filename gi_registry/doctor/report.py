"""What the doctor tells."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.words import Words, say


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the check that found it, what it found, and what to do. A warning can wait."""

    check: str
    found: Words
    remedy: Words
    warning: bool = False

    def as_json(self) -> dict[str, str]:
        """Return the problem for machines."""
        return {"check": self.check, "found": str(self.found), "remedy": str(self.remedy)}


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, whether it is set, and what may be shown of its value."""

    name: str
    given: bool
    shown: str


@dataclass(frozen=True)
class Report:
    """What ``gi-registry doctor`` tells."""

    settings: list[Setting]
    found: list[Problem]

    @property
    def problems(self) -> list[Problem]:
        """What must be mended."""
        return [item for item in self.found if not item.warning]

    @property
    def warnings(self) -> list[Problem]:
        """What should be looked at."""
        return [item for item in self.found if item.warning]

    def as_json(self) -> dict[str, object]:
        """Return the report for machines."""
        return {
            "ok": not self.problems,
            "settings": [{"name": item.name, "given": item.given, "shown": item.shown} for item in self.settings],
            "problems": [item.as_json() for item in self.problems],
            "warnings": [item.as_json() for item in self.warnings],
        }

    def as_text(self) -> str:
        """Return the report for people."""
        lines = [f"{item.name}{'' if item.given else say('（默认）')} = {item.shown}" for item in self.settings]
        lines += [f"\n✗ {item.check}：{item.found}\n  {item.remedy}" for item in self.problems]
        lines += [f"\n! {item.check}：{item.found}\n  {item.remedy}" for item in self.warnings]
        return "\n".join([*lines, "" if self.found else f"\n{say('未发现问题。')}"])
