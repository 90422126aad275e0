"""The source as the laws read it."""

import ast
from functools import lru_cache
from pathlib import Path

from outreach.core.settings import ROOT

PACKAGE = ROOT / "outreach"


@lru_cache
def files() -> list[Path]:
    """Every Python file of the application."""
    return sorted(PACKAGE.rglob("*.py"))


@lru_cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST) -> str:
    """file:line, as a failing law names it."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def templates() -> list[Path]:
    """Every template."""
    return sorted((ROOT / "templates").rglob("*.*"))
