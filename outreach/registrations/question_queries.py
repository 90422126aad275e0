"""Reads of questions and answers."""

from datetime import timedelta

from sqlalchemy import bindparam, func, select

from outreach.core import clock
from outreach.core.db import db
from outreach.events.models import Event
from outreach.registrations.question_models import AFTER, BEFORE, Answer, Question

_STANDING = select(Question).where(Question.retired_at.is_(None)).order_by(Question.place, Question.id)
_ASKED = _STANDING.where(Question.stage == BEFORE)
# built once: a queue waits for it
_ASKED_AT = _ASKED.join(Event, Event.id == Question.event_id).where(Event.slug == bindparam("slug"))


def questions(event: Event, stage: str = BEFORE) -> list[Question]:
    """What the form asks now; ``AFTER``: what the feedback form asks."""
    return list(db.session.scalars(_STANDING.where(Question.event_id == event.id, Question.stage == stage)))


def questions_of(slug: str) -> list[Question]:
    """The same by the event's public address, for the queue of guests."""
    return list(db.session.scalars(_ASKED_AT, {"slug": slug}))


def answer_count(question: Question) -> int:
    """How many answered it."""
    return db.session.scalar(select(func.count()).where(Answer.question_id == question.id)) or 0


def answers_of(registration_id: int, stage: str = BEFORE) -> list[Answer]:
    """A guest's answers in the order of the form, also to questions that are not asked any more."""
    chosen = (
        select(Answer)
        .join(Question)
        .where(Answer.registration_id == registration_id, Question.stage == stage)
    )
    return list(db.session.scalars(chosen.order_by(Question.place, Question.id)))


def given_by(registration_id: int, stage: str = BEFORE) -> dict[int, object]:
    """Question id -> the guest's answer."""
    return {row.question_id: row.value for row in answers_of(registration_id, stage)}


def feedback(event: Event) -> list[tuple[Question, list]]:
    """Each question of the feedback form, also one not asked any more, with every answer and nobody's name;
    shuffled by nothing but time.
    """
    rows = db.session.execute(
        select(Answer.question_id, Answer.value)
        .join(Question)
        .where(Question.event_id == event.id, Question.stage == AFTER)
        .order_by(Answer.id)
    )
    given: dict[int, list] = {}
    for question_id, value in rows.tuples():
        given.setdefault(question_id, []).append(value)
    chosen = (
        select(Question)
        .where(Question.event_id == event.id, Question.stage == AFTER)
        .order_by(Question.place, Question.id)
    )
    return [
        (row, given.get(row.id, []))
        for row in db.session.scalars(chosen)
        if row.retired_at is None or row.id in given
    ]


def feedback_givers(event: Event) -> int:
    """How many guests answered the feedback form."""
    chosen = (
        select(func.count(Answer.registration_id.distinct()))
        .join(Question)
        .where(Question.event_id == event.id, Question.stage == AFTER)
    )
    return db.session.scalar(chosen) or 0


def answers_by_guest(event: Event) -> dict[int, dict[int, object]]:
    """Registration id -> question id -> answer."""
    rows = db.session.execute(
        select(Answer.registration_id, Answer.question_id, Answer.value)
        .join(Question)
        .where(Question.event_id == event.id, Question.stage == BEFORE)
    )
    found: dict[int, dict[int, object]] = {}
    for registration_id, question_id, value in rows:
        found.setdefault(registration_id, {})[question_id] = value
    return found


def answered(event: Event) -> list[Question]:
    """Questions that are asked now or have answers, for exports."""
    used = select(Answer.question_id).distinct()
    chosen = select(Question).where(
        Question.event_id == event.id,
        Question.stage == BEFORE,
        Question.retired_at.is_(None) | Question.id.in_(used),
    )
    return list(db.session.scalars(chosen.order_by(Question.place, Question.id)))


def outlived_questions() -> list[int]:
    """The ids of questions whose answers' time is over."""
    rows = db.session.execute(
        select(Question.id, Event.ends_at, Question.keep_days)
        .join(Event, Event.id == Question.event_id)
        .where(Question.keep_days > 0, Event.ends_at < clock.now())
    )
    return [key for key, ended, days in rows if ended + timedelta(days=days) < clock.now()]


def outlived() -> list[int]:
    """The ids of answers whose time is over."""
    rows = db.session.execute(
        select(Answer.id, Event.ends_at, Question.keep_days)
        .join(Question, Question.id == Answer.question_id)
        .join(Event, Event.id == Question.event_id)
        .where(Question.keep_days > 0, Event.ends_at < clock.now())
    )
    return [key for key, ended, days in rows if ended + timedelta(days=days) < clock.now()]
