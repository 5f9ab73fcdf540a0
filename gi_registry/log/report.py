"""What ``log verify`` finds, in words."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.words import Words, say

KINDS = {
    "leaf-altered": say("日志条目的内容与其哈希不符。"),
    "leaf-missing": say("日志条目缺失。"),
    "leaf-extra": say("日志末尾之外另有条目。"),
    "node-altered": say("树节点与由条目重算的结果不符。"),
    "node-extra": say("存有多余的树节点。"),
    "head-altered": say("日志头与由条目重算的结果不符。"),
    "entry-altered": say("行索引与日志条目中的承诺不符。"),
    "entry-extra": say("行索引多于日志条目。"),
    "salt-missing": say("盐值已清除，但没有抹除记录。"),
    "row-changed": say("该行在日志之外被修改。"),
    "row-inserted": say("该行在日志中没有记录，系绕过日志插入。"),
    "row-deleted": say("该行已不存在，日志中没有删除记录。"),
    "content-altered": say("文件内容与登记的 SHA-256 不符。"),
    "table-missing": say("日志中有记录的数据表不存在。"),
    "checkpoint-signature": say("检查点的签名无效，或不是由本登记簿签署。"),
    "checkpoint-size": say("检查点的大小超过现有日志，日志被截短。"),
    "checkpoint-root": say("检查点的根与现有日志不一致，历史被改写。"),
}


@dataclass(frozen=True)
class Problem:
    """One disagreement: its ``kind`` (a key of KINDS), the table and row (or leaf) it concerns, and the sentence for people."""

    kind: str
    table: str
    row_id: str
    words: Words


@dataclass(frozen=True)
class Report:
    """The outcome of a verification; ``size`` and ``root`` are those recomputed from the leaves."""

    problems: tuple[Problem, ...]
    size: int
    root: bytes
    rows: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing disagrees."""
        return not self.problems

    @property
    def lines(self) -> tuple[Words, ...]:
        """What a person reads: one sentence for a sound log, else a line per problem."""
        if self.sound:
            return (
                say(
                    "日志完整：%(size)s 条，根 %(root)s，核对 %(rows)s 行，没有问题。", size=self.size, root=self.root.hex(), rows=self.rows
                ),
            )
        found = (say("%(table)s %(row)s：%(words)s", table=each.table, row=each.row_id, words=each.words) for each in self.problems)
        return (*found, say("共 %(count)s 处不符（日志 %(size)s 条）。", count=len(self.problems), size=self.size))

    def as_json(self) -> dict[str, object]:
        """What a machine reads."""
        problems = [{"kind": each.kind, "table": each.table, "row_id": each.row_id, "words": str(each.words)} for each in self.problems]
        return {"sound": self.sound, "size": self.size, "root": self.root.hex(), "rows": self.rows, "problems": problems}


def problem(kind: str, table: str, row_id: object = "") -> Problem:
    """Return a problem with the words of its kind."""
    return Problem(kind, table, str(row_id), KINDS[kind])
