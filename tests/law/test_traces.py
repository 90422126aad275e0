"""Every public operation leaves its trace; no operation commits."""

import ast

from outreach import DOMAINS
from outreach.ops.audit_names import NAMES
from tests.law.source import PACKAGE, files, place, tree

#: operations that keep their own append-only rows instead: scans are the trace of the door (and of the cards
#: that follow), jobs that of the worker
OWN_TRACE = {
    "scan",
    "admit",
    "take",
    "brief",
    "lend_passes",
    "note_contact",
    "walk_in",
    "problem",
    "announce",
    "forget_briefs",
    "spend_passes",
}
#: read, or do a part of a traced operation
NO_WRITE = {"check_number", "read_rows", "organisation_named", "reindex", "hold", "write_to"}

#: what writes an audit entry; an erasure ends with it
RECORDS = {"audit.record", "audit.record_deed", "erasing.finish"}


def _operation_files():
    for domain in DOMAINS:
        single = PACKAGE / domain / "operations.py"
        yield from [single] if single.exists() else sorted((PACKAGE / domain / "operations").glob("*.py"))


def _calls(node) -> set[str]:
    return {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}


def test_every_operation_is_traced():
    files = {
        path: [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]
        for path in _operation_files()
    }
    wrong = []
    for path, functions in files.items():
        beside = [node for other, nodes in files.items() if other.parent == path.parent for node in nodes]
        traced = {node.name for node in beside if _calls(node) & RECORDS}
        traced |= {node.name for node in beside if _calls(node) & traced}
        for node in functions:
            name = node.name
            if (
                name.startswith("_")
                or name in OWN_TRACE | NO_WRITE
                or path.name in ("entering.py", "adding.py", "__init__.py")
            ):
                continue
            if name not in traced and not _calls(node) & traced:
                wrong.append(f"{place(path, node)}: {name} writes no audit entry")
    assert not wrong, "\n".join(wrong)


def test_no_operation_commits():
    wrong = [
        place(path, node)
        for path in _operation_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert not wrong, f"only the request, the worker and a command commit: {wrong}"


def _said(node) -> set[str]:
    """The words an argument may be: a text, or one of two."""
    if isinstance(node, ast.IfExp):
        return _said(node.body) | _said(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) else set()


def test_every_deed_has_a_name_for_who_reads_the_audit():
    calls = [
        node
        for path in files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("audit.record", "audit.record_deed"))
    ]
    recorded = {verb for call in calls for verb in _said(call.args[1])}
    assert len(recorded) > 250
    assert not recorded - set(NAMES), "name them in outreach/ops/audit_names.py"
    written = {
        node.value
        for path in files()
        if path.name != "audit_names.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not set(NAMES) - written, "nothing records them"
