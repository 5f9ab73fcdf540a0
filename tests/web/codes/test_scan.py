"""From the printed sheet to the shop: what the trace page says of our own labels, code by code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gi_registry.codes import service
from gi_registry.codes.schemas import Activation, Hold, HoldKind, Spoil, SpoilKind
from gi_registry.codes.service.papers import Part, codes_of
from tests.builders.codes import SECRET_KEY, make_allotment, make_season


def verdict(client: Any, code: str) -> str:
    return str(json.loads(client.get(f"/T/{code}?format=json").text)["verdict"])


def test_each_label_gets_the_verdict_of_its_intervals(client: Any, open_work: Callable[..., Any]) -> None:
    with open_work() as work:
        season = make_season(work)
        allotment = make_allotment(work, season, count=60)
        number = allotment.id or 0
        codes = [code for _serial, code in codes_of(work, allotment, SECRET_KEY, part=Part(1, 1, 60))]
        service.activate(work, number, Activation(batch_id=season.batch.id or 0, first=1, last=30))
        service.spoil(work, number, Spoil(kind=SpoilKind.VOID, first=11, last=12))
        service.spoil(work, number, Spoil(kind=SpoilKind.DAMAGED, first=41, last=42))
        service.hold(work, number, Hold(kind=HoldKind.FROZEN, basis="示例〔2026〕3 号", first=21, last=22))
        service.hold(work, number, Hold(kind=HoldKind.RECALLED, basis="示例〔2026〕4 号", first=25, last=26))
    said = {serial: verdict(client, codes[serial - 1]) for serial in (1, 12, 22, 26, 30, 31, 42)}
    assert said == {1: "first-check", 12: "void", 22: "frozen", 26: "recalled", 30: "first-check", 31: "not-activated", 42: "void"}
    swapped = codes[0][:10] + ("0" if codes[0][10] != "0" else "1") + codes[0][11:]
    assert client.get(f"/T/{swapped}").status_code == 404, "a typing error is not a forgery"
