"""Forms of joint meetings."""

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from outreach.core.forms import DayField, HouseForm, required, text
from outreach.core.i18n import lazy


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
