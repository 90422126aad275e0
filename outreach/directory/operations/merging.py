"""One person, one row: merging two cards, undoing a merge."""

from sqlalchemy import delete, insert, or_, select, update

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import duplicate_queries, names, restricting
from outreach.directory.announcements import people_joined, people_merged, people_parted
from outreach.directory.card_models import PRINTED, CardAnswer, CardLink, Consent
from outreach.directory.duplicate_models import DIFFERENT, DuplicatePair, Merge
from outreach.directory.models import Person, PersonPhone, PersonTerm, Post, TierDecision
from outreach.directory.moving import frozen, give_back, move, thawed
from outreach.directory.operations.pairs import find_duplicates
from outreach.directory.operations.people import reindex
from outreach.directory.restriction_models import Restriction
from outreach.directory.roster_models import BatchRow
from outreach.directory.tier_models import TierProposal

#: the fields of a card that a merge may take from either side
FIELDS = (
    "name",
    "gender",
    "birth",
    "home_code",
    "home_village",
    "province",
    "city",
    "lives_raw",
    "industry",
    "scale_wan",
    "scale_stated",
    "wechat",
    "email",
)


def merge_people(
    kept: Person, gone: Person, *, take: set[str], reason: str, by: User, places: frozenset[int] = frozenset()
) -> Merge:
    """One card of two.

    ``take``: the fields whose value comes from ``gone``; empty fields are filled from it in any case.
    ``places``: the registrations that stay where both cards have a place at one event.

    Everything that points at ``gone`` points at ``kept`` afterwards; the row that comes back allows
    :func:`undo_merge`.
    """
    if kept.id == gone.id:
        raise Refused(_("That is the same card."))
    lock(*sorted((kept, gone), key=lambda person: person.id), to_delete=True)
    gone_id, table = gone.id, Person.__table__
    card = frozen(db.session.execute(select(table).where(table.c.id == gone_id)).one())
    before, after = _take_fields(kept, gone, take)
    apart = _forget_pairs(gone_id, kept.id)
    db.session.flush()
    moved = [
        move(PersonPhone, kept.id, gone_id, unique=("number",)),
        move(Post, kept.id, gone_id, unique=("organisation_id", "title")),
        move(TierDecision, kept.id, gone_id),
        move(TierProposal, kept.id, gone_id),
        move(Consent, kept.id, gone_id),
        move(CardAnswer, kept.id, gone_id),
        move(CardLink, kept.id, gone_id),
        move(Restriction, kept.id, gone_id),
        move(BatchRow, kept.id, gone_id),
    ]
    moved += [record for answer in people_merged(kept.id, gone_id) for record in answer]
    moved += [record for answer in people_joined(kept.id, places, by=by) for record in answer]
    db.session.execute(delete(PersonTerm).where(PersonTerm.person_id == gone_id))
    db.session.expunge(gone)
    db.session.execute(delete(table).where(table.c.id == gone_id))
    db.session.expire(kept)
    _follow_facts(kept)
    kept.version += 1
    kept.updated_at = clock.now()
    reindex(kept)
    after["tier"] = kept.tier
    merge = Merge(
        kept_id=kept.id,
        gone_id=gone_id,
        gone_origin_id=card["origin_id"],
        gone={**card, "apart": apart},
        before=before,
        after=after,
        moved=moved,
        reason=reason,
        merged_by_id=by.id,
    )
    db.session.add(merge)
    audit.record(by, "directory.merge_people", kept, reason=reason, gone=gone_id)
    _keep_apart(kept.id, apart)
    find_duplicates([kept.id], by=by)
    return merge


def _take_fields(kept: Person, gone: Person, take: set[str]) -> tuple[dict, dict]:
    """Fill the kept card; (values before, values after) of what changed, as JSON holds them."""
    before: dict = {}
    for name in FIELDS:
        present, other = getattr(kept, name), getattr(gone, name)
        if other not in (None, "") and present != other and (name in take or present in (None, "")):
            before[name] = present
            setattr(kept, name, other)
    if gone.note and gone.note not in kept.note:
        before["note"] = kept.note
        kept.note = f"{kept.note}\n{gone.note}".strip()
    if gone.notice_at and not kept.notice_at:
        kept.notice_at = gone.notice_at  # told is told
    if gone.tags and set(gone.tags) - set(kept.tags):
        before["tags"] = kept.tags
        kept.tags = list(dict.fromkeys([*kept.tags, *gone.tags]))
    before["tier"] = kept.tier  # both follow from the rows that come along
    if "name" in before:
        for name, value in names.sort_keys(kept.name).items():
            before[name] = getattr(kept, name)
            setattr(kept, name, value)
    plain = {"scale_wan": lambda value: None if value is None else str(value)}
    write = {name: plain.get(name, lambda value: value) for name in before}
    return {name: write[name](value) for name, value in before.items()}, {
        name: write[name](getattr(kept, name)) for name in before
    }


def _follow_facts(person: Person) -> None:
    """Tier and consent are what the last decision and the last word of the person say, whichever card they
    stood on; restricted is restricted.
    """
    person.restricted_at = min((row.since_at for row in restricting.open_ones(person.id)), default=None)
    decision = db.session.scalar(
        select(TierDecision.tier)
        .where(TierDecision.person_id == person.id)
        .order_by(TierDecision.decided_at.desc(), TierDecision.id.desc())
        .limit(1)
    )
    person.tier = decision or person.tier
    said = db.session.execute(
        select(Consent.choices)
        .where(Consent.person_id == person.id)
        .order_by(Consent.given_at.desc(), Consent.id.desc())
        .limit(1)
    ).first()
    if said is not None:
        person.consents, person.may_print = said[0], bool(said[0].get(PRINTED))


def _forget_pairs(gone_id: int, kept_id: int) -> list[int]:
    """Drop the pairs of the card that goes; the cards somebody said are not this person."""
    pairs = db.session.scalars(
        select(DuplicatePair).where(or_(DuplicatePair.low_id == gone_id, DuplicatePair.high_id == gone_id))
    ).all()
    apart = [
        key
        for pair in pairs
        if pair.state == DIFFERENT
        for key in (pair.low_id, pair.high_id)
        if key not in (gone_id, kept_id)
    ]
    for pair in pairs:
        db.session.delete(pair)
    return apart


def _keep_apart(person_id: int, others: list[int]) -> None:
    for other in others:
        low, high = sorted((person_id, other))
        if db.session.get(Person, other) is not None and duplicate_queries.pair_between(low, high) is None:
            db.session.add(
                DuplicatePair(
                    low_id=low, high_id=high, points=0, reasons=[], state=DIFFERENT, decided_at=clock.now()
                )
            )
    db.session.flush()


def undo_merge(merge: Merge, *, reason: str, by: User) -> Person:
    """Two cards again.

    Fields of the kept card go back unless somebody changed them since; what came since stays with it.
    """
    lock(merge)
    if merge.undone_at is not None:
        raise Refused(_("This merge has been undone already."))
    kept = db.session.get(Person, merge.kept_id)
    if kept is None:
        raise Refused(_("The kept card was merged into another one. Undo that first."))
    lock(kept)
    table = Person.__table__
    card = {name: value for name, value in merge.gone.items() if name in table.c}
    # before numbers counted on, SQLite gave them to somebody else
    if db.session.get(Person, merge.gone_id) is not None:
        del card["id"]
    back_id = db.session.execute(insert(table).values(thawed(table, card))).inserted_primary_key[0]
    withdrawn = _withdrew_since(merge)
    for record in merge.moved:
        give_back(record, kept.id, back_id)
    people_parted(merge.moved, by=by)
    restored = {
        name: value
        for name, value in merge.before.items()
        if _as_json(getattr(kept, name)) == merge.after[name]
    }
    if restored:
        db.session.execute(update(table).where(table.c.id == kept.id).values(thawed(table, restored)))
    db.session.expire(kept)
    kept.version += 1
    back = db.session.get_one(Person, back_id)
    _restrict_both(merge, back.id)
    for person in (kept, back):
        _follow_facts(person)
        if withdrawn:  # said of one card, meant by the person
            person.consents, person.may_print = {}, False
        reindex(person)
    merge.undone_at = clock.now()
    audit.record(by, "directory.undo_merge", kept, reason=reason, back=back.id)
    _keep_apart(back.id, [*merge.gone.get("apart", []), kept.id])
    return back


def _restrict_both(merge: Merge, back_id: int) -> None:
    """Who was restricted since the merge meant the person: both cards are."""
    for row in restricting.open_ones(merge.kept_id):
        if row.since_at > merge.merged_at:
            same = ("since_at", "reason", "by_id", "role", "unit_id")
            values = {name: getattr(row, name) for name in same}
            db.session.add(Restriction(person_id=back_id, **values))
    db.session.flush()


def _withdrew_since(merge: Merge) -> bool:
    later = (
        select(Consent.choices)
        .where(Consent.person_id == merge.kept_id, Consent.given_at > merge.merged_at)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    said = db.session.execute(later).first()
    return said is not None and not said[0]


def _as_json(value):
    return value if value is None or isinstance(value, str | int | list) else str(value)
