"""Reads of what people said about their own cards, and of printed directories."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core import clock, tokens
from outreach.core.db import db
from outreach.directory.card_models import PRINTED, CardAnswer, CardLink, Consent, PrintRun
from outreach.directory.models import Person
from outreach.directory.restricting import FREE
from outreach.permissions import Permission

#: how the printed directory may be ordered, and within what it is grouped
ORDERS = {"strokes": (), "town": (Person.home_code, Person.unit_id), "city": (Person.province, Person.city)}


def link(token: str) -> CardLink | None:
    """The link of ``token`` while it is good."""
    row = db.session.scalar(select(CardLink).where(CardLink.sha256 == tokens.digest(token)))
    return row if row is not None and row.revoked_at is None and row.ends_at > clock.now() else None


def links_of(person: Person) -> list[CardLink]:
    """The links made for a person, latest first."""
    return list(
        db.session.scalars(
            select(CardLink).where(CardLink.person_id == person.id).order_by(CardLink.id.desc()).limit(10)
        )
    )


def consents_of(person: Person) -> list[Consent]:
    """What the person agreed to, latest first."""
    return list(
        db.session.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id.desc()))
    )


def select_answers(user, *, state: str = "open", kind: str = "") -> Select:
    """What people of this user's reach sent from their pages, oldest first."""
    within = select(Person.id).where(Person.unit_id.in_(reach(user, Permission.DIRECTORY_EDIT)))
    chosen = (
        select(CardAnswer)
        .where(CardAnswer.person_id.in_(within))
        .options(joinedload(CardAnswer.person))
        .order_by(CardAnswer.id)
    )
    if state:
        chosen = chosen.where(CardAnswer.state == state)
    return chosen.where(CardAnswer.kind == kind) if kind else chosen


def answers_of(person: Person) -> list[CardAnswer]:
    """What a person sent from their page, latest first."""
    return list(
        db.session.scalars(
            select(CardAnswer)
            .where(CardAnswer.person_id == person.id)
            .order_by(CardAnswer.id.desc())
            .limit(20)
        )
    )


def open_answers(person: Person) -> list[CardAnswer]:
    """What of a person still waits for the county."""
    return list(
        db.session.scalars(
            select(CardAnswer).where(CardAnswer.person_id == person.id, CardAnswer.state == "open")
        )
    )


def printable(user, unit: Unit, order: str) -> Select:
    """Who may stand in the printed directory of ``unit``, in its order."""
    below = select(Unit.id).where(
        Unit.path.startswith(unit.path, autoescape=True),
        Unit.id.in_(reach(user, Permission.DIRECTORY_EXPORT)),
    )
    return (
        select(Person)
        .where(Person.unit_id.in_(below), Person.may_print.is_(True), FREE)
        .order_by(*ORDERS[order], Person.stroke_surname, Person.id)
    )


def printable_count(user) -> int:
    """How many people within reach agreed to be printed."""
    within = reach(user, Permission.DIRECTORY_EXPORT)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Person)
            .where(Person.unit_id.in_(within), Person.may_print.is_(True), FREE)
        )
        or 0
    )


def printable_names(user) -> list[str]:
    """The names of the people within reach who agreed to be printed, in full:
    to look whether they can be drawn.
    """
    within = reach(user, Permission.DIRECTORY_EXPORT)
    chosen = select(Person.name).where(Person.unit_id.in_(within), Person.may_print.is_(True), FREE)
    return list(db.session.scalars(chosen.order_by(Person.stroke_surname, Person.id)))


def select_runs(user) -> Select:
    """The copies printed within this user's reach, latest first."""
    return (
        select(PrintRun)
        .where(PrintRun.unit_id.in_(reach(user, Permission.DIRECTORY_EXPORT)))
        .order_by(PrintRun.id.desc())
    )


def next_copy(unit: Unit) -> int:
    """The number of the next copy."""
    return (db.session.scalar(select(func.max(PrintRun.copy)).where(PrintRun.unit_id == unit.id)) or 0) + 1


def to_remove(runs: list[PrintRun]) -> list[tuple[Person | None, int]]:
    """(person, copies they stand in) of everybody who stood in one of ``runs`` with more than they agree to
    today, or is restricted.
    """
    counts: dict[int, int] = {}
    ids = {int(key) for run in runs for key in run.people}
    people = {
        person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids))).unique()
    }
    for run in runs:
        for key, fields in run.people.items():
            person = people.get(int(key))
            agreed = (
                set() if person is None or person.restricted_at else set(person.consents.get(PRINTED, ()))
            )
            if not set(fields) <= agreed:
                counts[int(key)] = counts.get(int(key), 0) + 1
    return [(people.get(key), count) for key, count in sorted(counts.items())]
