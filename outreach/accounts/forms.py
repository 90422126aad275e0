"""Sign-in, password, users."""

from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import Optional, Regexp, ValidationError

from outreach.core.forms import Filters, HouseForm, MailField, named, required, text
from outreach.core.i18n import _, lazy
from outreach.permissions import Role

ROLE_NAMES = {
    Role.ADMINISTRATOR: lazy("Administrator"),
    Role.ORGANISER: lazy("Organiser"),
    Role.INVESTMENT_OFFICER: lazy("Investment officer"),
    Role.LIAISON: lazy("Liaison"),
    Role.GATE_STAFF: lazy("Gate staff"),
    Role.VIEWER: lazy("Viewer"),
}


class SignInForm(HouseForm):
    """Name and password."""

    login = text(
        lazy("Sign-in name"), most=60, render_kw={"autocomplete": "username", "autocapitalize": "none"}
    )
    password = PasswordField(lazy("Password"), [required()], render_kw={"autocomplete": "current-password"})
    onwards = HiddenField()


class PasswordForm(HouseForm):
    """The present password and the new one twice."""

    old = PasswordField(
        lazy("Present password"), [required()], render_kw={"autocomplete": "current-password"}
    )
    new = PasswordField(lazy("New password"), [required()], render_kw={"autocomplete": "new-password"})
    again = PasswordField(
        lazy("New password again"), [required()], render_kw={"autocomplete": "new-password"}
    )

    def validate_again(self, field):
        """Both must be the same."""
        if field.data != self.new.data:
            raise ValidationError(_("The two do not match."))


class UserForm(HouseForm):
    """A new user with a first role."""

    login = text(lazy("Sign-in name"), most=60, filters=[lambda value: value and value.lower()])
    name = text(lazy("Name"), most=60, also=[named])
    post = text(lazy("Post"), most=80, required=False)
    email = MailField(lazy("Mail address"), [Optional()])
    unit_id = SelectField(lazy("Unit"), coerce=int)
    role = SelectField(lazy("Role"), choices=list(ROLE_NAMES.items()))

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)
        self.login.validators = [
            *self.login.validators,
            Regexp(r"^[a-z0-9._-]{3,60}$", message=lazy("3 to 60 small letters, digits, dots or hyphens.")),
        ]


class GrantForm(HouseForm):
    """One more role."""

    unit_id = SelectField(lazy("Unit"), coerce=int)
    role = SelectField(lazy("Role"), choices=list(ROLE_NAMES.items()))

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)


class ActiveForm(HouseForm):
    """Open or close an account."""

    active = BooleanField(lazy("Open"))


class UserFilters(Filters):
    """The list of users."""

    text = StringField(lazy("Name, sign-in name or post"))
    role = SelectField(lazy("Role"), choices=[("", lazy("All roles")), *ROLE_NAMES.items()], default="")
    active = SelectField(
        lazy("State"),
        choices=[("", lazy("Open and closed")), ("yes", lazy("Open")), ("no", lazy("Closed"))],
        default="",
    )
