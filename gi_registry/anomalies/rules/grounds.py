"""The grounds (domain, section 6): code, words, who establishes it, default severity.

Severity: 1 remind, 2 list after notice, 3 list and transfer. Thresholds, legal bases and effects are policy parameters, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.words import Words, say


class Way(StrEnum):
    """How a ground is established: computed from facts, or recorded by an officer or from a document."""

    DERIVED = "derived"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Ground:
    """One ground; ``severity`` is the default that policy may change. ``about_user`` False: it accuses nobody who is on file."""

    code: str
    name: Words
    way: Way
    severity: int
    about_user: bool = True


_D, _R = Way.DERIVED, Way.RECORDED

GROUNDS: tuple[Ground, ...] = (
    Ground("AR-01", say("未按规定报送年度报告"), _D, 2),
    Ground("AR-03", say("年度报告前后不一致"), _D, 1),
    Ground("US-01", say("连续两年未使用专用标志"), _D, 2),
    Ground("US-04", say("规定环节不在产地范围内"), _D, 3),
    Ground("US-06", say("不在授权有效期内用标"), _D, 3),
    Ground("QT-01", say("标识用量超过产能"), _D, 3),
    Ground("QT-02", say("混入产地范围外的货"), _D, 3),
    Ground("QT-03", say("土地重复计算"), _D, 2),
    Ground("QT-04", say("用标进度不合常理"), _D, 2),
    Ground("QT-05", say("外来活体短期寄养"), _D, 3),
    Ground("QL-02", say("期限内没有有效检测报告"), _D, 1),
    Ground("CL-01", say("标识码被仿冒"), _D, 3, about_user=False),
    Ground("CL-02", say("标签未激活即被查验"), _D, 1),
    Ground("AR-02", say("年度报告内容不实"), _R, 2),
    Ground("AR-04", say("逾期不整改"), _R, 2),
    Ground("US-02", say("标识使用不规范"), _R, 2),
    Ground("US-03", say("使用旧版或者变造标志"), _R, 2),
    Ground("QL-01", say("官方抽检不合格"), _R, 2),
    Ground("CL-03", say("标识外流"), _R, 3),
    Ground("CO-01", say("无法取得联系"), _R, 2),
    Ground("CO-02", say("拒绝检查或者未建台账"), _R, 2),
    Ground("CO-04", say("行政处罚决定已生效"), _R, 3),
)

BY_CODE = {ground.code: ground for ground in GROUNDS}


RECORDED = tuple(ground for ground in GROUNDS if ground.way is Way.RECORDED)
"""What an officer may record."""


def ground_named(code: str) -> Ground:
    """Return the ground with this code; raise NotFound."""
    if code not in BY_CODE:
        raise NotFound(say("没有编号为 %(code)s 的事由。", code=code))
    return BY_CODE[code]


SEVERITIES: dict[int, Words] = {1: say("提醒"), 2: say("较重"), 3: say("严重")}
