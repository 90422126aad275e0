"""How much a field takes.

Longer text is refused before any filter, conversion or validator sees it, in every form. Some work on text
grows with the square of its length (normalising combining characters, for one), so nothing is done with text
that no field could keep. What is shown again is the beginning of it.
"""

from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import Length

from outreach.core.i18n import _

#: kind of field without a ``Length`` -> characters; the first that fits. ``most_typed`` of a field class goes
#: before.
_MOST = ((TextAreaField, 4_000), (HiddenField, 2_000), (PasswordField, 200), (StringField, 200), (Field, 200))
#: ticks of one name
_MOST_VALUES = 5_000


def most_of(field: Field) -> int:
    """How many characters a field may keep."""
    named = [check.max for check in field.validators if isinstance(check, Length) and check.max > 0]
    if named:
        return min(named)
    own = getattr(field, "most_typed", None)
    return own or next(most for kind, most in _MOST if isinstance(field, kind))


def most_sent(field: Field) -> int:
    """How many may be sent: blanks and signs that nobody sees go before the length is judged."""
    return 2 * most_of(field) + 200


def _over_long(field: Field, values: list) -> bool:
    if len(values) > _MOST_VALUES:
        return True
    most = most_sent(field)
    return any(isinstance(value, str) and len(value) > most for value in values)


def _shortened(field: Field, values: list) -> list:
    most = most_of(field)
    return [value[:most] if isinstance(value, str) else value for value in values[:_MOST_VALUES]]


class Bounded:
    """A form that refuses over-long text; every form of the application is one."""

    #: names of the fields whose text was too long
    over_long: frozenset[str] = frozenset()
    #: all names that were sent
    sent_names: frozenset[str] = frozenset()

    def process(self, formdata=None, *arguments, **options):
        """As ever, with what is too long cut off first."""
        sent = self.meta.wrap_formdata(self, formdata)
        if sent:
            self.sent_names = frozenset(sent)
            fields = [
                (name, field)
                for name, field in self._fields.items()
                if field.name in sent and _over_long(field, sent.getlist(field.name))
            ]
            if fields:
                sent = MultiDict(sent.items(multi=True))
                for _name, field in fields:
                    sent.setlist(field.name, _shortened(field, sent.getlist(field.name)))
                self.over_long = frozenset(name for name, _field in fields)
        super().process(sent, *arguments, **options)

    def validate(self, *arguments, **options):
        """As ever; a field whose text was too long says only that."""
        good = super().validate(*arguments, **options)
        for name in self.over_long:
            field = self._fields[name]
            field.errors = [
                _(
                    "At most %(max)d characters. Only the beginning of what was sent is kept here.",
                    max=most_of(field),
                )
            ]
        return good and not self.over_long
