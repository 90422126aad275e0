"""Erasing a person: told to every later domain, then the card is emptied;
what is left are facts without a name.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import Text, cast, delete, or_, select, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, erasing, files
from outreach.core.db import db, lock
from outreach.core.erasing import Traces
from outreach.core.i18n import _
from outreach.core.masking import ERASED
from outreach.core.refusals import Refused
from outreach.core.surnames import is_personal
from outreach.directory import erasure_queries, tombstones
from outreach.directory.announcements import people_erased
from outreach.directory.card_models import CardAnswer, CardLink, Consent
from outreach.directory.duplicate_models import DuplicatePair, Merge
from outreach.directory.erasure_models import Tombstone
from outreach.directory.models import Person, PersonPhone, PersonTerm, Post, TierDecision
from outreach.directory.restriction_models import Restriction
from outreach.directory.roster_models import SKIPPED, Batch, BatchRow
from outreach.directory.tier_models import TierProposal

#: rows of the card that go with it
_OWN = (
    PersonPhone,
    PersonTerm,
    Post,
    TierDecision,
    TierProposal,
    Consent,
    CardAnswer,
    CardLink,
    Restriction,
)
_EMPTY = ("gender", "birth", "home_village", "province", "city", "lives_raw", "industry", "scale_stated")
_TEXTS = ("name_key", "pinyin", "stroke_surname", "stroke_name", "wechat", "email", "note", "source")


def erase_person(person: Person, *, why: str, note: str = "", by: User) -> Counter:
    """Nothing that tells of the person is left; table -> rows.

    Cannot be undone: a later roster does not bring them back either.
    """
    lock(person)
    if person.erased_at is not None:
        raise Refused(_("This person has been erased already."))
    traces = erasure_queries.traces_of(person, by)
    units = erasure_queries.units_of(person.unit)
    _bury(person, traces)
    merged = {row.gone_id for row in erasure_queries.merged_cards(person.id)}
    done = erasing.forget_tied(traces, people={person.id, *merged})
    for answer in people_erased(person.id, traces, by=by):
        done.update(answer)
    done.update(_forget_rows(person, traces, units))
    done.update(_forget_card(person))
    return erasing.finish(
        "directory.erase_person", person, traces, done, units=units, why=why, note=note, by=by
    )


def _bury(person: Person, traces: Traces) -> None:
    marks = {
        mark
        for name in traces.names
        for mark in tombstones.marks(
            name,
            traces.numbers,
            home_code=person.home_code or "",
            village=person.home_village,
            companies=[post.organisation.name for post in person.posts],
        )
    }
    rows = sorted({erasing.digest(mark) for mark in marks})
    db.session.add_all([Tombstone(person_id=person.id, digest=digest) for digest in rows])
    db.session.flush()


def exhume(name: str, numbers: list[str], unit: Unit, *, by: User) -> int:
    """Somebody whom the county of ``unit`` erased is entered there again, because they ask for it: no roster
    leaves them out for its sake from now on. What another county erased stays erased. How many marks.
    """
    people = erasure_queries.erased_here(name, numbers, unit)
    if not people:
        return 0
    gone = db.session.execute(delete(Tombstone).where(Tombstone.person_id.in_(people)))
    audit.record(by, "directory.exhume", count=gone.rowcount)
    return gone.rowcount


def _forget_rows(person: Person, traces: Traces, units) -> Counter:
    """Rows of rosters that say who it is: those of the card, and in batches of ``units`` those by name and
    number, or by a personal name that nobody else bears.
    """
    names, numbers = sorted(traces.names), traces.marks() + traces.handles()
    said = [
        cast(column, Text).contains(word, autoescape=True)
        for column in (BatchRow.raw, BatchRow.card)
        for word in names
    ]
    numbered = [
        cast(column, Text).contains(word, autoescape=True)
        for column in (BatchRow.raw, BatchRow.card)
        for word in numbers
    ]
    own = [BatchRow.person_id == person.id, BatchRow.id == person.origin_id]
    here = BatchRow.batch_id.in_(select(Batch.id).where(Batch.unit_id.in_(units)))
    borne = [name for name in names if name not in traces.shared and is_personal(name)]
    own += [here & cast(BatchRow.raw, Text).contains(name, autoescape=True) for name in borne]
    if said and numbered:
        own.append(here & or_(*said) & or_(*numbered))
    empty = {"raw": [], "card": {}, "doubts": [], "doubtful": False, "said": None, "added": {}}
    gone = (
        update(BatchRow).where(or_(*own)).values(**empty, verdict=SKIPPED, person_id=None, same_as_row=None)
    )
    return Counter(
        batch_rows=db.session.execute(gone, execution_options={"synchronize_session": False}).rowcount
    )


def _forget_card(person: Person) -> Counter:
    """What hangs on the card goes; the card keeps its number, its county and its tier,
    which facts are counted by.
    """
    done: Counter = Counter()
    for proposal in db.session.scalars(select(TierProposal).where(TierProposal.person_id == person.id)):
        if proposal.file is not None:
            files.forget(proposal.file)
            proposal.file.name = ERASED
    for model in _OWN:
        gone = db.session.execute(delete(model).where(model.person_id == person.id))
        done[model.__tablename__] += gone.rowcount
    pairs = or_(DuplicatePair.low_id == person.id, DuplicatePair.high_id == person.id)
    done["duplicate_pairs"] += db.session.execute(delete(DuplicatePair).where(pairs)).rowcount
    merges = [row.id for row in erasure_queries.merged_cards(person.id)]
    done["merges"] += db.session.execute(delete(Merge).where(Merge.id.in_(merges))).rowcount
    home = person.home_code or (person.unit.place_code if person.unit else None)
    values = dict.fromkeys((*_EMPTY, *_TEXTS), "") | {
        "name": ERASED,
        "home_code": home[:6] if home else None,
        "scale_wan": None,
        "tags": [],
        "consents": {},
        "may_print": False,
        "origin_id": None,
        "notice_at": None,
        "restricted_at": None,
        "unit_id": None,
        "erased_unit_id": person.unit_id,
        "erased_at": clock.now(),
        "version": person.version + 1,
        "updated_at": clock.now(),
    }
    db.session.execute(update(Person).where(Person.id == person.id).values(**values))
    db.session.expire_all()
    return done


def forget_old_rows(before: datetime, most: int) -> int:
    """At most so many rows of rosters from before this moment lose what stood in the sheet;
    what they became stays. How many.

    Who comes again without a number is still known, by the digest of the line. A dry run that nobody entered
    is discarded.
    """
    waiting = select(Batch).where(Batch.created_at < before, Batch.state.in_(("ready", "failed")))
    for batch in db.session.scalars(waiting.order_by(Batch.id)).unique():
        batch.move("discarded")
        files.forget(batch.file)
        db.session.execute(delete(BatchRow).where(BatchRow.batch_id == batch.id))
        audit.record(None, "directory.discard_batch", batch)
    ids = list(db.session.scalars(erasure_queries.old_rows(before).order_by(BatchRow.id).limit(most)))
    empty = {"raw": [], "card": {}, "doubts": [], "added": {}}
    db.session.execute(update(BatchRow).where(BatchRow.id.in_(ids)).values(**empty))
    if ids:
        audit.record(None, "directory.forget_old_rows", count=len(ids))
    return len(ids)
