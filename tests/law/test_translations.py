"""Chinese is complete and nothing is left over."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from outreach.core.settings import ROOT

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


def test_placeholders_survive():
    import re

    for message in _catalogue():
        if message.id and isinstance(message.id, str):
            assert set(re.findall(r"%\((\w+)\)", message.id)) == set(
                re.findall(r"%\((\w+)\)", message.string)
            ), message.id
