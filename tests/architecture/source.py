"""The source as syntax trees, for the tests of this directory."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "gi_registry"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def feature(self) -> str:
        """The feature folder, empty for what stands beside the features."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def room(self) -> str:
        """``routes``, ``service``, ``rules`` …, whether it is a file or a folder."""
        parts = self.path.relative_to(PACKAGE).with_suffix("").parts
        return parts[1] if len(parts) > 1 else parts[0]

    def functions(self) -> Iterator[Function]:
        """Every function, nested ones and methods too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path, str(path.relative_to(ROOT)), text, ast.parse(text)))
    return tuple(found)
