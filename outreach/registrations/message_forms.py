"""Forms of messages to guests: what the list is narrowed by, texts of an event, a test."""

from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Email, Length, Optional

from outreach.core.forms import Filters, HouseForm, MobileField, required
from outreach.core.i18n import _, lazy
from outreach.core.search_field import SearchField
from outreach.registrations import message_texts as texts
from outreach.registrations.message_models import Channel, MessageKind, MessageState, Obstacle

STATE_NAMES = {
    MessageState.WAITING: lazy("Waiting to be sent"),
    MessageState.SENT: lazy("Sent"),
    MessageState.FAILED: lazy("Failed"),
    MessageState.UNREACHED: lazy("No way to reach"),
    MessageState.TOLD: lazy("Told by staff"),
    MessageState.WITHDRAWN: lazy("Withdrawn"),
}
OBSTACLE_NAMES = {
    Obstacle.RESTRICTED: lazy("processing of the person is restricted"),
    Obstacle.NO_CONTACT: lazy("left no mobile"),
    Obstacle.ABROAD: lazy("no number that text messages reach"),
    Obstacle.OPTED_OUT: lazy("wants no text messages"),
    Obstacle.NO_PROVIDER: lazy("no provider of text messages is set"),
    Obstacle.TOO_LATE: lazy("quiet hours or the daily limit would bring it after the event has begun"),
}
HAND_NAMES = {"wechat": lazy("by WeChat"), "phone": lazy("by telephone")}
#: longest text: mail a page, a text message what carriers take in one piece
_MOST = {Channel.SMS: 500, Channel.MAIL: 4000}


class MessageFilters(Filters):
    """The list of messages."""

    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    state = SelectField(
        lazy("State"),
        choices=[
            ("", lazy("All states")),
            ("not_reached", lazy("Failed or no way to reach")),
            *STATE_NAMES.items(),
        ],
        default="",
    )
    channel = SelectField(
        lazy("Way"),
        choices=[
            ("", lazy("All ways")),
            ("mail", lazy("Mail")),
            ("sms", lazy("Text message")),
            ("none", lazy("Nothing written")),
        ],
        default="",
    )
    kind = SelectField(lazy("Kind"), choices=[("", lazy("All kinds")), *texts.KIND_NAMES.items()], default="")


class TextForm(HouseForm):
    """The text of one kind, channel and language."""

    subject = StringField(lazy("Subject"))
    body = TextAreaField(lazy("Text"), [required()], render_kw={"rows": 8})

    def __init__(self, *arguments, kind: MessageKind, channel: Channel, **options):
        super().__init__(*arguments, **options)
        self.kind, self.channel = kind, channel
        if channel == Channel.SMS:
            del self.subject
        else:
            self.body.render_kw = {"rows": 14}

    def validate_subject(self, field) -> None:
        """A mail has one, of one line."""
        field.data = texts.normalised(field.data or "")
        if not field.data:
            raise ValidationError(_("Please fill this in."))
        if len(field.data) > 120:
            raise ValidationError(_("At most %(max)d characters.", max=120))
        self._check_placeholders(field)

    def validate_body(self, field) -> None:
        """Only known placeholders; not longer than the channel takes."""
        field.data = texts.normalised(field.data or "")
        if len(field.data) > _MOST[self.channel]:
            raise ValidationError(_("At most %(max)d characters.", max=_MOST[self.channel]))
        self._check_placeholders(field)

    def _check_placeholders(self, field) -> None:
        if wrong := texts.unknown(self.kind, field.data):
            raise ValidationError(
                _(
                    "Unknown placeholder: %(wrong)s. Known are %(known)s.",
                    wrong=" ".join(f"{{{name}}}" for name in wrong),
                    known=" ".join(f"{{{name}}}" for name in texts.allowed(self.kind)),
                )
            )

    def text(self) -> texts.Text:
        """What was typed."""
        return texts.Text(self.subject.data if self.subject else "", self.body.data)


class MailTestForm(HouseForm):
    """Where a test mail goes."""

    to = StringField(
        lazy("Mail address"),
        [Optional(), Length(max=254), Email(lazy("This is not a mail address."))],
        description=lazy("Empty: the address of your own account."),
    )


class SmsTestForm(HouseForm):
    """Where a test text message goes."""

    to = MobileField(lazy("Mobile"), [required()], render_kw={"inputmode": "tel"})
