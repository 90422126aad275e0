"""Forms of organisations."""

from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from outreach.core.forms import DayField, Filters, HouseForm, Ticks, not_in_future, required, text
from outreach.core.i18n import _, lazy
from outreach.directory.forms import KIND_NAMES, CreditCodeField
from outreach.directory.models import INDUSTRIES
from outreach.directory.organisation_models import OrganisationProposal
from outreach.directory.organisation_queries import DECIDE, OURS

FIELD_NAMES = {
    "kind": lazy("Kind"),
    "name": lazy("Full name"),
    "credit_code": lazy("Credit code"),
    "province": lazy("Province"),
    "city": lazy("City"),
    "industry": lazy("Industry"),
    "term_ends_on": lazy("Term ends on"),
    "note": lazy("Remark"),
}
PROPOSAL_STATES = {
    "open": lazy("Waiting"),
    "accepted": lazy("Accepted"),
    "partly": lazy("Accepted in part"),
    "declined": lazy("Not accepted"),
    "withdrawn": lazy("Withdrawn"),
}


#: what became of a proposal that two are one
JOINING_STATES = {
    "open": lazy("Waiting"),
    "merged": lazy("Merged"),
    "declined": lazy("Not accepted"),
    "withdrawn": lazy("Withdrawn"),
    "undone": lazy("Undone"),
}


class AlikeFilters(Filters):
    """Another organisation, by name or credit code."""

    text = StringField(lazy("Name or credit code"), [Optional(), Length(max=120)])


class JoinForm(HouseForm):
    """Two are one: the fields whose value comes from the one that goes, and why they are the same."""

    take = Ticks(lazy("Taken from the other one"), choices=list(FIELD_NAMES.items()))
    reason = text(lazy("Why they are the same"), most=200)


class OrganisationForm(HouseForm):
    """A company, a chamber, an association."""

    kind = SelectField(FIELD_NAMES["kind"], choices=list(KIND_NAMES.items()))
    name = text(FIELD_NAMES["name"], most=120)
    credit_code = CreditCodeField(FIELD_NAMES["credit_code"], [Optional()])
    province = SelectField(FIELD_NAMES["province"], default="")
    city = text(FIELD_NAMES["city"], most=20, required=False)
    industry = SelectField(FIELD_NAMES["industry"], default="")
    term_ends_on = DayField(FIELD_NAMES["term_ends_on"], [Optional()])
    note = TextAreaField(
        FIELD_NAMES["note"], [Optional(), Length(max=2000, message=lazy("At most %(max)d characters."))]
    )

    def __init__(self, *arguments, provinces=(), **options):
        super().__init__(*arguments, **options)
        self.province.choices = [("", "–"), *((name, name) for name in provinces)]
        self.industry.choices = [
            ("", "–"),
            *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items()),
        ]


class OrganisationFilters(Filters):
    """The list of organisations."""

    text = StringField(lazy("Part of the name"))
    kind = SelectField(lazy("Kind"), choices=[("", lazy("All kinds")), *KIND_NAMES.items()], default="")
    province = StringField(lazy("Province"))
    stale = BooleanField(lazy("Not verified for a year"))


class OrganisationProposalForm(OrganisationForm):
    """The same as a proposal, for those who decide about it."""

    grounds = text(lazy("Why it is to be changed"), most=300)


class DecideProposalForm(HouseForm):
    """What of a proposal is accepted; what is left out is declined, for a reason."""

    take = Ticks(lazy("Fields to accept"))
    seen = StringField()
    reason = StringField(
        lazy("Why the rest is declined"),
        [Length(max=200, message=lazy("At most %(max)d characters."))],
        description=lazy("Needed when you accept only some fields."),
    )

    @classmethod
    def of(cls, proposal: OrganisationProposal, **options) -> "DecideProposalForm":
        """The form of a proposal; what was changed meanwhile is not ticked beforehand."""
        beforehand = [name for name in proposal.fields if name not in proposal.overtaken]
        form = cls(data={"take": beforehand}, **options)
        form.take.choices = [(name, FIELD_NAMES[name]) for name in proposal.fields]
        return form

    def validate_take(self, field):
        if not field.data:
            raise ValidationError(_("Tick what you accept, or decline the proposal."))

    def validate_reason(self, field):
        if self.take.data and len(self.take.data) < len(self.take.choices) and not field.data:
            raise ValidationError(_("Say why the rest is declined."))


class OrganisationProposalFilters(Filters):
    """The queue of proposals."""

    text = StringField(lazy("Part of the name"))
    state = SelectField(
        lazy("State"), choices=[("", lazy("All states")), *PROPOSAL_STATES.items()], default="open"
    )
    kind = SelectField(lazy("Kind"), choices=[("", lazy("All kinds")), *KIND_NAMES.items()], default="")
    side = SelectField(
        lazy("Whose"),
        choices=[
            ("", lazy("All proposals")),
            (DECIDE, lazy("For you to decide")),
            (OURS, lazy("Proposed by your unit")),
        ],
        default="",
    )


class EndPostForm(HouseForm):
    """A post is over."""

    until_on = DayField(lazy("Until"), [required(), not_in_future])
