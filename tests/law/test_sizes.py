"""A file that outgrows its page becomes a package by noun.

About 400 lines a file and 60 a function are the aim; the limits leave room for a table of fields or one long
statement.
"""

import ast

from outreach.core.settings import ROOT
from tests.law.source import files, place, templates, tree

FILE, FUNCTION, TEMPLATE, SCRIPT = 550, 70, 200, 250


def _lines(path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_python_files_and_functions():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    long = [
        f"{path.relative_to(ROOT)}: {_lines(path)} lines"
        for path in [*files(), *tests]
        if _lines(path) > FILE
    ]
    for path in files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > FUNCTION:
                long.append(f"{place(path, node)}: {node.name} has {node.end_lineno - node.lineno + 1} lines")
    assert not long, "\n".join(long)


def test_templates_and_scripts():
    long = [f"{path.relative_to(ROOT)}: {_lines(path)}" for path in templates() if _lines(path) > TEMPLATE]
    long += [
        f"{path.relative_to(ROOT)}: {_lines(path)}"
        for path in (ROOT / "static" / "src").rglob("*.js")
        if _lines(path) > SCRIPT
    ]
    assert not long, "\n".join(long)
