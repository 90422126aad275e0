"""Questions of an event's form and the answers guests give;
what is kept only for a while goes when its time is over.
"""

from sqlalchemy import delete

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations import question_queries
from outreach.registrations.models import ANSWER, Registration, RegistrationChange
from outreach.registrations.operations.editing import note_change
from outreach.registrations.question_models import AFTER, BEFORE, CHOICE, LONG, Answer, Question, words

#: what may change without changing what an answer meant
_HARMLESS = ("hint", "required", "place", "types", "when_id", "when_value", "keep_days", "label_en")


def save_question(event: Event, question: Question | None, *, by: User, **values) -> Question:
    """A new question, or a changed one.

    Once somebody answered, another wording, kind or choices make a new question and retire the old.
    """
    lock(event)
    stage = question.stage if question is not None else values.pop("stage", BEFORE)
    if stage == BEFORE:
        event.check_ahead()
    if question is not None and values.get("when_id") == question.id:
        raise Refused(_("A question cannot depend on itself."))
    changed = question is not None and any(
        getattr(question, name) != value for name, value in values.items() if name not in _HARMLESS
    )
    old = question if changed and question_queries.answer_count(question) else None
    if question is None or old is not None:
        question = Question(event=event, stage=stage)
        db.session.add(question)
    for name, value in values.items():
        setattr(question, name, value)
    db.session.flush()
    if old is not None:
        old.retired_at = clock.now()
        _depend_on(event, old, question)
    audit.record(by, "registrations.save_question", question, event=event.id)
    return question


def _depend_on(event: Event, old: Question, new: Question | None) -> None:
    """What was asked depending on ``old`` depends on ``new``, or on nothing."""
    for row in question_queries.questions(event, old.stage):
        if row.when_id == old.id:
            row.when_id = new.id if new is not None else None
            row.when_value = row.when_value if new is not None else ""


def ask_the_usual(event: Event, *, by: User) -> int:
    """The five questions nearly every meeting asks afterwards, as a feedback form to change at will;
    how many are new.
    """
    lock(event)
    if question_queries.questions(event, AFTER):
        raise Refused(_("There are questions already; change those."))
    grades = ["非常满意", "满意", "一般", "不满意"]
    usual = (
        ("总体评价", "Overall", CHOICE, grades),
        ("会议内容与议程", "Content and programme", CHOICE, grades),
        ("接待与会务", "Reception and organisation", CHOICE, grades),
        (
            "是否有返乡投资或合作意向",
            "Would you consider an investment or co-operation at home?",
            CHOICE,
            ["有", "暂无", "需进一步了解"],
        ),
        ("意见和建议", "What should we do better?", LONG, []),
    )
    for place, (label, label_en, kind, choices) in enumerate(usual, 1):
        db.session.add(
            Question(
                event=event,
                stage=AFTER,
                label=label,
                label_en=label_en,
                kind=kind,
                choices=choices,
                place=10 * place,
                keep_days=365,
            )
        )
    audit.record(by, "registrations.ask_the_usual", event, count=len(usual))
    return len(usual)


def retire_question(question: Question, *, by: User) -> None:
    """It is not asked any more; its answers stay."""
    question.retired_at = clock.now()
    _depend_on(question.event, question, None)
    audit.record(by, "registrations.retire_question", question)


def copy_questions(event: Event, copy: Event, *, by: User) -> int:
    """The copy of an event asks the same; how many questions."""
    types = {old.id: new.id for old in event.types for new in copy.types if old.name == new.name}
    made: dict[int, Question] = {}
    rows = [*question_queries.questions(event), *question_queries.questions(event, AFTER)]
    for row in rows:
        made[row.id] = Question(
            event=copy,
            types=[types[key] for key in row.types if key in types],
            **{
                name: getattr(row, name)
                for name in (
                    "kind",
                    "label",
                    "label_en",
                    "hint",
                    "choices",
                    "required",
                    "place",
                    "when_value",
                    "keep_days",
                    "stage",
                )
            },
        )
        db.session.add(made[row.id])
    db.session.flush()
    for row in rows:
        made[row.id].when_id = made[row.when_id].id if row.when_id in made else None
    audit.record(by, "registrations.copy_questions", copy, count=len(made))
    return len(made)


def keep_answers(
    registration: Registration,
    answers: dict[int, object],
    stage: str = BEFORE,
    *,
    corrected: bool = False,
    by: User | None = None,
) -> None:
    """These are the guest's answers now, on registering or (``AFTER``) looking back; what was answered to
    questions not asked any more stays. ``corrected``: what was answered before is kept as a change.
    """
    known = {row.question_id: row for row in question_queries.answers_of(registration.id, stage)}
    if corrected:
        standing = {key: row.value for key, row in known.items() if row.question.retired_at is None}
        for key in sorted({*standing, *answers}):
            kind = db.session.get_one(Question, key).kind
            before, after = words(standing.get(key), kind), words(answers.get(key), kind)
            note_change(registration, ANSWER, before, after, by=by, question_id=key)
    for question_id, row in known.items():
        if question_id not in answers and row.question.retired_at is None:
            db.session.delete(row)
    for question_id, value in answers.items():
        row = known.get(question_id)
        if row is None:
            db.session.add(Answer(registration_id=registration.id, question_id=question_id, value=value))
        elif row.value != value:
            row.value, row.answered_at = value, clock.now()
    audit.record(by, "registrations.keep_answers", registration, count=len(answers))


def forget_answers() -> int:
    """Delete the answers whose days are over; how many."""
    ids = question_queries.outlived()
    forget = delete(RegistrationChange).where(
        RegistrationChange.question_id.in_(question_queries.outlived_questions())
    )
    db.session.execute(forget)
    for start in range(0, len(ids), 500):
        db.session.execute(delete(Answer).where(Answer.id.in_(ids[start : start + 500])))
    audit.record(None, "registrations.forget_answers", count=len(ids))
    return len(ids)
