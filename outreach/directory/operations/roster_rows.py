"""Rows of a roster before it is entered: left out, taken in, corrected, judged again."""

from collections import Counter
from decimal import Decimal

from sqlalchemy import select

from outreach.accounts.models import User
from outreach.core import audit
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import names, queries, roster_queries
from outreach.directory.operations import entering
from outreach.directory.reading.rows import is_doubtful, kinds_of_doubt
from outreach.directory.roster_models import NEW, SAME, SKIPPED, Batch, BatchRow


def leave_out_row(row: BatchRow, *, by: User) -> None:
    """A row is not to be entered, or is again: before the batch is entered."""
    batch = _ready(row)
    if not row.card.get("name"):
        raise Refused(_("A row without a name cannot be entered."))
    row.added = {} if row.added.get("left_out") else {"left_out": True}
    row.doubts = [doubt for doubt in row.doubts if doubt[1] != "hidden_row"]
    row.doubtful = is_doubtful(row.doubts)
    _judge_again(batch)
    audit.record(by, "directory.leave_out_row", batch, number=row.number, left_out=bool(row.added))


def take_in_hidden(batch: Batch, *, by: User) -> int:
    """Take in every row that is left out because the sheet hides it; how many.

    Their doubts about it are settled.
    """
    lock(batch)
    if batch.state != "ready":
        raise Refused(_("The rows can be changed only before the batch is entered."))
    rows = db.session.scalars(roster_queries.filtered_rows(batch, reason="hidden_row")).all()
    for row in rows:
        if row.card.get("name"):
            row.added = {}
            row.doubts = [doubt for doubt in row.doubts if doubt[1] != "hidden_row"]
            row.doubtful = is_doubtful(row.doubts)
    _judge_again(batch)
    audit.record(by, "directory.take_in_hidden", batch, count=len(rows))
    return len(rows)


def correct_row(
    row: BatchRow,
    *,
    by: User,
    city: str,
    company: str,
    title: str,
    scale_wan: Decimal | None,
    home_code: str,
    **values,
) -> None:
    """What a clerk knows better than the sheet; the raw cells stay as they were.

    ``values`` as the card takes them.
    """
    batch = _ready(row)
    renamed = {"renamed": True} if names.key(values["name"]) != names.key(row.card.get("name", "")) else {}
    card = {
        **row.card,
        **renamed,
        **values,
        "home_code": home_code or None,
        "scale_wan": None if scale_wan is None else str(scale_wan),
    }
    if city != row.card.get("city", ""):
        place = queries.cities().read(city).value if city else ("", "")
        card |= {"province": place[0] or row.card.get("province", ""), "city": place[1] or city}
    others = [post for post in card.get("posts", [])[1:] if post[0] != company]
    card["posts"] = [[company, title], *others] if company else others
    row.card = card
    settled = {
        "name": True,
        "phone": bool(card["mobiles"]),
        "birth": bool(card["birth"]),
        "lives": bool(city),
        "home": bool(home_code),
        "posts": bool(company),
        "scale": scale_wan is not None,
        "industry": bool(card["industry"]),
        "credit_code": bool(card["credit_code"]),
        "": True,
    }
    row.doubts = [doubt for doubt in row.doubts if not settled.get(doubt[0]) or doubt[1] == "same_person"]
    row.doubtful = is_doubtful(row.doubts)
    _judge_again(batch)
    audit.record(by, "directory.correct_row", batch, number=row.number)


def _judge_again(batch: Batch) -> None:
    """Who of the batch is known, and which rows repeat each other, after a row was changed or left out."""
    db.session.flush()
    rows = db.session.scalars(
        select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
    ).all()
    known = entering.Known(batch.unit, (entering.line_to_match(row.said, row.card) for row in rows))
    counts, reasons = Counter(), Counter()
    for row in rows:
        row.doubts = [doubt for doubt in row.doubts if tuple(doubt) != entering.ERASED_BEFORE]
        if row.card.get("name") and known.is_erased(row.card):
            row.doubts = [*row.doubts, entering.ERASED_BEFORE]
        reasons.update(kinds_of_doubt(row.doubts))
        if row.added.get("left_out"):
            row.verdict, row.person_id, row.same_as_row = SKIPPED, None, None
        else:
            row.verdict, row.person_id, row.same_as_row = known.place(
                row.number, row.card, known.match(row.card, entering.line_to_match(row.said, row.card))
            )
        counts[row.verdict] += 1
        counts["doubtful"] += row.doubtful
        counts["repeated"] += row.same_as_row is not None
    batch.counts = {
        **batch.counts,
        **dict.fromkeys((NEW, SAME, SKIPPED, "doubtful", "repeated"), 0),
        **counts,
        "reasons": dict(reasons),
    }


def show_row(row: BatchRow, *, by: User) -> None:
    """Leave the trace of a row read in full."""
    audit.record(by, "directory.show_row", row)


def _ready(row: BatchRow) -> Batch:
    batch = db.session.get_one(Batch, row.batch_id)
    lock(batch)
    if batch.state != "ready":
        raise Refused(_("The rows can be changed only before the batch is entered."))
    return batch
