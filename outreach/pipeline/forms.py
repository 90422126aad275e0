"""Forms of the pipeline."""

from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from outreach.core.forms import (
    PROOFS,
    DayField,
    Filters,
    HouseForm,
    MobileField,
    WanField,
    not_in_future,
    not_in_past,
    required,
    text,
)
from outreach.core.i18n import _, lazy
from outreach.directory.models import INDUSTRIES
from outreach.pipeline.agreement_models import (
    AGREEING,
    BINDING,
    CEREMONIAL,
    CONTRACT,
    FIRST,
    FRAMEWORK,
    INCREASE,
    INVESTOR,
    LABOUR,
    LETTER,
    REVIEW_FROM,
    STRATEGIC,
    SUPPLEMENT,
    UPGRADE,
)
from outreach.pipeline.models import LEAD, ORIGINS

KIND_NAMES = {
    LETTER: lazy("Letter of intent"),
    FRAMEWORK: lazy("Framework agreement"),
    STRATEGIC: lazy("Strategic co-operation agreement"),
    LABOUR: lazy("Labour co-operation framework"),
    CONTRACT: lazy("Investment contract"),
    SUPPLEMENT: lazy("Supplement to a contract"),
}
COUNT_NAMES = {
    FIRST: lazy("First signing"),
    UPGRADE: lazy("Upgrade (adds no amount)"),
    INCREASE: lazy("Increase (only the difference)"),
    INVESTOR: lazy("Change of investor (adds nothing)"),
    CEREMONIAL: lazy("Signed again for the ceremony (not counted)"),
}
REASON_NAMES = {
    "code": lazy("same credit code"),
    "company": lazy("same company"),
    "title": lazy("alike in title"),
    "amount": lazy("same amount"),
    "person": lazy("brought by the same person"),
}
STAGE_NAMES = {
    LEAD: lazy("Lead"),
    "visited": lazy("Visited"),
    "talks": lazy("In talks"),
    "intention": lazy("Intention"),
    "framework": lazy("Framework"),
    "contract": lazy("Contract"),
    "registered": lazy("Company registered"),
    "filed": lazy("Filed"),
    "land": lazy("Land or plant"),
    "construction": lazy("Construction"),
    "statistics": lazy("In statistics"),
    "production": lazy("In production"),
    "capacity": lazy("At capacity"),
}
MILESTONE_NAMES = {kind: name for kind, name in STAGE_NAMES.items() if kind != LEAD}
ORIGIN_NAMES = dict(
    zip(
        ORIGINS,
        (lazy("Outside the province"), lazy("From the province"), lazy("From the county"), lazy("Foreign")),
        strict=True,
    )
)
STATE_NAMES = {"running": lazy("Running"), "paused": lazy("Paused"), "ended": lazy("Ended")}
CURRENCY_NAMES = {
    "CNY": lazy("Renminbi"),
    "USD": lazy("US dollar"),
    "EUR": lazy("Euro"),
    "HKD": lazy("Hong Kong dollar"),
    "JPY": lazy("Japanese yen"),
}


class AgreementForm(HouseForm):
    """A signed paper."""

    unit_id = SelectField(lazy("County"), coerce=int)
    kind = SelectField(lazy("Kind of paper"), choices=list(KIND_NAMES.items()))
    company = text(lazy("Company"), most=120)
    title = text(lazy("Title of the agreement"), most=160)
    signed_on = DayField(lazy("Signed on"), [required(), not_in_future])
    contract_by = DayField(lazy("Contract due by"), [Optional()])
    intended_wan = WanField(
        lazy("Intended amount"), description=lazy("in 10,000 yuan; an intention, never counted as a contract")
    )
    agreed_wan = WanField(
        lazy("Agreed amount"),
        description=lazy("in 10,000 yuan; what a framework or strategic agreement fixes"),
    )
    contracted_wan = WanField(
        lazy("Contracted amount"), description=lazy("in 10,000 yuan; only for an investment contract")
    )
    currency = SelectField(lazy("Currency of the paper"), choices=list(CURRENCY_NAMES.items()), default="CNY")
    binding = BooleanField(lazy("The paper binds both sides"))
    witnesses = text(lazy("Witnesses"), most=200, required=False)
    stated = text(lazy("The amount as the paper words it"), most=60, required=False)
    event_id = SelectField(lazy("Signed at"), coerce=int, default=0)
    mobile = MobileField(lazy("Mobile of the person who brought it"), [Optional()])
    counts_as = SelectField(lazy("What is it?"), choices=list(COUNT_NAMES.items()), default=FIRST)
    first_id = SelectField(
        lazy("The first signing it belongs to"), coerce=lambda value: int(value or 0), default=0
    )
    another = BooleanField(lazy("It is another project than those named"))

    def __init__(self, *arguments, units=(), events=(), firsts=(), **options):
        super().__init__(*arguments, **options)
        self.first_id.choices = [(0, "–"), *firsts]
        if self.unit_id is not None:
            self.unit_id.choices = list(units)
        self.event_id.choices = [(0, "–"), *events]

    def validate_contracted_wan(self, field):
        """Only a contract has one, and it must."""
        if field.data is not None and self.kind.data not in BINDING:
            raise ValidationError(
                _(
                    "Only a contract has a contracted amount. "
                    "What a letter or framework names is an intention."
                )
            )
        if field.data is None and self.kind.data == CONTRACT:
            raise ValidationError(_("A contract needs its contracted amount."))

    def validate_agreed_wan(self, field):
        """Only a framework or strategic agreement has one."""
        if field.data is not None and self.kind.data not in AGREEING:
            raise ValidationError(_("Only a framework or strategic agreement has an agreed amount."))

    def validate_stated(self, field):
        """An amount of another currency keeps its own words."""
        if self.currency.data != "CNY" and not field.data:
            raise ValidationError(_("The paper names another currency: keep its own words as well."))

    def validate_first_id(self, field):
        """Whatever is not a first signing names the one it belongs to."""
        if self.counts_as.data != FIRST and not field.data:
            raise ValidationError(_("Say to which first signing this one belongs."))
        if self.counts_as.data == FIRST and field.data:
            raise ValidationError(
                _(
                    "A first signing belongs to no earlier one. Say what this one is: an upgrade, "
                    "an increase, or ceremonial."
                )
            )

    def validate_contract_by(self, field):
        """Not before the signature."""
        if field.data and self.signed_on.data and field.data < self.signed_on.data:
            raise ValidationError(_("The contract cannot be due before this paper was signed."))


#: field of a correction -> its label; the values of some are words of ours
CORRECTED_NAMES = {
    "company": lazy("Company"),
    "kind": lazy("Kind of paper"),
    "title": lazy("Title of the agreement"),
    "signed_on": lazy("Signed on"),
    "contract_by": lazy("Contract due by"),
    "intended_wan": lazy("Intended amount"),
    "agreed_wan": lazy("Agreed amount"),
    "contracted_wan": lazy("Contracted amount"),
    "currency": lazy("Currency of the paper"),
    "binding": lazy("The paper binds both sides"),
    "witnesses": lazy("Witnesses"),
    "stated": lazy("The amount as the paper words it"),
    "event": lazy("Signed at"),
    "person": lazy("Brought by"),
    "counts_as": lazy("What is it?"),
    "first": lazy("The first signing it belongs to"),
    "standing": lazy("Standing of the paper"),
}


class CorrectionForm(AgreementForm):
    """A paper that was entered wrongly; the county stays, and there is a reason."""

    unit_id = another = None
    mobile = MobileField(
        lazy("Mobile of the person who brought it"),
        [Optional()],
        description=lazy("Leave it empty to keep who is entered."),
    )
    nobody = BooleanField(lazy("Nobody brought it"))
    reason = text(lazy("Why it is corrected"), most=200)


class ProjectForm(HouseForm):
    """What an agreement becomes."""

    name = text(lazy("Name of the project"), most=160)
    officer_id = SelectField(lazy("Investment officer"), coerce=int)
    industry = SelectField(lazy("Industry"), default="")
    site = text(lazy("Site or park"), most=120, required=False)
    lead_id = SelectField(lazy("The lead it goes on from"), coerce=lambda value: int(value or 0), default=0)

    def __init__(self, *arguments, officers=(), leads=(), **options):
        super().__init__(*arguments, **options)
        self.lead_id.choices = [(0, "–"), *leads]
        self.officer_id.choices = list(officers)
        self.industry.choices = [
            ("", "–"),
            *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items()),
        ]


class MilestoneForm(HouseForm):
    """A dated fact."""

    kind = SelectField(lazy("Milestone"), choices=list(MILESTONE_NAMES.items()))
    happened_on = DayField(lazy("Day"), [required(), not_in_future])
    amount_wan = WanField(
        lazy("Contracted amount"), description=lazy("in 10,000 yuan; only for an investment contract")
    )
    review = text(
        lazy("Number of the fair-competition review"),
        most=60,
        required=False,
        description=lazy("of a contract signed since 1 August 2024"),
    )
    note = text(lazy("Remark"), most=500, required=False)
    evidence = FileField(lazy("Evidence (PDF, PNG or JPEG)"), render_kw=PROOFS)

    def validate_amount_wan(self, field):
        """A contract has one, nothing else has."""
        if self.kind.data == CONTRACT and field.data is None:
            raise ValidationError(_("A contract needs its contracted amount."))
        if self.kind.data != CONTRACT and field.data is not None:
            raise ValidationError(
                _(
                    "Only a contract has a contracted amount. "
                    "What a letter or framework names is an intention."
                )
            )

    def validate_review(self, field):
        """The law asks for one."""
        if (
            self.kind.data == CONTRACT
            and self.happened_on.data
            and self.happened_on.data >= REVIEW_FROM
            and not field.data
        ):
            raise ValidationError(
                _(
                    "A contract signed since 1 August 2024 counts only with a passed fair-competition "
                    "review. Enter its number."
                )
            )


class InstalmentForm(HouseForm):
    """Money that landed."""

    paid_on = DayField(lazy("Paid in on"), [required(), not_in_future])
    amount_wan = WanField(lazy("Amount"), [required()], description=lazy("in 10,000 yuan"))
    origin = SelectField(lazy("Where the money came from"), choices=list(ORIGIN_NAMES.items()))
    note = text(lazy("Remark"), most=500, required=False)
    evidence = FileField(lazy("Evidence (PDF, PNG or JPEG)"), render_kw=PROOFS)

    def validate_amount_wan(self, field):
        """More than nothing."""
        if field.data is not None and field.data <= 0:
            raise ValidationError(
                _("An instalment is more than nothing. To correct one, use its own correction.")
            )

    def validate_evidence(self, field):
        """Money needs its proof."""
        if not field.data or not field.data.read(1):
            raise ValidationError(_("Money counts only with its proof: add the bank slip or invoice."))
        field.data.seek(0)


class StepForm(HouseForm):
    """What is to be done next."""

    text = text(lazy("Next step"), most=200)
    due_on = DayField(lazy("Due on"), [required(), not_in_past])


class OutcomeForm(HouseForm):
    """What came of a step."""

    outcome = text(lazy("What came of it"), most=300)


class PostponeForm(HouseForm):
    """A later date and why."""

    due_on = DayField(lazy("New date"), [required(), not_in_past])
    reason = text(lazy("Reason"), most=200)


class HandOverForm(HouseForm):
    """Another officer."""

    officer_id = SelectField(lazy("Investment officer"), coerce=int)
    reason = text(lazy("Reason"), most=200)

    def __init__(self, *arguments, officers=(), **options):
        super().__init__(*arguments, **options)
        self.officer_id.choices = list(officers)


STUCK_NAMES = {
    "no_contract": lazy("Framework signed, no contract"),
    "no_start": lazy("Contract signed, no construction"),
}


class AgreementFilters(Filters):
    """The list of agreements."""

    text = StringField(lazy("Title or company"))
    kind = SelectField(
        lazy("Kind of paper"), choices=[("", lazy("All kinds")), *KIND_NAMES.items()], default=""
    )
    counts = SelectField(
        lazy("What is it?"),
        choices=[
            ("", lazy("All signatures")),
            ("counted", lazy("What is counted")),
            ("signed", lazy("Counted as a signature")),
            ("intended", lazy("Counted, with an intended amount")),
            ("agreed", lazy("Counted, with an agreed amount")),
            *COUNT_NAMES.items(),
            ("void", lazy("Void")),
        ],
        default="",
    )
    project = SelectField(
        lazy("Project"),
        choices=[("", lazy("With and without project")), ("none", lazy("No project yet"))],
        default="",
    )
    proof = SelectField(
        lazy("Scan"),
        choices=[
            ("", lazy("As counted")),
            ("waiting", lazy("Waits for its scan")),
            ("any", lazy("With and without scan")),
        ],
        default="",
    )
    event = IntegerField(validators=[Optional()])
    unit = IntegerField(validators=[Optional()])


class ProjectFilters(Filters):
    """The list of projects."""

    text = StringField(lazy("Project or company"))
    stage = SelectField(lazy("Stage"), choices=[("", lazy("All stages")), *STAGE_NAMES.items()], default="")
    state = SelectField(
        lazy("State"), choices=[("", lazy("Running, paused and ended")), *STATE_NAMES.items()], default=""
    )
    stuck = SelectField(lazy("Stuck"), choices=[("", lazy("All")), *STUCK_NAMES.items()], default="")
    landed = StringField()
    contracted = StringField()
    paid = StringField()
    waiting = SelectField(
        lazy("Confirmation"),
        choices=[("", lazy("Confirmed or not")), ("y", lazy("Something waits for confirmation"))],
        default="",
    )
    overdue = BooleanField(lazy("Only overdue"))
    park = StringField(lazy("Park"))
    unit = IntegerField(validators=[Optional()])
    event = IntegerField(validators=[Optional()])
    officer = IntegerField(validators=[Optional()])
