"""The words of origin: verdicts, reasons, tenure, how a geometry was captured, the life of a plot."""

from __future__ import annotations

from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say


class Verdict(StrEnum):
    """Whether ground lies in the origin area. Only ``OUTSIDE`` is a ground for action."""

    INSIDE = "inside"
    UNCERTAIN = "uncertain"
    OUTSIDE = "outside"


class Reason(StrEnum):
    """Why the verdict is what it is."""

    INSIDE = "inside"
    NEAR_BOUNDARY = "near-boundary"
    NO_VERSION = "no-version"
    NO_OUTLINE = "no-outline"
    PARTLY_OUTSIDE = "partly-outside"
    OUTSIDE = "outside"


class Tenure(StrEnum):
    """By what right the producer works the plot."""

    OWN = "own"
    CONTRACTED = "contracted"


class Capture(StrEnum):
    """How the outline of a plot came to be known."""

    SURVEY = "survey"
    PHONE = "phone"
    MAP = "map"
    IMPORT = "import"


class Origin(StrEnum):
    """Which door a record came through."""

    FORM = "form"
    IMPORT = "import"


VERDICT_WORDS: dict[str, Words] = {
    Verdict.INSIDE: say("在产地范围内"),
    Verdict.UNCERTAIN: say("不能确定"),
    Verdict.OUTSIDE: say("在产地范围外"),
}

TENURE_WORDS: dict[str, Words] = {Tenure.OWN: say("自有"), Tenure.CONTRACTED: say("合同基地")}

CAPTURE_WORDS: dict[str, Words] = {
    Capture.SURVEY: say("实测"),
    Capture.PHONE: say("手机定位"),
    Capture.MAP: say("图上勾绘"),
    Capture.IMPORT: say("批量导入"),
}

PLOT_LIFE = Machine(
    subject="plot",
    initial="declared",
    steps={("declared", "retire"): "retired"},
    labels={"declared": say("在用"), "retired": say("已停用"), "retire": say("停用")},
)

PLOT_FILE_LIFE = Machine(
    subject="plot_file",
    initial="open",
    steps={("open", "store"): "stored", ("open", "drop"): "dropped"},
    labels={"open": say("待确认"), "stored": say("已登记"), "dropped": say("已放弃"), "store": say("登记地块"), "drop": say("放弃文件")},
)
