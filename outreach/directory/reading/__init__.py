"""Rosters of people: the fields of the sheet (``headings``),
and modules that each turn one kind of cell into a value.

Nothing is repaired that could be repaired wrongly: what was lost is empty and flagged (domain cases M1-M10).
What every sheet shares is in ``outreach.imports``.
"""

from outreach.imports.cells import DITTO, Reading, as_text

__all__ = ["DITTO", "Reading", "as_text"]
