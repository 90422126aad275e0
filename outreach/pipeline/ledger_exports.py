"""The lines of a ledger that are not entered, in the columns they came in, with the reason."""

from outreach.core.i18n import _
from outreach.core.sheets import Column, write
from outreach.pipeline.ledger import OWN_COLUMN
from outreach.pipeline.ledger_models import DIFFERS, UNCLEAR, LedgerBatch


def not_entered(batch: LedgerBatch, lines: list, reason_names: dict) -> bytes:
    """``lines``: as ``ledger_queries.look`` gives them.

    A workbook of the lines that are unclear, differ, or were refused, each with its reasons in words.
    """
    refused = batch.made.get("refused", {})
    wanted = [
        line for line in lines if line.state in (UNCLEAR, DIFFERS) or refused.get(str(line.row["line"]))
    ]
    shape = next((one for one in batch.shapes if wanted and one["shape"] == wanted[0].row.get("shape")), None)
    heads = (
        [column["heading"] for column in shape["columns"]]
        if shape
        else [_("Name of the project"), _("Company")]
    )

    def cell(line, index: int):
        raw = line.row.get("raw") or [line.row["values"]["name"], line.row["values"].get("company")]
        return raw[index] if index < len(raw) else None

    columns = [
        Column(head or " ", lambda line, index=index: cell(line, index), 18)
        for index, head in enumerate(heads)
    ]
    columns.append(Column(OWN_COLUMN, lambda line: reasons(line, refused, reason_names), 50))
    return write(_("Lines not entered"), columns, wanted)


def reasons(line, refused: dict, names: dict) -> str:
    """Why a line is not entered, in words."""
    said = [str(names.get(code, code)) for code in line.reasons or line.row["doubts"]]
    said += [f"{here or '–'} ≠ {there}" for here, there in line.differs.values()]
    return "；".join([*said, refused.get(str(line.row["line"]), "")]).strip("；")
