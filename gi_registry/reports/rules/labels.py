"""The label identity: what came in, what went out, what is left (domain: label code, annual report section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gi_registry.kernel.words import Words, say

TOLERANCE_PERMILLE = 5
"""0.5 %: the default of policy ``report.label-identity``; above it the difference is ground AR-03."""


class MarkingMode(StrEnum):
    """How a product carries the mark."""

    ITEM_CODE = "item_code"
    BATCH_CODE = "batch_code"
    PRE_PRINTED = "pre_printed"


MODE_LABELS: dict[str, Words] = {
    MarkingMode.ITEM_CODE: say("一物一码标签"),
    MarkingMode.BATCH_CODE: say("批次码包装"),
    MarkingMode.PRE_PRINTED: say("预印标志包装"),
}


class Balance(StrEnum):
    """How the identity comes out."""

    EXACT = "exact"
    WITHIN = "within"
    OFF = "off"


@dataclass(frozen=True)
class LabelLine:
    """The label account of one marking mode over one year, in pieces of label or package."""

    mode: str
    opening: int
    received: int
    activated: int
    spoiled: int
    returned: int
    closing: int

    @property
    def expected_closing(self) -> int:
        """What should be left: opening + received − activated − spoiled − returned."""
        return self.opening + self.received - self.activated - self.spoiled - self.returned

    @property
    def difference(self) -> int:
        """Stated closing less expected closing; positive: more labels than can be explained."""
        return self.closing - self.expected_closing

    @property
    def arithmetic(self) -> str:
        """The sum as people check it by hand."""
        return (
            f"{self.opening:,} + {self.received:,} − {self.activated:,} − {self.spoiled:,} − {self.returned:,} = {self.expected_closing:,}"
        )

    def balance(self, tolerance_permille: int = TOLERANCE_PERMILLE) -> Balance:
        """Compare the difference with ``tolerance_permille`` of what was handled (opening + received)."""
        if self.difference == 0:
            return Balance.EXACT
        handled = self.opening + self.received
        return Balance.WITHIN if abs(self.difference) * 1000 <= handled * tolerance_permille else Balance.OFF
