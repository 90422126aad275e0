"""No import inside a function but of what is heavy and rare;
inside a domain every file imports only from its left; forms and operations meet in a view.
"""

import ast
import os
import subprocess
import sys

from outreach import DOMAINS
from outreach.core.settings import ROOT
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
#: megabytes that only prints, previews, working days or migrations need: loaded where they run, by every
#: process that serves or works
HEAVY = {
    "alembic",
    "alembic.config",
    "flask_migrate",
    "holidays",
    "outreach.core.word",
    "psycopg",
    "typst",
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
        if isinstance(node, ast.Import | ast.ImportFrom) and not _imported(node) <= HEAVY
    ]
    assert not hidden, f"move these imports to the top of the file: {hidden}"


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The modules of an import; ``from outreach.core import word`` is ``outreach.core.word``."""
    if isinstance(node, ast.Import):
        return {name.name for name in node.names}
    whole = f"{node.module}."
    return {whole + name.name if whole + name.name in HEAVY else whole[:-1] for name in node.names}


def test_a_process_that_serves_loads_nothing_heavy(tmp_path):
    heavy = HEAVY | {"docx", "lxml", "mako", "pygments", "pypdfium2"}
    script = f"import app, sys; print(sorted({heavy!r} & set(sys.modules)))"
    settings = {**os.environ, "YANGUI_INSTANCE": str(tmp_path), "DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    asked = [sys.executable, "-c", script]
    done = subprocess.run(asked, env=settings, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


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
    """Of an earlier domain: models, queries, operations, announcements and topics;
    its forms only from views.
    """
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
