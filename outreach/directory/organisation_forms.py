"""Forms of organisations."""

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from outreach.core.forms import DayField, HouseForm, not_in_future, required, text
from outreach.core.i18n import _, lazy
from outreach.directory.forms import KIND_NAMES
from outreach.directory.models import INDUSTRIES
from outreach.directory.reading.business import credit_code


class OrganisationForm(HouseForm):
    """A company, a chamber, an association."""

    kind = SelectField(lazy("Kind"), choices=list(KIND_NAMES.items()))
    name = text(lazy("Name"), most=120)
    credit_code = text(lazy("Credit code"), most=24, required=False)
    province = SelectField(lazy("Province"), default="")
    city = text(lazy("City"), most=20, required=False)
    industry = SelectField(lazy("Industry"), default="")
    term_ends_on = DayField(lazy("Term ends on"), [Optional()])
    note = TextAreaField(lazy("Remark"), [Optional(), Length(max=2000, message=lazy("At most %(max)d characters."))])

    def __init__(self, *arguments, provinces=(), **options):
        super().__init__(*arguments, **options)
        self.province.choices = [("", "–"), *((name, name) for name in provinces)]
        self.industry.choices = [("", "–"), *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items())]

    def validate_credit_code(self, field):
        """Well formed by GB 32100; a repair is suggested, never made."""
        reading = credit_code(field.data or "")
        for doubt in reading.doubts:
            code, _sign, repair = doubt.partition(":")
            if code == "code_repair":
                raise ValidationError(_("This code is not right. Did you mean %(code)s?", code=repair))
            raise ValidationError(_("This code does not pass the check of GB 32100."))
        field.data = reading.value


class EndPostForm(HouseForm):
    """A post is over."""

    until_on = DayField(lazy("Until"), [required(), not_in_future])
