"""Kinds of rows: codes-activated. Serials are those before permutation, half-open; a range that is not on file is put there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import Session

from gi_registry.batches import queries as batches
from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.codes import queries, service
from gi_registry.codes.schemas import StatedActivation
from gi_registry.config import read_settings
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

CODES_ACTIVATED = (
    Column("range_label", say("号段"), "7Z0QK", required=True, explain=say("标识码第 3 至 7 位。未登记的号段随导入登记。")),
    Column("serial_from", say("起序列号"), "0", required=True, explain=say("从 0 起，打乱顺序之前的序列号。"), form=Form.NUMBER),
    Column("serial_to", say("止序列号"), "1000", required=True, explain=say("不含在内：0 至 1000 是 1000 枚。"), form=Form.NUMBER),
    Column("batch", say("批次号"), "PC-0001", required=True, explain=say("已登记的批次。")),
    Column("activated_on", say("激活日期"), "2025-09-26", required=True, explain=say("年-月-日。"), form=Form.DATE),
)


def _store(work: Work, row: Mapping[str, str]) -> Note | None:
    warnings = service.record_activation(work, read_row(StatedActivation, row), secret_key=read_settings().secret_key)
    return UNCHANGED if warnings is None else Note(warnings=warnings)


def _dump(session: Session) -> Iterator[dict[str, str]]:
    for interval, label, batch_id in queries.every_activation(session):
        yield {
            "range_label": label,
            "serial_from": str(interval.serial_from),
            "serial_to": str(interval.serial_to),
            "batch": batches.get_batch(session, batch_id).number,
            "activated_on": legal_date(interval.at).isoformat(),
        }


KINDS = (Kind("codes-activated", say("已激活标识码"), CODES_ACTIVATED, _store, _dump),)
