"""Every route declares its access and the type of its parameters; no GET writes."""

import ast
from collections.abc import Iterator

from outreach.permissions import Permission
from tests.law.source import files, place, tree

#: calls that write, beside the operations
WRITES = (
    "audit.record",
    "begin_writing",
    "db.session.add",
    "db.session.commit",
    "db.session.delete",
    "lock(",
)


def _rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_access_is_declared(app):
    for rule in _rules(app):
        access = app.view_functions[rule.endpoint].access
        assert isinstance(access, Permission) or access in ("signed_in", "open_to_all"), rule


def test_parameters_are_typed(app):
    bare = [
        str(rule)
        for rule in _rules(app)
        if any(
            type(rule._converters[name]).__name__ == "UnicodeConverter" and f"<{name}>" in rule.rule
            for name in rule.arguments
        )
    ]
    assert not bare, f"write <string:...> or <int:...>: {bare}"


def test_what_changes_something_is_post_only(app):
    wrong = [str(rule) for rule in _rules(app) if "GET" in rule.methods and "POST" in rule.methods]
    assert not wrong, f"one route, one method: {wrong}"


def _operations(module: ast.Module) -> set[str]:
    """The names under which a file knows operations."""
    return {
        name.asname or name.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name == "operations" or "operations" in (node.module or "").split(".")
    }


def _answers(function: ast.FunctionDef, method: str) -> bool:
    return any(
        isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == method
        for mark in function.decorator_list
    )


def _calls(name: str, functions: dict[str, ast.FunctionDef], seen: set[str]) -> Iterator[ast.Call]:
    """What a function of a file calls, by itself and through other functions of the file."""
    seen.add(name)
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Call):
            yield node
            if (further := ast.unparse(node.func)) in functions and further not in seen:
                yield from _calls(further, functions, seen)


def _writing(method: str) -> list[str]:
    """Where a view that answers ``method`` calls what writes."""
    found = []
    for path in files():
        module = tree(path)
        functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
        writes = (*WRITES, *(f"{name}{sign}" for name in _operations(module) for sign in ".("))
        for name in [name for name, function in functions.items() if _answers(function, method)]:
            calls = _calls(name, functions, set())
            found += [place(path, call) for call in calls if ast.unparse(call).startswith(writes)]
    return found


def test_no_get_writes():
    assert not (wrong := _writing("get")), f"what changes something is a POST: {wrong}"
    assert len(_writing("post")) > 200, "this law no longer sees what writes"
