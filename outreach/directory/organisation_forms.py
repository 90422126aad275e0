"""Forms of organisations."""

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length, Optional

from outreach.core.forms import DayField, HouseForm, not_in_future, required, text
from outreach.core.i18n import lazy
from outreach.directory.forms import KIND_NAMES, CreditCodeField
from outreach.directory.models import INDUSTRIES


class OrganisationForm(HouseForm):
    """A company, a chamber, an association."""

    kind = SelectField(lazy("Kind"), choices=list(KIND_NAMES.items()))
    name = text(lazy("Full name"), most=120)
    credit_code = CreditCodeField(lazy("Credit code"), [Optional()])
    province = SelectField(lazy("Province"), default="")
    city = text(lazy("City"), most=20, required=False)
    industry = SelectField(lazy("Industry"), default="")
    term_ends_on = DayField(lazy("Term ends on"), [Optional()])
    note = TextAreaField(
        lazy("Remark"), [Optional(), Length(max=2000, message=lazy("At most %(max)d characters."))]
    )

    def __init__(self, *arguments, provinces=(), **options):
        super().__init__(*arguments, **options)
        self.province.choices = [("", "–"), *((name, name) for name in provinces)]
        self.industry.choices = [
            ("", "–"),
            *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items()),
        ]


class EndPostForm(HouseForm):
    """A post is over."""

    until_on = DayField(lazy("Until"), [required(), not_in_future])
