"""Forms of registration."""

from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Email, Length, Optional, Regexp

from outreach.core.forms import Filters, HouseForm, MobileField, required, text
from outreach.core.i18n import lazy
from outreach.registrations.models import CANCELLED, CONFIRMED, WAITING

STATE_NAMES = {CONFIRMED: lazy("Confirmed"), WAITING: lazy("Waiting list"), CANCELLED: lazy("Cancelled")}


class _GuestFields(HouseForm):
    name = text(lazy("Name"), most=40, render_kw={"autocomplete": "name"})
    company = text(lazy("Company or organisation"), most=120, render_kw={"autocomplete": "organization"})
    post = text(lazy("Post"), most=40, required=False, render_kw={"autocomplete": "organization-title"})
    mobile = MobileField(lazy("Mobile"), [required()], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = StringField(
        lazy("Mail address (optional)"),
        [Optional(), Length(max=254), Email(lazy("This is not a mail address."))],
        description=lazy("We send the ticket and a calendar entry there."),
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class RegistrationForm(_GuestFields):
    """What a guest fills in. ``request_key`` names this form, so that sending it twice registers once."""

    request_key = HiddenField(validators=[Regexp(r"^[A-Za-z0-9-]{16,40}$")])
    consent = BooleanField(lazy("I agree that the organisers use these details to prepare the event and to reach me about it."), [
        required(lazy("Without your agreement we cannot register you."))
    ])  # fmt: skip

    def guest(self) -> dict:
        """What ``operations.register`` takes."""
        values = self.values()
        values.pop("consent")
        return values


class DeskForm(_GuestFields):
    """What an organiser fills in for a guest."""

    request_key = HiddenField(validators=[Regexp(r"^[A-Za-z0-9-]{16,40}$")])


class ChangeForm(_GuestFields):
    """What can be corrected later; the number stays, it is how the guest is found."""

    mobile = None


class GuestFilters(Filters):
    """The list of guests."""

    text = StringField(lazy("Name, company or phone tail"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *STATE_NAMES.items()], default="")
    known = SelectField(
        lazy("Directory"), choices=[("", lazy("All guests")), ("yes", lazy("In the directory")), ("no", lazy("New prospects"))], default=""
    )
