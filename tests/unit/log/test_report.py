"""Each kind of problem has its words and stands in the documentation."""

from __future__ import annotations

import re

from gi_registry.log.report import KINDS, Report, problem
from tests.conftest import ROOT


def test_every_kind_of_problem_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "log.md").read_text(encoding="utf-8")
    table = page.partition("## What `verify` reports")[2].partition("\n## ")[0]
    assert {name for line in table.splitlines() for name in re.findall(r"`([a-z-]+)`", line.partition(" | ")[0])} == set(KINDS)


def test_a_sound_log_is_one_sentence_and_a_touched_one_a_line_per_problem() -> None:
    sound = Report((), 3, bytes(32), 7)
    touched = Report((problem("row-changed", "plot", 4),), 3, bytes(32), 7)
    assert (sound.sound, len(sound.lines)) == (True, 1)
    assert [str(line) for line in touched.lines] == ["plot 4：该行在日志之外被修改。", "共 1 处不符（日志 3 条）。"]
    assert touched.as_json()["problems"] == [{"kind": "row-changed", "table": "plot", "row_id": "4", "words": "该行在日志之外被修改。"}]
