"""The main menu as data: where, in which words, for which permission."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request

from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.permissions import scopes
from gi_registry.kernel.words import Words, say


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    path: str
    label: Words
    permission: str


OFFICE = (
    Item("/home", say("工作台"), ""),
    Item("/office/gis", say("地理标志"), "gi:view"),
    Item("/office/authorisations", say("用标授权"), "gi:view"),
    Item("/office/plots", say("地块核实"), "plot:verify"),
    Item("/authorisations", say("我的用标"), "notice:view"),
    Item("/codes/scans", say("查询与预警"), "scan:view"),
    Item("/reports", say("年报"), "report:view"),
    Item("/findings", say("异常线索"), "finding:view"),
    Item("/tests", say("检测报告"), "test:issue"),
    Item("/printing", say("印制委托"), "print:work"),
    Item("/office/institutions", say("检测机构"), "institution:view"),
    Item("/leads", say("线索"), "lead:view"),
    Item("/office/cases", say("名录案件"), "desk:view"),
    Item("/office/imports", say("批量导入"), "rows:import"),
    Item("/office/people", say("人员与角色"), "person:manage"),
    Item("/cases", say("告知与名录"), "case:defend"),
    Item("/notices", say("收件箱"), "notice:view"),
)
PUBLIC = (
    Item("/verify", say("查验标识"), ""),
    Item("/check", say("核验用标"), ""),
    Item("/registry", say("登记簿"), ""),
    Item("/abnormal-list", say("异常名录"), ""),
    Item("/log", say("公开日志"), ""),
)


def menu() -> list[Item]:
    """Return what this person may open; public visitors get the public menu."""
    work = g.get("work")
    if work is None or not work.actor.signed_in:
        return list(PUBLIC)
    return [item for item in OFFICE if not item.permission or scopes(item.permission, work.actor.roles)]


def here(item: Item) -> bool:
    """Say whether the page being shown lies under this entry."""
    return request.path == item.path or request.path.startswith(item.path + "/")


def _context() -> dict[str, object]:
    work = g.get("work")
    return {
        "menu": menu,
        "public_menu": PUBLIC,
        "here": here,
        "actor": work.actor if work is not None else None,
        "today": legal_date(work.now) if work is not None else None,
        "demo_clock": demo_clock,
    }


def demo_clock() -> object:
    """Return the moment a demonstration shows on every page, None elsewhere."""
    work = g.get("work")
    return work.now if work is not None and work.session.info.get("gi_demo") else None


def register_navigation(app: Flask) -> None:
    """Give every template the menu."""
    app.context_processor(_context)
