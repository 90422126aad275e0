"""Forms of what is reported, watched and ruled."""

import re
from datetime import UTC, datetime

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    MonthField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import NumberInput

from outreach.core.forms import (
    PROOFS,
    SHEETS,
    AreaField,
    DayField,
    Filters,
    HouseForm,
    WanField,
    is_file,
    not_in_future,
    not_in_past,
    required,
    text,
    uploaded,
    whole_number,
)
from outreach.core.i18n import _, lazy
from outreach.imports.headings import Kind
from outreach.pipeline.follow_models import LEVELS
from outreach.pipeline.forms import MILESTONE_NAMES, STATE_NAMES
from outreach.pipeline.note_models import ALL, EDITORS, MINE

LEVEL_NAMES = dict(
    zip(LEVELS, (lazy("Reminder"), lazy("Supervision order"), lazy("Summons to talk")), strict=True)
)
RULE_NAMES = {
    "no_contract": lazy("Signed, no contract"),
    "no_start": lazy("Contract, no construction"),
    "late": lazy("Late against the plan"),
    "silent": lazy("Nothing entered"),
    "no_statistics": lazy("Started, not in statistics"),
}
ROLE_NAMES = {"investor": lazy("Investor"), "county": lazy("County"), "labour": lazy("Labour partner")}
_CODE = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}$")
SIDE_NAMES = {"county": lazy("The county"), "company": lazy("The company")}


def number(label, *, most: int = 10_000_000) -> IntegerField:
    """A whole number from 0 on."""
    return IntegerField(
        label,
        [Optional(), NumberRange(0, most, lazy("A whole number from 0 on."))],
        widget=NumberInput(min=0),
    )


class FileForm(HouseForm):
    """A proof or a scan."""

    evidence = FileField(lazy("File (PDF, PNG or JPEG)"), render_kw=PROOFS)

    def validate_evidence(self, field):
        """There is one."""
        if not is_file(field.data):
            raise ValidationError(_("Choose a file."))


class ReplaceForm(HouseForm):
    """A scan that is wrong, and the right one."""

    reason = text(lazy("Reason"), most=200)
    evidence = FileField(lazy("The right scan, if there is one (PDF, PNG or JPEG)"), render_kw=PROOFS)


class ReviewForm(HouseForm):
    """公平竞争审查."""

    number = text(lazy("Number of the review"), most=60)
    day = DayField(lazy("Day of the review"), [required(), not_in_future])
    passed = BooleanField(lazy("Passed"))


class PartyForm(HouseForm):
    """One more party."""

    role = SelectField(lazy("Role"), choices=list(ROLE_NAMES.items()))
    name = text(lazy("Full name"), most=120)
    heads = number(lazy("How many people"), most=1_000_000)

    def validate_heads(self, field):
        """A labour partner names them."""
        if self.role.data == "labour" and not field.data:
            raise ValidationError(_("Say how many people the labour partner sends."))


class ClauseForm(HouseForm):
    """A promise of one side."""

    side = SelectField(lazy("Who promises"), choices=list(SIDE_NAMES.items()))
    text = text(lazy("What is promised"), most=300)
    due_on = DayField(lazy("Due on"), [Optional()])


class LeadForm(HouseForm):
    """线索."""

    unit_id = SelectField(lazy("County"), coerce=int)
    name = text(lazy("What they want to build"), most=160)
    company = text(lazy("Company"), most=120)
    source = text(lazy("The visit, summit or chamber it came from"), most=80, required=False)
    officer_id = SelectField(lazy("Investment officer"), coerce=int)
    person_id = HiddenField()

    def __init__(self, *arguments, units=(), officers=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices, self.officer_id.choices = list(units), list(officers)


class AboutForm(HouseForm):
    """What a project needs and promises, and who answers for it."""

    site = text(lazy("Site"), most=120, required=False)
    park = text(lazy("Park"), most=60, required=False)
    code = text(lazy("Project code of the filing"), most=30, required=False)
    land_mu = AreaField(lazy("Land"), description=lazy("in 亩"))
    plant_m2 = AreaField(lazy("Plant"), description=lazy("in square metres"))
    jobs_promised = number(lazy("Jobs promised"))
    output_promised_wan = WanField(lazy("Output promised"), description=lazy("in 10,000 yuan a year"))
    tax_promised_wan = WanField(lazy("Tax promised"), description=lazy("in 10,000 yuan a year"))
    planned_start = DayField(lazy("Construction planned for"), [Optional()])
    planned_production = DayField(lazy("Production planned for"), [Optional()])
    post_id = SelectField(lazy("County leader"), coerce=int, default=0)
    chamber_id = SelectField(lazy("Chamber it came through"), coerce=int, default=0)
    responsible = text(lazy("Responsible unit"), most=80, required=False)
    service_officer = text(lazy("Chief service officer"), most=40, required=False)
    reason = text(
        lazy("Why a planned day moves"),
        most=200,
        required=False,
        description=lazy("needed only when a planned day that stands is changed"),
    )

    def __init__(self, *arguments, posts=(), chambers=(), **options):
        super().__init__(*arguments, **options)
        self.post_id.choices, self.chamber_id.choices = [(0, "–"), *posts], [(0, "–"), *chambers]

    def validate_code(self, field):
        """2406-410922-04-01-123456."""
        if field.data and not _CODE.match(field.data):
            raise ValidationError(_("A project code looks like 2406-410922-04-01-123456."))

    def validate_planned_production(self, field):
        """After the start."""
        if field.data and self.planned_start.data and field.data < self.planned_start.data:
            raise ValidationError(_("Production is planned before construction."))


class StateForm(HouseForm):
    """暂停, 重启, 终止."""

    state = SelectField(lazy("State"), choices=list(STATE_NAMES.items()))
    since_on = DayField(lazy("Since"), [required(), not_in_future])
    reason = text(lazy("Reason"), most=300)


class ReportForm(HouseForm):
    """月报."""

    month = MonthField(lazy("Month"), [required(lazy("Write the month as 2024-05."))])
    completed_wan = WanField(
        lazy("Investment completed so far"),
        [required()],
        description=lazy("in 10,000 yuan, since the beginning"),
    )
    jobs = number(lazy("Jobs filled"))
    output_wan = WanField(lazy("Output of the year so far"), description=lazy("in 10,000 yuan"))
    tax_wan = WanField(lazy("Tax of the year so far"), description=lazy("in 10,000 yuan"))
    progress = text(lazy("How it looks on the site"), most=300, required=False)
    correction = text(
        lazy("Why it is corrected"),
        most=200,
        required=False,
        description=lazy("only when the month is locked"),
    )


REPORT_NAMES = {"missing": lazy("missing"), "late": lazy("late"), "in_time": lazy("in time")}


class OwedFilters(Filters):
    """Who owes a monthly report."""

    month = SelectField(lazy("Month"))
    text = StringField(lazy("Project or company"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *REPORT_NAMES.items()], default="")
    unit = SelectField(lazy("County"), coerce=lambda value: int(value or 0), default=0)
    mine = BooleanField(lazy("Only mine"))

    def __init__(self, *arguments, months=(), units=(), **options):
        super().__init__(*arguments, **options)
        self.month.choices = [(month.strftime("%Y-%m"), month.strftime("%Y-%m")) for month in months]
        self.unit.choices = [(0, _("All counties")), *units]


class LockForm(HouseForm):
    """锁报."""

    unit_id = SelectField(lazy("County"), coerce=int)
    month = MonthField(lazy("Month"), [required(lazy("Write the month as 2024-05."))])

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)


class ConcernForm(HouseForm):
    """需协调事项."""

    owner = text(lazy("Who clears it"), most=60)
    text = text(lazy("What has to be co-ordinated"), most=300)
    due_on = DayField(lazy("Due on"), [required(), not_in_past])


class NoticeForm(HouseForm):
    """督办."""

    level = SelectField(lazy("Kind of notice"), choices=list(LEVEL_NAMES.items()))
    addressee = text(lazy("To"), most=80)
    text = TextAreaField(lazy("What is to be done"), [required(), Length(max=2000)])
    due_on = DayField(lazy("Deadline"), [required(), not_in_past])


class AnswerForm(HouseForm):
    """What was done."""

    answer = TextAreaField(lazy("Answer"), [required(), Length(max=2000)])


class ConfirmingFilters(Filters):
    """What waits for a second person."""

    text = StringField(lazy("Project or company"))
    kind = SelectField(
        lazy("What is entered"),
        choices=[("", lazy("Every kind")), *MILESTONE_NAMES.items(), ("money", lazy("Money paid in"))],
        default="",
    )
    unit = SelectField(lazy("County"), coerce=lambda value: int(value or 0), default=0)
    officer = SelectField(lazy("Investment officer"), coerce=lambda value: int(value or 0), default=0)
    age = SelectField(
        lazy("Age"),
        choices=[
            (0, lazy("However old")),
            (7, lazy("Waits a week or longer")),
            (30, lazy("Waits 30 days or longer")),
        ],
        coerce=lambda value: int(value or 0),
        default=0,
    )
    returned = BooleanField(lazy("Returned ones"))

    def __init__(self, *arguments, units=(), officers=(), **options):
        super().__init__(*arguments, **options)
        self.unit.choices = [(0, lazy("All counties")), *units]
        self.officer.choices = [(0, lazy("All officers")), *officers]


class NoticeFilters(Filters):
    """The list of papers."""

    state = SelectField(
        lazy("State"),
        choices=[
            ("", lazy("All")),
            ("open", lazy("Still open")),
            ("late", lazy("Past the deadline")),
            ("closed", lazy("No longer open")),
            ("withdrawn", lazy("Withdrawn")),
        ],
        default="",
    )


class PromiseFilters(Filters):
    """The list of promises."""

    state = SelectField(
        lazy("State"),
        choices=[
            ("open", lazy("Still open")),
            ("late", lazy("Past the deadline")),
            ("closed", lazy("No longer open")),
            ("all", lazy("All")),
            ("withdrawn", lazy("Withdrawn")),
        ],
        default="open",
    )
    side = SelectField(
        lazy("Who promises"), choices=[("", lazy("Both sides")), *SIDE_NAMES.items()], default=""
    )


class PapersForm(HouseForm):
    """What proves a milestone, one a line."""

    papers = TextAreaField(
        lazy("Papers, one a line"),
        [Length(max=300, message=lazy("At most %(max)d characters."))],
        render_kw={"rows": 3},
    )

    def listed(self) -> list[str]:
        """The papers without blanks."""
        return [line.strip() for line in (self.papers.data or "").splitlines() if line.strip()]

    def validate_papers(self, _field):
        """A few short names."""
        if len(self.listed()) > 6 or any(len(line) > 40 for line in self.listed()):
            raise ValidationError(_("At most six papers, each at most 40 characters."))


class LightForm(HouseForm):
    """From when a light is on."""

    unit_id = SelectField(lazy("County"), coerce=int)
    name = SelectField(lazy("Rule"), choices=list(RULE_NAMES.items()))
    yellow = IntegerField(
        lazy("Yellow after"),
        [required(), NumberRange(1, 365, lazy("Between 1 and 365."))],
        description=lazy("working days"),
    )
    red = IntegerField(
        lazy("Red after"),
        [required(), NumberRange(1, 365, lazy("Between 1 and 365."))],
        description=lazy("working days"),
    )

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)

    def validate_red(self, field):
        """After yellow."""
        if field.data and self.yellow.data and field.data <= self.yellow.data:
            raise ValidationError(_("Red comes after yellow."))


class DayForm(HouseForm):
    """A day against the calendar."""

    day = DayField(lazy("Day"), [required()])
    works = BooleanField(lazy("Offices are open"))
    note = text(lazy("Remark"), most=60, required=False)


LEDGER_NAMES = {
    "new": lazy("New"),
    "changed": lazy("Has changes"),
    "same": lazy("The same"),
    "differs": lazy("Known, differs"),
    "unclear": lazy("Not clear: enter by hand"),
}
DOUBT_NAMES = {
    "amount_range": lazy("the amount is a range"),
    "amount_currency": lazy("another currency"),
    "amount_no_unit": lazy("an amount without unit"),
    "amount_unread": lazy("the amount cannot be read"),
    "amount_negative": lazy("a negative amount"),
    "day_unread": lazy("the day cannot be read"),
    "code_wrong": lazy("the credit code is wrong"),
    "amount_about": lazy("the amount is about"),
    "day_first": lazy("a month without its day: the first is taken"),
    "day_ambiguous": lazy("January or October: write the day in full"),
    "day_future": lazy("signed in the future"),
    "number_unread": lazy("a number cannot be read"),
    "kind_unread": lazy("the kind of paper is not known"),
    "kind_missing": lazy("an amount of a contract or agreement, and no kind of paper"),
    "ditto_lost": lazy("“same as above” cannot be filled in"),
    "rows_merged": lazy("one project over several rows"),
    "hidden_row": lazy("a hidden row"),
    "twice": lazy("the line stands twice in the ledger"),
    "paper_known": lazy("its paper is recorded, without a project"),
    "several_projects": lazy("several projects have this name"),
    "no_company": lazy("no company"),
    "no_day": lazy("no day of signing"),
    "no_amount": lazy("no amount"),
    "supplement": lazy("a supplement needs the contract it belongs to"),
    "review_needed": lazy("a contract since 1 August 2024: enter it with its fair-competition review"),
}
COLUMN_WHY_NAMES = {
    "others": lazy("about somebody else"),
    "twice": lazy("another column is taken for the same"),
    "chosen": lazy("chosen by hand"),
    "unknown": lazy("not recognised"),
}


class LedgerColumnsForm(HouseForm):
    """What each column is taken for; the names of what is sent follow from the sheet."""

    @staticmethod
    def mapping(arguments, shapes: list[dict], kind: Kind) -> dict[str, list[str]]:
        """Heading shape -> what each column is (``Kind.choice``), from ``column-<shape number>-<column number>``."""
        return {
            shape["shape"]: [
                kind.choice(arguments.get(f"column-{number}-{index}", ""))
                for index in range(len(shape["columns"]))
            ]
            for number, shape in enumerate(shapes)
        }


class LedgerForm(HouseForm):
    """A ledger to bring in."""

    unit_id = SelectField(lazy("County"), coerce=int)
    file = FileField(lazy("Ledger (.xlsx, .xls, .ods or .csv)"), render_kw=SHEETS)

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)

    def validate_file(self, field):
        """There is one."""
        if not is_file(field.data):
            raise ValidationError(_("Choose a file."))


SEEN_NAMES = {
    ALL: lazy("everybody who sees the project"),
    EDITORS: lazy("those who may edit the project"),
    MINE: lazy("only me"),
}


class NoteForm(HouseForm):
    """A note about a project, with photographs and papers."""

    key = HiddenField(validators=[Regexp(r"^[A-Za-z0-9-]{16,40}$")])
    noted_at = HiddenField()
    text = TextAreaField(
        lazy("What was seen or said"),
        [required(), Length(max=2000, message=lazy("At most %(max)d characters."))],
        render_kw={"rows": 3},
    )
    seen_by = SelectField(lazy("Who may see it"), choices=list(SEEN_NAMES.items()))
    attached = MultipleFileField(
        lazy("Photographs and papers"), description=lazy("up to nine: pictures, PDF, Word, Excel, PowerPoint")
    )

    def files(self) -> list[tuple[str, bytes]]:
        """(name, content) of each file that was chosen."""
        return [one for file in self.attached.data or () if (one := uploaded(file)) is not None]

    def moment(self) -> datetime | None:
        """When it was written, as the device says it; None when it says nothing that can be a moment."""
        number = whole_number(self.noted_at.data)
        return datetime.fromtimestamp(number / 1000, UTC) if number and number < 4_102_444_800_000 else None


class MeetingForm(HouseForm):
    """联席会议."""

    unit_id = SelectField(lazy("Unit"), coerce=int)
    title = text(lazy("Title"), most=80)
    held_on = DayField(lazy("Day"), [required()])
    place = text(lazy("Place"), most=80, required=False)
    chair = text(lazy("Chair"), most=60, required=False)

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)


class TopicForm(HouseForm):
    """A topic of its own."""

    topic = text(lazy("Topic"), most=300)


class DecisionForm(HouseForm):
    """What a meeting decided about one item."""

    decision = text(
        lazy("What was decided"),
        most=500,
        required=False,
        description=lazy("Empty: nothing was decided; it waits for the next meeting."),
    )
    owner = text(lazy("Who does it"), most=60, required=False)
    due_on = DayField(lazy("Due on"), [Optional()])
    settled = BooleanField(lazy("The matter is settled by it"))


class CloseForm(HouseForm):
    """The end of a meeting."""

    present = TextAreaField(
        lazy("Present"),
        [required(), Length(max=500, message=lazy("At most %(max)d characters."))],
        render_kw={"rows": 2},
    )


class BulletinForm(Filters):
    """From when to when."""

    first = DayField(lazy("From"), [Optional()])
    last = DayField(lazy("Until"), [Optional()])
