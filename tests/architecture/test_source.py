"""House rules that a reader would otherwise have to watch for."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.architecture.source import Module, modules
from tests.conftest import ROOT

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_ROUTE = 400, 50, 15
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today")}
OWN_CLOCK = {"gi_registry/kernel/clock.py"}


def _body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the statements, without decorators, signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1


def _each() -> Any:
    return pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)


def test_files_are_short() -> None:
    assert [(item.name, lines) for item in modules() if (lines := item.text.count("\n")) > LONGEST_FILE] == []


def test_files_of_tests_and_scripts_are_short() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "scripts").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]
    assert [(str(path), count) for path in files if (count := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE] == []


def test_functions_are_short() -> None:
    long = [
        (f"{item.name}:{function.lineno} {function.name}", lines)
        for item in modules()
        for function in item.functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_routes_only_read_call_and_render() -> None:
    long = [
        (f"{item.name}:{function.lineno} {function.name}", lines)
        for item in modules()
        if item.room == "routes"
        for function in item.functions()
        if function.decorator_list and (lines := _body_length(function)) > LONGEST_ROUTE
    ]
    assert long == []


def test_only_workflow_assigns_a_state() -> None:
    found = []
    for item in modules():
        for node in ast.walk(item.tree):
            targets = (
                node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
            )
            found += [f"{item.name}:{node.lineno}" for target in targets if isinstance(target, ast.Attribute) and target.attr == "state"]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
                named = node.args[1] if len(node.args) > 1 else None
                if isinstance(named, ast.Constant) and named.value == "state":
                    found.append(f"{item.name}:{node.lineno}")
    assert [place for place in found if not place.startswith("gi_registry/workflow.py")] == []


def test_services_never_commit() -> None:
    found = [
        f"{item.name}:{node.lineno}"
        for item in modules()
        if item.room in {"service", "queries", "rules", "schemas"}
        for node in ast.walk(item.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert found == [place for place in found if place.startswith("gi_registry/scans/")], "only scans have a connection of their own"


def test_there_is_one_clock() -> None:
    found = []
    for item in modules():
        for node in ast.walk(item.tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and (called.value.id, called.attr) in CLOCKS:
                found.append(f"{item.name}:{node.lineno}")
    assert [place for place in found if place.split(":")[0] not in OWN_CLOCK] == []


def test_names_say_what_is_inside() -> None:
    assert [item.name for item in modules() if VAGUE & set(item.path.relative_to(ROOT).with_suffix("").parts)] == []


@_each()
def test_a_module_says_what_it_is_for(module: Module) -> None:
    assert ast.get_docstring(module.tree)


def test_public_rules_and_services_are_explained() -> None:
    found = [
        f"{item.name}:{node.lineno} {node.name}"
        for item in modules()
        if item.room in {"rules", "service"}
        for node in item.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert found == []


def test_annotations_are_read_late_except_in_models() -> None:
    late = "from __future__ import annotations"
    wrong = [item.name for item in modules() if item.room == "models" and item.path.name != "__init__.py" and late in item.text]
    wrong += [
        item.name
        for item in modules()
        if item.room != "models" and item.path.name not in {"__init__.py", "db.py"} and late not in item.text and item.tree.body[1:]
    ]
    assert wrong == []


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    found = [
        f"{item.name}:{number}"
        for item in modules()
        for number, line in enumerate(item.text.splitlines(), 1)
        if any(m in line for m in marks)
    ]
    assert found == []
