"""Filters of the audit."""

from wtforms import SelectField, StringField
from wtforms.validators import Optional

from outreach.core.forms import DayField, Filters, whole_number
from outreach.core.i18n import lazy
from outreach.ops.audit_names import AREAS, GROUPS, OBJECTS


class NumberField(StringField):
    """A number in an address; anything else filters nothing."""

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        self.data = whole_number(self.data or "")


class AuditFilters(Filters):
    """Who, what, whom, when, from where."""

    group = SelectField(lazy("Kind"), default="")
    user = SelectField(lazy("User"), coerce=int, default=0)
    object_kind = SelectField(
        lazy("About"), choices=[("", lazy("About anything")), *OBJECTS.items()], default=""
    )
    object_id = NumberField(lazy("Number of the row"))
    first = DayField(lazy("From"), [Optional()])
    last = DayField(lazy("Until"), [Optional()])
    address = StringField(lazy("Source address"))

    def __init__(self, *arguments, users=(), **options):
        super().__init__(*arguments, **options)
        groups = [(name, words) for name, words in GROUPS.items() if name != "accounts"]
        self.group.choices = [("", lazy("All kinds")), *groups, *AREAS.items()]
        self.user.choices = [(0, lazy("All users")), *users]
