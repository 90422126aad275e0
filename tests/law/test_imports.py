"""No import inside a function; inside a domain every file imports only from its left; forms and operations meet in a view."""

import ast

from outreach import DOMAINS
from tests.law.source import PACKAGE, files, place, tree

#: what a file of a domain may import from its own domain, by the first part of its name
LEFT_OF = {
    "models": (),
    "queries": ("models", "topic", "announcements"),
    "messages": ("models", "queries", "topic"),
    "announcements": (),
    "forms": ("models", "queries", "topic"),
    "exports": ("models", "queries", "announcements", "forms", "topic"),
    "operations": ("models", "queries", "messages", "announcements", "topic", "operations"),
    "listeners": ("models", "queries", "exports", "operations", "announcements", "topic"),
    "tasks": ("models", "queries", "operations", "topic"),
    "topic": ("models", "topic"),
}
AUDIENCES = ("views", "public", "api", "commands")


def _kind(module: str) -> str:
    name = module.split(".", maxsplit=1)[0]
    for ending in ("models", "queries", "forms", "exports"):
        if name.endswith(f"_{ending}"):
            return ending
    return name if name in (*LEFT_OF, *AUDIENCES) else "topic"


def test_no_import_inside_a_function():
    hidden = [
        place(path, node)
        for path in files()
        if path.name != "sheet_reader.py"  # imports the reader after the cheap refusals, in its own process
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, f"move these imports to the top of the file: {hidden}"


def test_inside_a_domain_imports_go_left():
    wrong = []
    for path in files():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in DOMAINS or parts[0] == "ops" or len(parts) < 2:
            continue
        kind = _kind(parts[1])
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module
                and node.module.startswith(f"outreach.{parts[0]}")
            ):
                rest = node.module.removeprefix(f"outreach.{parts[0]}").strip(".")
                for target in [rest] if rest else [name.name for name in node.names]:
                    other = _kind(target)
                    if kind not in AUDIENCES and other != kind and other not in LEFT_OF[kind]:
                        wrong.append(f"{place(path, node)}: {kind} may not import {other}")
    assert not wrong, "\n".join(wrong)


def test_domains_meet_only_through_their_inner_files():
    """Of an earlier domain: models, queries, operations, announcements and topics; its forms only from views."""
    wrong = []
    for path in files():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in DOMAINS:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("outreach."):
                continue
            other, _dot, rest = node.module.removeprefix("outreach.").partition(".")
            if other in DOMAINS and other != parts[0]:
                for target in [rest] if rest else [name.name for name in node.names]:
                    kind = _kind(target)
                    shared_form = (
                        kind == "forms"
                        and parts[1] in AUDIENCES
                        and target in ("forms", "erasure_forms", "roster_forms")
                        and other == "directory"
                    )
                    if kind in (*AUDIENCES, "messages", "forms") and not shared_form:
                        wrong.append(f"{place(path, node)}: {kind} of {other}")
    assert not wrong, "\n".join(wrong)


def test_the_list_of_domains_is_the_folders():
    folders = {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()
    } - {"core"}
    assert folders == set(DOMAINS)


def test_flask_stays_with_those_who_speak_to_browsers():
    """Operations, queries and topics can be called from anywhere: they know no request."""
    wrong = []
    for path in files():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in DOMAINS or len(parts) < 2 or _kind(parts[1]) in (*AUDIENCES, "forms"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "flask":
                wrong.append(f"{place(path, node)}: {parts[1]} may not import {node.module}")
    assert not wrong, "\n".join(wrong)
