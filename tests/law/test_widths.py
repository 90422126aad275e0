"""A line fits beside another one on an ordinary screen: 110 columns of Python, 140 of a template.

A Chinese sign takes two.
"""

import unicodedata
from pathlib import Path

from outreach.core.settings import ROOT
from tests.law.source import templates

PYTHON, TEMPLATE = 110, 140


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def _too_wide(paths: list[Path], most: int) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {_width(line)} columns"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _width(line.split("  # noqa")[0]) > most
    ]


def test_python():
    paths = [path for folder in ("outreach", "tests", "migrations") for path in (ROOT / folder).rglob("*.py")]
    assert not (wide := _too_wide(paths, PYTHON)), "\n".join(wide)


def test_templates():
    assert not (wide := _too_wide(templates(), TEMPLATE)), "\n".join(wide)
