"""Reads for finding and reviewing duplicates."""

from collections import defaultdict

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from outreach.accounts.queries import reach
from outreach.core.db import db
from outreach.directory.duplicate_models import DIFFERENT, LIKELY, OPEN, DuplicatePair, Merge
from outreach.directory.duplicates import PROBABLE, Face
from outreach.directory.models import COMPANY, Organisation, Person, PersonPhone, Post
from outreach.permissions import Permission

PORTION = 2000


def _in_portions(values):
    values = sorted(values)
    return [values[start : start + PORTION] for start in range(0, len(values), PORTION)]


def _related(fresh: list[Face]) -> set[int]:
    """Everybody who shares a number, a name, a WeChat or a company with one of the ``fresh``."""
    blocks = (
        (Person.id, Person.name_key, {face.name for face in fresh}),
        (Person.id, Person.wechat, {face.wechat for face in fresh if face.wechat}),
        (PersonPhone.person_id, PersonPhone.number, {number for face in fresh for number in face.numbers}),
        (Post.person_id, Post.organisation_id, {company for face in fresh for company in face.companies}),
    )
    return {
        key
        for wanted, column, values in blocks
        for part in _in_portions(values)
        for key in db.session.scalars(select(wanted).where(column.in_(part)))
    }


def faces(ids: list[int]) -> list[Face]:
    """The faces of the cards ``ids`` and of everybody they might be the same as."""
    fresh = [face for part in _in_portions(ids) for face in _faces(part)]
    others = _related(fresh) - {face.id for face in fresh}
    return fresh + [face for part in _in_portions(others) for face in _faces(part)]


def _faces(ids: list[int]) -> list[Face]:
    numbers, companies = defaultdict(set), defaultdict(set)
    for person_id, number in db.session.execute(
        select(PersonPhone.person_id, PersonPhone.number).where(PersonPhone.person_id.in_(ids))
    ):
        numbers[person_id].add(number)
    # a chamber is shared by hundreds
    chambers = set(db.session.scalars(select(Organisation.id).where(Organisation.kind != COMPANY)))
    for person_id, organisation_id in db.session.execute(
        select(Post.person_id, Post.organisation_id).where(Post.person_id.in_(ids))
    ):
        if organisation_id not in chambers:
            companies[person_id].add(organisation_id)
    rows = db.session.execute(
        select(
            Person.id,
            Person.name_key,
            Person.pinyin,
            Person.home_code,
            Person.home_village,
            Person.birth,
            Person.gender,
            Person.wechat,
        ).where(Person.id.in_(ids))
    )
    return [
        Face(
            row.id,
            row.name_key,
            row.pinyin,
            frozenset(numbers[row.id]),
            frozenset(companies[row.id]),
            row.home_code or "",
            row.home_village,
            row.birth,
            row.gender,
            row.wechat,
        )
        for row in rows
    ]


def select_pairs(user, *, state: str = "", text: str = "") -> Select:
    """The pairs both of whose cards ``user`` may edit, strongest first.

    ``state``: likely, open (also unlikely ones), different.
    """
    within = reach(user, Permission.DIRECTORY_EDIT)
    low, high = aliased(Person), aliased(Person)
    chosen = (
        select(DuplicatePair)
        .join(low, low.id == DuplicatePair.low_id)
        .join(high, high.id == DuplicatePair.high_id)
        .where(low.unit_id.in_(within), high.unit_id.in_(within))
        .options(joinedload(DuplicatePair.low), joinedload(DuplicatePair.high))
        .order_by(DuplicatePair.points.desc(), DuplicatePair.id)
    )
    if state:
        chosen = chosen.where(DuplicatePair.state == (DIFFERENT if state == DIFFERENT else OPEN))
    if state == LIKELY:
        chosen = chosen.where(DuplicatePair.points >= PROBABLE)
    if text:
        start = text.strip()
        chosen = chosen.where(
            or_(low.name.startswith(start, autoescape=True), high.name.startswith(start, autoescape=True))
        )
    return chosen


def open_count(user) -> int:
    """How many pairs wait for this user's word."""
    return (
        db.session.scalar(
            select(func.count()).select_from(select_pairs(user, state=LIKELY).order_by(None).subquery())
        )
        or 0
    )


def pairs_of(person: Person, user) -> list[DuplicatePair]:
    """The open pairs of one card."""
    chosen = select_pairs(user, state=LIKELY).where(
        or_(DuplicatePair.low_id == person.id, DuplicatePair.high_id == person.id)
    )
    return list(db.session.scalars(chosen.limit(20)).unique())


def pair_between(one: int, other: int) -> DuplicatePair | None:
    """The pair of two cards, in whatever state."""
    low, high = sorted((one, other))
    return db.session.scalar(
        select(DuplicatePair).where(DuplicatePair.low_id == low, DuplicatePair.high_id == high)
    )


def merges_into(person: Person) -> list[Merge]:
    """The cards that went into this one and have not been split off again, latest first."""
    return list(
        db.session.scalars(
            select(Merge)
            .where(Merge.kept_id == person.id, Merge.undone_at.is_(None))
            .order_by(Merge.id.desc())
        )
    )
