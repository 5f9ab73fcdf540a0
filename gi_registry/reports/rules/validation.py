"""What stops a filing and what only warns. Filed figures are stored as stated: a contradiction is shown, not refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gi_registry.kernel.errors import FieldError
from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.draft import Content, Row
from gi_registry.reports.rules.figures import LABEL_PARTS, shown
from gi_registry.reports.rules.labels import MODE_LABELS, TOLERANCE_PERMILLE, Balance, LabelLine


@dataclass(frozen=True)
class Warned:
    """A contradiction in what was stated; ``code`` is stable, ``keys`` are the figures it concerns."""

    code: str
    keys: tuple[str, ...]
    reason: Words
    remedy: Words


def problems(content: Content) -> tuple[FieldError, ...]:
    """Return what must be mended before filing: figures missing, changes without a reason, a nil report without since and why."""
    if content.nil:
        return _nil_problems(content)
    missing = [
        FieldError(row.figure.key, say("“%(label)s”没有填写。", label=row.figure.label), say("没有发生的，请填写 0。"))
        for row in content.rows
        if row.figure.core and row.value is None
    ]
    unexplained = [_unexplained(row) for row in content.rows if row.changed and row.value is not None and not row.reason.strip()]
    return (*missing, *unexplained)


def _unexplained(row: Row) -> FieldError:
    known = row.known.value if row.known else None
    return FieldError(
        row.figure.key,
        say("“%(label)s”与登记数据 %(known)s 不一致，需要说明原因。", label=row.figure.label, known=shown(row.figure, known)),
        say("请在该项下方填写原因，或改回登记数据。"),
        shown(row.figure, row.value),
    )


def _nil_problems(content: Content) -> tuple[FieldError, ...]:
    found = []
    if not content.nil_since:
        remedy = say("请填写日期；整年未使用的，填写该年 1 月 1 日或更早的日期。")
        found.append(FieldError("nil_since", say("没有填写从何时起未使用。"), remedy))
    if not content.nil_reason.strip():
        found.append(FieldError("nil_reason", say("没有填写未使用的原因。"), say("请用一句话说明，例如“本年度停产改造”。")))
    return tuple(found)


def label_lines(content: Content) -> tuple[LabelLine, ...]:
    """Return the label account of each marking mode whose six figures are all stated."""
    lines = []
    for mode in dict.fromkeys(row.figure.mode for row in content.rows if row.figure.mode):
        parts = [content.value(f"{mode}.{part}") for part in LABEL_PARTS]
        whole = [part for part in parts if part is not None]
        if len(whole) == len(LABEL_PARTS):
            lines.append(LabelLine(mode, *whole))
    return tuple(lines)


def warnings(content: Content, *, tolerance_permille: int = TOLERANCE_PERMILLE, activated_in_registry: int = 0) -> tuple[Warned, ...]:
    """Return the contradictions in the content (ground AR-03 reads the same figures later)."""
    if content.nil:
        return _nil_warnings(activated_in_registry)
    found = [_identity(line, tolerance_permille) for line in label_lines(content)]
    found += [_marked_exceeds(content), _grade_exceeds(content), _area_exceeds(content.rows)]
    return tuple(warned for warned in found if warned is not None)


def _nil_warnings(activated: int) -> tuple[Warned, ...]:
    if activated == 0:
        return ()
    return (
        Warned(
            "nil-but-activated",
            (),
            say("登记显示本年度已激活 %(count)s 枚标签，与“未使用”不符。", count=activated),
            say("如确有使用，请改填完整年报。"),
        ),
    )


def _identity(line: LabelLine, tolerance_permille: int) -> Warned | None:
    if line.balance(tolerance_permille) is Balance.EXACT:
        return None
    within = line.balance(tolerance_permille) is Balance.WITHIN
    return Warned(
        "label-identity-within" if within else "label-identity",
        tuple(f"{line.mode}.{part}" for part in LABEL_PARTS),
        say(
            "%(mode)s账不平：%(sum)s，填报年末结存 %(closing)s，相差 %(difference)s。",
            mode=MODE_LABELS[line.mode],
            sum=line.arithmetic,
            closing=f"{line.closing:,}",
            difference=f"{line.difference:+,}",
        ),
        say("差额在允许误差以内，请核对后报送。") if within else say("请重新清点标签，或在说明中写明差额原因。"),
    )


def _marked_exceeds(content: Content) -> Warned | None:
    marked = [row for row in content.rows if row.figure.key.endswith(".marked") and row.value is not None]
    output = content.value("gi_output")
    if output is None or not marked:
        return None
    total = sum(row.value or 0 for row in marked)
    available = output + (content.value("raw_material") or 0)
    if total <= available:
        return None
    figure = marked[0].figure
    return Warned(
        "marked-exceeds-output",
        ("gi_output", *(row.figure.key for row in marked)),
        say("用标产品数量 %(marked)s 多于产量与外购之和 %(output)s。", marked=shown(figure, total), output=shown(figure, available)),
        say("如使用了上年库存，请在说明中写明数量。"),
    )


def _grade_exceeds(content: Content) -> Warned | None:
    output, grade = content.value("output"), content.value("gi_output")
    if output is None or grade is None or grade <= output:
        return None
    return Warned(
        "grade-exceeds-output",
        ("output", "gi_output"),
        say("地理标志产品产量多于总产量。"),
        say("总产量应包括地理标志产品产量，请核对。"),
    )


def _area_exceeds(rows: Sequence[Row]) -> Warned | None:
    area = next((row for row in rows if row.figure.key == "area"), None)
    if area is None or area.known is None or area.value is None or area.value <= area.known.value:
        return None
    return Warned(
        "area-exceeds-plots",
        ("area",),
        say("生产面积大于已登记地块合计 %(known)s 亩。", known=shown(area.figure, area.known.value)),
        say("请先补登地块，或改回登记面积。"),
    )
