"""One organisation of two: proposing it, doing it, undoing it.

Every row that points at the one that goes points at the one that stays, whatever table it is in: the foreign
keys are read from the metadata, so that a new table is not forgotten (a test names them all).
"""

from sqlalchemy import Column, Table, delete, insert, select, tuple_, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import Base, db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import joining_queries, names, terms
from outreach.directory.joining_models import OrganisationMerge
from outreach.directory.models import Organisation, OrganisationTerm
from outreach.directory.moving import frozen, thawed
from outreach.directory.organisation_models import FIELDS

#: table -> its columns that may stand only once together with the organisation
_ONCE = {"posts": ("person_id", "title")}


def propose_joining(
    kept: Organisation, gone: Organisation, unit: Unit, *, take: list[str], reason: str, by: User
) -> OrganisationMerge:
    """Put forward that two are one; who may change both decides."""
    _lock_both(kept, gone)
    _check(kept, gone)
    if joining_queries.open_proposal(kept.id, gone.id) is not None:
        raise Refused(_("That these two are one has been proposed already."))
    row = OrganisationMerge(
        kept_id=kept.id, gone_id=gone.id, unit_id=unit.id, take=take, reason=reason, proposed_by_id=by.id
    )
    db.session.add(row)
    audit.record(by, "directory.propose_joining", kept, reason=reason, gone=gone.id)
    return row


def join_organisations(
    kept: Organisation, gone: Organisation, unit: Unit, *, take: list[str], reason: str, by: User
) -> OrganisationMerge:
    """One organisation of two. ``take``: the fields whose value comes from ``gone``; empty fields are filled
    from it in any case.
    """
    _lock_both(kept, gone)
    row = joining_queries.open_proposal(kept.id, gone.id)
    if row is None:
        row = OrganisationMerge(unit_id=unit.id, reason=reason, proposed_by_id=by.id, state="open")
        db.session.add(row)
    row.kept_id, row.gone_id, row.take = kept.id, gone.id, take
    _join(row, kept, gone, by)
    return row


def accept_joining(row: OrganisationMerge, *, by: User) -> None:
    """Do what was proposed, as it was proposed."""
    kept, gone = db.session.get(Organisation, row.kept_id), db.session.get(Organisation, row.gone_id)
    if kept is None or gone is None:
        raise Refused(_("One of the two is no longer there."))
    _lock_both(kept, gone)
    lock(row)
    _join(row, kept, gone, by)


def _lock_both(kept: Organisation, gone: Organisation) -> None:
    lock(*sorted((kept, gone), key=lambda row: row.id), to_delete=True)


def _check(kept: Organisation, gone: Organisation) -> None:
    if kept.id == gone.id:
        raise Refused(_("That is the same organisation."))
    if kept.credit_code and gone.credit_code:
        raise Refused(
            _(
                "Both have a credit code, and another one: these are two companies."
                " Correct the wrong code first."
            )
        )


def _join(row: OrganisationMerge, kept: Organisation, gone: Organisation, by: User) -> None:
    _check(kept, gone)
    row.move("merged")
    table = Organisation.__table__
    gone_id, whole = gone.id, db.session.execute(select(table).where(table.c.id == gone.id)).one()
    row.gone = frozen(whole)
    row.moved = [_hand_over(table, column, kept.id, gone_id) for table, column in joining_queries.pointers()]
    values = _values(kept, whole, set(row.take))
    row.before = _of_row(kept.id, values)
    db.session.expunge(gone)
    db.session.execute(delete(OrganisationTerm).where(OrganisationTerm.organisation_id == gone_id))
    db.session.execute(delete(table).where(table.c.id == gone_id))
    row.lost_key = kept.name_key if "name" in values else whole.name_key
    _write(kept, values)
    row.after = _of_row(kept.id, values)
    row.decided_at, row.decided_by_id = clock.now(), by.id
    audit.record(by, "directory.join_organisations", kept, reason=row.reason, gone=gone_id, name=whole.name)


def _hand_over(table: Table, column: Column, kept_id: int, gone_id: int) -> dict:
    """Rows of one column change hands; a row that the kept organisation has already is dropped and kept in
    the record.
    """
    rows = db.session.execute(select(table).where(column == gone_id)).all()
    once = _ONCE.get(table.name, ())
    have: set[tuple] = set()
    if once and rows:
        chosen = select(*(table.c[name] for name in once)).where(column == kept_id)
        have = {tuple(row) for row in db.session.execute(chosen)}
    key = list(table.primary_key)
    dropped = [row for row in rows if once and tuple(row._mapping[name] for name in once) in have]
    moved = [[row._mapping[one.name] for one in key] for row in rows if row not in dropped]
    for row in dropped:
        db.session.execute(delete(table).where(*(one == row._mapping[one.name] for one in key)))
    if moved:
        db.session.execute(update(table).where(tuple_(*key).in_(moved)).values({column.name: kept_id}))
    return {
        "table": table.name,
        "column": column.name,
        "moved": moved,
        "dropped": [frozen(row) for row in dropped],
    }


def _values(kept: Organisation, gone, take: set[str]) -> dict:
    """Field -> new value of the kept organisation: what was chosen, and what it lacks."""
    values = {}
    for name in FIELDS:
        present, other = getattr(kept, name), getattr(gone, name)
        if other not in (None, "") and other != present and (name in take or present in (None, "")):
            values[name] = other
    if gone.note and kept.note and "note" not in take and gone.note not in kept.note:
        values["note"] = f"{kept.note}\n{gone.note}"
    if gone.verified_at and (kept.verified_at is None or gone.verified_at > kept.verified_at):
        values["verified_at"] = gone.verified_at
    return values


def _of_row(key: int, values: dict) -> dict:
    """What stands in these fields, as JSON holds it."""
    table = Organisation.__table__
    row = db.session.execute(select(table).where(table.c.id == key)).one()
    return {name: value for name, value in frozen(row).items() if name in values}


def _write(row: Organisation, values: dict) -> None:
    """Set fields; with a new name go its key and what the organisation is found by."""
    for name, value in values.items():
        setattr(row, name, value)
    if "name" in values:
        row.name_key = names.organisation_key(row.name)
        db.session.flush()
        db.session.execute(delete(OrganisationTerm).where(OrganisationTerm.organisation_id == row.id))
        _find_by_name(row)
    db.session.flush()


def _find_by_name(row: Organisation) -> None:
    found = [{"term": term, "organisation_id": row.id} for term in sorted(terms.of_organisation(row.name))]
    db.session.execute(insert(OrganisationTerm), found)


def undo_joining(row: OrganisationMerge, *, reason: str, by: User) -> Organisation:
    """Two organisations again. Fields of the kept one go back unless somebody changed them since; what came
    since stays with it.
    """
    lock(row)
    row.move("undone")
    kept = db.session.get(Organisation, row.kept_id)
    if kept is None:
        raise Refused(_("The kept organisation was merged into another one. Undo that first."))
    lock(kept)
    table = Organisation.__table__
    present = _of_row(kept.id, row.before)
    restored = {name: value for name, value in row.before.items() if present[name] == row.after[name]}
    _write(kept, thawed(table, restored))
    others = select(table.c.id).where(table.c.name_key == row.gone["name_key"])
    code = row.gone["credit_code"]
    if db.session.scalar(others) is not None or (
        code and db.session.scalar(select(table.c.id).where(table.c.credit_code == code)) is not None
    ):
        raise Refused(_("Another organisation has this name or credit code by now."))
    db.session.execute(insert(table).values(thawed(table, row.gone)))
    back = db.session.get_one(Organisation, row.gone_id)
    _find_by_name(back)
    for record in row.moved:
        _give_back(record, kept.id, back.id)
    db.session.expire_all()
    row.decision = reason
    audit.record(by, "directory.undo_joining", kept, reason=reason, back=back.id)
    return back


def _give_back(record: dict, kept_id: int, back_id: int) -> None:
    """As far as the rows still belong to the kept organisation."""
    table = Base.metadata.tables[record["table"]]
    column, key = table.c[record["column"]], list(table.primary_key)
    if record["moved"]:
        chosen = update(table).where(tuple_(*key).in_(record["moved"]), column == kept_id)
        db.session.execute(chosen.values({column.name: back_id}))
    for values in record["dropped"]:  # with fresh numbers: the old ones may have been given away
        whole = thawed(table, {name: value for name, value in values.items() if name != "id"})
        db.session.execute(insert(table).values({**whole, column.name: back_id}))


def decline_joining(row: OrganisationMerge, *, reason: str, by: User) -> None:
    """They are two; the proposer reads the reason."""
    lock(row)
    row.move("declined")
    row.decided_at, row.decided_by_id, row.decision = clock.now(), by.id, reason
    audit.record(by, "directory.decline_joining", row, reason=reason)


def withdraw_joining(row: OrganisationMerge, *, by: User) -> None:
    """Who proposed takes it back before it is decided."""
    lock(row)
    if row.proposed_by_id != by.id:
        raise Refused(_("Only who proposed the change can take it back."))
    row.move("withdrawn")
    row.decided_at, row.decided_by_id = clock.now(), by.id
    audit.record(by, "directory.withdraw_joining", row)
