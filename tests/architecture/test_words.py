"""What people read is marked for translation where it is written."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import Module, modules

HAN = re.compile(r"[\u3400-\u9fff]")
MARKERS = {"say", "gettext", "ngettext", "_"}


# Chinese that is no sentence to a reader: it is the same in every language of the interface.
DATA = {
    "gi_registry/bulk/rules/cells.py": "the signs of a Chinese date",
    "gi_registry/bulk/rules/encoding.py": "the characters by which an encoding is recognised",
    "gi_registry/bulk/rules/layout.py": "words by which totals and signatures below a table are known",
    "gi_registry/codes/rules/elements.py": "the announcement that is printed beside the mark",
    "gi_registry/codes/service/orders.py": "the announcement that is printed beside the mark",
    "gi_registry/batches/rules/records.py": "the stored word for what was put into the water",
    "gi_registry/divisions/queries.py": "an ending of place names",
    "gi_registry/divisions/rules/places.py": "endings of place names",
    "gi_registry/divisions/rules/units.py": "endings of place names",
    "gi_registry/divisions/service/keeping.py": "the stored source of a calendar",
    "gi_registry/kernel/identifiers.py": "numerals and words of announcement numbers",
    "gi_registry/listings/rules/papers.py": "prefixes of document numbers",
    "gi_registry/listings/service/papers.py": "the Chinese form of a date, on papers that are Chinese by law",
    "gi_registry/opendata/rules.py": "endings by which the name of a firm is told from that of a person",
    "gi_registry/origin/rules/announced.py": "words of coordinates in announcements",
    "gi_registry/origin/rules/crs.py": "names of coordinate systems as files write them",
    "gi_registry/origin/rules/degrees.py": "words in typed coordinates",
    "gi_registry/origin/rules/doubts.py": "endings of place names",
    "gi_registry/origin/rules/plot_files.py": "headers of surveyors' files",
    "gi_registry/origin/rules/typed.py": "words in typed coordinates",
    "gi_registry/origin/rules/wording.py": "words of announced areas",
    "gi_registry/policy/defaults.py": "titles of laws, stored with a parameter",
    "gi_registry/registry/rules.py": "the announcement that is the usual legal basis",
    "gi_registry/supervision/rules/life.py": "prefixes of the numbers of leads",
    "gi_registry/supervision/rules/receipts.py": "the number of a receipt as people type it",
    "gi_registry/verify/exchange.py": "the name of the language itself",
    "gi_registry/bridge.py": "one page in both languages, sent before anybody asks for one",
}

EXAMPLES = {"bulk", "columns", "purchases_bulk", "quality_bulk"}  # rooms whose Chinese is an example in a column of a file


def _docstrings(tree: ast.Module) -> set[int]:
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    found = set()
    for holder in holders:
        for statement in holder.body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.add(id(statement.value))
    return found


def _marked(tree: ast.Module) -> set[int]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "") for call in calls]
    return {id(part) for call, name in zip(calls, names, strict=True) if name in MARKERS for part in ast.walk(call)}


def _loose(module: Module) -> list[str]:
    allowed = _docstrings(module.tree) | _marked(module.tree)
    return [
        f"{module.name}:{node.lineno} {node.value[:30]}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value) and id(node) not in allowed
    ]


def _templates(module: Module) -> list[tuple[int, object]]:
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [
        (call.lineno, call.args[0] if call.args else None) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "say"
    ]


def test_every_sentence_of_a_service_or_route_is_marked() -> None:
    assert [place for item in modules() if item.name not in DATA and item.room not in EXAMPLES for place in _loose(item)] == []


def test_a_marked_sentence_is_a_literal() -> None:
    """The extractor reads the source: a sentence put together at run time would never reach a translator."""
    wrong = [
        f"{item.name}:{line}"
        for item in modules()
        for line, first in _templates(item)
        if not item.name.endswith(("kernel/words.py", "kernel/states.py"))
        and not (isinstance(first, ast.Constant) and isinstance(first.value, str))
    ]
    assert wrong == []


def test_sentences_keep_to_the_house_words() -> None:
    wrong = [
        f"{item.name}:{line} {first.value}"
        for item in modules()
        for line, first in _templates(item)
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and ("正品" in first.value or "！" in first.value)
    ]
    assert wrong == []


def test_slots_of_a_sentence_are_named() -> None:
    """``%s`` cannot be reordered by a translator."""
    wrong = [
        f"{item.name}:{line} {first.value}"
        for item in modules()
        for line, first in _templates(item)
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and re.search(r"%[sd]", first.value)
    ]
    assert wrong == []
