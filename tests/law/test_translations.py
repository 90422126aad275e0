"""Chinese is complete and nothing is left over."""

import ast
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from outreach.core.settings import ROOT
from tests.law.source import files, place, tree

CATALOGUE = ROOT / "outreach/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy": None}


def _catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def _in_source() -> set:
    found = set()
    for folder, method in (
        (ROOT / "outreach", [("**.py", "python")]),
        (ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        for _file, _line, message, _comments, _context in extract_from_dir(
            Path(folder), method_map=method, keywords=KEYWORDS
        ):
            found.add(message)
    return found


def test_chinese_is_complete():
    empty = [
        message.id
        for message in _catalogue()
        if message.id and (not message.string or not all(message.string)) or message.fuzzy and message.id
    ]
    assert not empty, f"translate in {CATALOGUE.relative_to(ROOT)}: {empty}"


def test_catalogue_and_source_agree():
    known = {message.id for message in _catalogue() if message.id}
    source = _in_source()
    assert not source - known, f"run make catalogue, then translate: {source - known}"
    assert not known - source, f"run make catalogue; nobody says any more: {known - source}"


def _asked_for(path) -> list[tuple[str, str]]:
    """(place, message) of every literal message of a module, also inside an f-string,
    where the extraction does not look.
    """
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in KEYWORDS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((place(path, node), first.value))
    return found


def test_every_message_of_the_code_is_in_the_catalogue():
    known = {
        message.id if isinstance(message.id, str) else message.id[0] for message in _catalogue() if message.id
    }
    wrong = [f"{where}: {said}" for path in files() for where, said in _asked_for(path) if said not in known]
    assert not wrong, "take the message out of the f-string: " + "\n".join(wrong)


def test_placeholders_survive():
    import re

    for message in _catalogue():
        if message.id and isinstance(message.id, str):
            assert set(re.findall(r"%\((\w+)\)", message.id)) == set(
                re.findall(r"%\((\w+)\)", message.string)
            ), message.id
