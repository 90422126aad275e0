"""The organiser's questions as fields of a form;
a question that is not asked of this guest is never wrong and never kept.
"""

from datetime import date
from decimal import Decimal

from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from outreach.core.forms import DayField, HouseForm, Ticks, text
from outreach.core.i18n import _, lazy
from outreach.registrations.asked import asked
from outreach.registrations.question_models import (
    CHOICE,
    DAY,
    KINDS,
    LONG,
    MANY,
    NO,
    NUMBER,
    TEXT,
    YES,
    YES_NO,
    Question,
)

KIND_NAMES = dict(
    zip(
        KINDS,
        (
            lazy("One line"),
            lazy("Several lines"),
            lazy("A number"),
            lazy("A day"),
            lazy("Yes or no"),
            lazy("One of these"),
            lazy("Some of these"),
        ),
        strict=True,
    )
)


def _finite(_form, field) -> None:
    if field.data is not None and (not field.data.is_finite() or field.data.adjusted() >= 15):
        raise ValidationError(_("This is not a number."))


def _yes_or_no(question: Question) -> list[tuple[str, str]]:
    """Yes, no, and where the question may stay open, neither."""
    choices = [(YES, _("Yes")), (NO, _("No"))]
    return choices if question.required else [*choices, ("", _("No answer"))]


def _field(question: Question, chinese: bool):
    label = question.label if chinese or not question.label_en else question.label_en
    options = {"label": label, "description": question.hint, "validators": [Optional()]}
    pairs = [(choice, choice) for choice in question.choices]
    return {
        TEXT: lambda: StringField(
            **{
                **options,
                "validators": [Optional(), Length(max=200, message=lazy("At most %(max)d characters."))],
            }
        ),
        LONG: lambda: TextAreaField(
            **{
                **options,
                "validators": [Optional(), Length(max=2000, message=lazy("At most %(max)d characters."))],
            }
        ),
        NUMBER: lambda: DecimalField(**{**options, "validators": [Optional(), _finite], "places": None}),
        DAY: lambda: DayField(**options),
        YES_NO: lambda: RadioField(**options, choices=_yes_or_no(question)),
        CHOICE: lambda: RadioField(**options, choices=pairs),
        MANY: lambda: Ticks(**options, choices=pairs),
    }[question.kind]()


class QuestionsForm(HouseForm):
    """Made by :func:`form_of`; ``asked`` holds the questions."""

    asked: tuple[Question, ...] = ()
    type_id: int | None = None

    def shown(self) -> list[tuple]:
        """(question, field) in their order."""
        return [(question, self[f"q{question.id}"]) for question in self.asked]

    def validate(self, extra_validators=None):
        """Only what this guest is asked can be wrong or missing."""
        super().validate(extra_validators)
        good, ids = True, self._ids_asked()
        for question, field in self.shown():
            if question.id not in ids:
                field.errors = []
                continue
            empty = field.data is None or field.data in ("", [])
            if question.required and not field.errors and empty:
                field.errors = [_("Please fill this in.")]
            good = good and not field.errors
        return good

    def _ids_asked(self) -> set[int]:
        return asked(
            self.asked, self.type_id, {question.id: _given(field) for question, field in self.shown()}
        )

    def answers(self) -> dict[int, object]:
        """Question id -> what was answered, of what was asked; plain values for JSON."""
        found: dict[int, object] = {}
        ids = self._ids_asked()
        for question, field in self.shown():
            value = field.data
            if question.id in ids and not (value is None or value in ("", [])):
                found[question.id] = value if isinstance(value, list) else str(value)
        return found


def _given(field) -> list[str]:
    """What is chosen in a field, as values; nothing for a blank."""
    if isinstance(field.data, list):
        return field.data
    return [] if field.data in (None, "") else [str(field.data)]


def _typed(question: Question, value):
    """A kept answer as its field takes it."""
    if question.kind == NUMBER:
        return Decimal(value)
    return date.fromisoformat(value) if question.kind == DAY else value


def form_of(
    questions: list[Question],
    *,
    chinese: bool,
    type_id: int | None = None,
    answers: dict | None = None,
    **options,
) -> QuestionsForm:
    """A form of exactly these questions, filled with ``answers`` (question id -> value) when nothing was
    sent.
    """
    fields = {f"q{question.id}": _field(question, chinese) for question in questions}
    made = (
        type("Questions", (QuestionsForm,), {**fields, "asked": tuple(questions)})
        if questions
        else QuestionsForm
    )
    form = made(**options)
    form.type_id = type_id
    if answers:
        for question, field in form.shown():
            if question.id in answers:
                field.data = _typed(question, answers[question.id])
    return form


#: how yes and no are written by organisers
_YES_NO_WORDS = {"是": YES, "否": NO, YES: YES, NO: NO}


class QuestionForm(HouseForm):
    """A question as the organiser writes it."""

    label = text(lazy("Question"), most=120)
    label_en = text(lazy("Question in English"), most=200, required=False)
    kind = SelectField(lazy("Answered with"), choices=list(KIND_NAMES.items()))
    choices = TextAreaField(
        lazy("Choices, one a line"), [Optional(), Length(max=1000)], render_kw={"rows": 4}
    )
    hint = text(lazy("Hint below the field"), most=200, required=False)
    required = BooleanField(lazy("Must be answered"))
    place = IntegerField(
        lazy("Order"), [InputRequired(lazy("Please fill this in.")), NumberRange(1, 999)], default=100
    )
    types = Ticks(lazy("Asked only of these guest types"), coerce=int)
    when_id = SelectField(lazy("Asked only when"), coerce=int)
    when_value = text(lazy("has the answer"), most=60, required=False)
    keep_days = IntegerField(
        lazy("Delete the answers so many days after the event"),
        [Optional(), NumberRange(0, 3650)],
        default=0,
        description=lazy("0: they stay as long as the registration. Diet and travel: 30."),
    )

    def __init__(self, *arguments, types=(), questions=(), **options):
        super().__init__(*arguments, **options)
        self.types.choices = [(row.id, row.name) for row in types]
        self._parents = {row.id: row for row in questions}
        self.when_id.choices = [
            (0, _("always")),
            *((row.id, row.label) for row in questions if row.kind in (YES_NO, CHOICE, MANY)),
        ]

    def validate_choices(self, field):
        """Something to choose from, each thing once."""
        found = self.listed()
        if self.kind.data in (CHOICE, MANY) and len(found) < 2:
            raise ValidationError(_("Write at least two, one a line."))
        if len(set(found)) != len(found):
            raise ValidationError(_("Each choice only once."))

    def validate_when_value(self, field):
        """A condition needs both its halves, and an answer that can be given;
        yes and no in either language become values.
        """
        parent = self._parents.get(self.when_id.data)
        if parent is None:
            return
        if not field.data:
            raise ValidationError(_("Which answer?"))
        if parent.kind == YES_NO:
            field.data = _YES_NO_WORDS.get(field.data.lower(), field.data)
        if field.data not in ((YES, NO) if parent.kind == YES_NO else parent.choices):
            possible = [_("Yes"), _("No")] if parent.kind == YES_NO else parent.choices
            raise ValidationError(
                _("The answers to that question are: %(answers)s.", answers=" / ".join(possible))
            )

    def listed(self) -> list[str]:
        """The choices without blanks."""
        return [line.strip()[:60] for line in (self.choices.data or "").splitlines() if line.strip()]

    def question(self) -> dict:
        """What ``operations.save_question`` takes."""
        values = self.values()
        return {
            **values,
            "choices": self.listed(),
            "when_id": values["when_id"] or None,
            "keep_days": values["keep_days"] or 0,
        }
