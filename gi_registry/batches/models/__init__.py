"""Tables of batches: yield caps, batches with their plots, and the double-entry ledger."""

from __future__ import annotations

from gi_registry.batches.models.batch import Batch, BatchPlot
from gi_registry.batches.models.caps import CapacityUnit, CapProposal, YieldCap
from gi_registry.batches.models.ledger import LedgerAccount, LedgerEntry, LedgerTransfer
from gi_registry.batches.models.process import Process, ProcessInput, ProcessOutput
from gi_registry.batches.models.quality import TestingInstitution, TestReport, TestReportBatch
from gi_registry.batches.models.records import GoodsRecord
from gi_registry.batches.models.trade import Trade

__all__ = [
    "Batch",
    "BatchPlot",
    "CapProposal",
    "CapacityUnit",
    "GoodsRecord",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransfer",
    "Process",
    "ProcessInput",
    "ProcessOutput",
    "TestReport",
    "TestReportBatch",
    "TestingInstitution",
    "Trade",
    "YieldCap",
]
