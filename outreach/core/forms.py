"""Forms: HTTP input becomes checked, plain values;
what was typed is kept, what is wrong stands beside the field.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    FileField,
    Form,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from outreach.core import identity, mail_addresses, phones
from outreach.core.clock import today
from outreach.core.form_limits import Bounded
from outreach.core.i18n import _, lazy
from outreach.core.refusals import Refused

#: control characters, those that turn the direction or take no room, fillers, halves of characters, tags;
#: what shapes a letter stays
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def tidy(value):
    """Outer blanks, ID numbers and all that nobody sees gone; a field that was not sent is an empty text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return _UNSEEN.sub("", identity.without(value)).strip()


def one_line(value):
    """Without the line breaks that a paste brings into a field of one line."""
    return re.sub(r"[\r\n\u2028\u2029]+", " ", value).strip() if isinstance(value, str) else value


#: what WTForms says by itself, named here so that the catalogue holds it
_WTFORMS_SAYS = (
    lazy("Not a valid choice."),
    lazy("Not a valid integer value."),
    lazy("Invalid Choice: could not coerce."),
    lazy("This field is required."),
)


class _Words:
    """WTForms' own messages through our catalogue, in the language of the page."""

    def gettext(self, string):
        return _(string)

    def ngettext(self, singular, plural, n):
        return _(singular) if n == 1 else _(plural)


class HouseForm(Bounded, FlaskForm):
    """A form that writes. ``values()`` is what an operation takes."""

    class Meta(FlaskForm.Meta):
        csrf = False  # ``web.csrf`` has looked at the token of every request that writes, form or none

        def bind_field(self, form, unbound_field, options):
            filters = list(unbound_field.kwargs.get("filters", ()))
            if issubclass(unbound_field.field_class, StringField):
                filters[:0] = (
                    [tidy] if issubclass(unbound_field.field_class, TextAreaField) else [tidy, one_line]
                )
            return unbound_field.bind(form=form, filters=filters, **options)

        def wrap_formdata(self, form, formdata):
            """What was sent; a file goes only to a field for files,
            whatever its part of the form is called.
            """
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            wanted = {field.name for field in form if isinstance(field, FileField)}
            taken = [(name, file) for name, file in request.files.items(multi=True) if name in wanted]
            return CombinedMultiDict([MultiDict(taken), request.form])

        def get_translations(self, _form):
            return _Words()

    def validate_on_submit(self, extra_validators=None) -> bool:
        """As ever.

        When a rule of the house has just refused what was sent, the page is made once more (``web``) and its
        form says no.
        """
        refusal = g.pop("refusal", None)
        g.passed = super().validate_on_submit(extra_validators) and refusal is None
        if refusal is not None:
            self._say(refusal)
        g.wrong_form = None if g.passed else self
        return g.passed

    def _say(self, refusal) -> None:
        """The reason beside its field ("file": whatever the form calls the one for a file),
        else with the form as a whole.
        """
        files = (field for field in self if isinstance(field, FileField)) if refusal.at == "file" else ()
        place = self._fields.get(refusal.at) or next(iter(files), None)
        if place is None:
            self.form_errors.append(str(refusal))
        else:
            place.errors = [*place.errors, str(refusal)]

    def why(self, missing: str) -> str:
        """What is wrong, for a page that does not show the form again:
        of what was typed its fault, else ``missing``.
        """
        wrong = (field for field in self if field.errors and field.data)
        return next((f"{field.label.text}: {field.errors[0]}" for field in wrong), missing)

    def values(self) -> dict:
        """Field name -> checked value."""
        return {name: value for name, value in self.data.items() if name != "submit"}


def whole_number(typed) -> int | None:
    """The number of a key as a machine sends it: ASCII digits, at most 18; None for anything else."""
    text = str(typed) if isinstance(typed, str | int) and not isinstance(typed, bool) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


class PartForm(Bounded, Form):
    """One of the lines of a list within a form."""


#: names in an address that narrow no list
_NO_FILTERS = frozenset(("page", "sort", "lang"))


class Filters(Bounded, Form):
    """A form of the address bar: no token. On a list wrong values simply do not filter;
    a deed (a request that writes) is refused with them, for it would reach everybody.
    """

    class Meta:
        locales = ()

        def bind_field(self, form, unbound_field, options):
            filters = [tidy] if issubclass(unbound_field.field_class, StringField) else []
            return unbound_field.bind(
                form=form, filters=[*filters, *unbound_field.kwargs.get("filters", ())], **options
            )

        def get_translations(self, _form):
            return _Words()

    def not_understood(self) -> str | None:
        """The first filter that was sent and says nothing, by its label; or a name that is no filter."""
        for field in (field for field in self if field.name not in _NO_FILTERS):
            typed = [value for value in field.raw_data or () if str(value).strip()]
            unread = isinstance(field, StringField) and not field.data
            doubled = len(set(typed)) > 1 and not isinstance(field, SelectMultipleField)
            if typed and (field.errors or unread or doubled):
                return str(field.label.text)
        return min(self.sent_names - {field.name for field in self} - _NO_FILTERS, default=None)

    def chosen(self) -> dict:
        """Name -> value of every filter in use and valid;
        :class:`Refused` when a deed comes with one that is not understood.
        """
        self.validate()
        if request.method not in ("GET", "HEAD") and (name := self.not_understood()) is not None:
            raise Refused(
                _(
                    "Nothing was done: the filter “%(name)s” is not understood. Choose it again on the list.",
                    name=name,
                )
            )
        return self._valid()

    def shown(self) -> dict:
        """The same for the list below a form that was refused:
        it is looked at, nothing is done to what it finds.
        """
        self.validate()
        return self._valid()

    def _valid(self) -> dict:
        return {
            field.short_name: field.data
            for field in self
            if not field.errors and field.data not in (None, "", [], False)
        }


def has_letter(name: str) -> bool:
    """Figures and signs alone are no name."""
    return any(sign.isalpha() for sign in name)


def named(_form, field):
    """A name holds a letter."""
    if field.data and not has_letter(field.data):
        raise ValidationError(_("This is not a name: it has no letter."))


def text(label, *, most: int, required: bool = True, also=(), **options) -> StringField:
    """One line of text with a length limit; ``also``: further checks.

    What a page fills in beforehand counts only when it is sent.
    """
    checks = [Filled(lazy("Please fill this in."))] if required else [Optional()]
    checks += [Length(max=most, message=lazy("At most %(max)d characters.")), *also]
    return StringField(label, validators=checks, **options)


#: what a browser offers to choose for a sheet, for a proof; the content is checked when it is there
SHEETS, PROOFS = {"accept": ".xlsx,.xls,.ods,.csv"}, {"accept": ".pdf,.png,.jpg,.jpeg"}


NO_MOBILE = lazy("This is no mobile number: write 11 digits, or for another country + and its prefix.")


class MobileField(StringField):
    """A number that takes messages: a mainland mobile, or a number of another country with its prefix.

    Kept as it is shown.
    """

    most_typed = 60

    def post_validate(self, _form, _stopped):
        if not self.data:
            return
        number = phones.mobile(self.data)
        if number is None:
            raise ValidationError(str(NO_MOBILE))
        self.data = number


class MailField(StringField):
    """A mail address in its one spelling (``core.mail_addresses``)."""

    most_typed = mail_addresses.LONGEST

    def post_validate(self, _form, _stopped):
        if not self.data:
            return
        address = mail_addresses.read(self.data)
        if address is None:
            raise ValidationError(_("This is not a mail address."))
        self.data = address


class DecimalTextField(Field):
    """A line of text that becomes an exact number; what was typed is shown again as it was typed."""

    widget = TextInput()

    def _value(self):
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data.normalize():f}"


class WanField(DecimalTextField):
    """An exact amount in 万元; takes 3000, 3,000 and 1.2亿; never negative."""

    def process_formdata(self, valuelist):
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        typed = phones.fold(valuelist[0]).replace(",", "").replace(" ", "")
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(亿元?|万元?)?", typed)
        if not match:
            raise ValueError(_("Write the amount in 10,000 yuan as a number, for example 3000 or 1.2亿."))
        try:
            amount = Decimal(match[1]) * (10_000 if (match[2] or "").startswith("亿") else 1)
        except InvalidOperation:
            raise ValueError(
                _("Write the amount in 10,000 yuan as a number, for example 3000 or 1.2亿.")
            ) from None
        if amount > Decimal(10) ** 9:
            raise ValueError(_("This amount is larger than the whole country's. Is the unit right?"))
        if amount != amount.quantize(Decimal("0.000001")):
            raise ValueError(_("At most six decimals: the smallest unit is 分."))
        self.data = amount


class AreaField(DecimalTextField):
    """An exact area, at most two decimals; the unit stands beside the field."""

    def process_formdata(self, valuelist):
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        typed = phones.fold(valuelist[0]).replace(",", "").replace(" ", "")
        if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", typed):
            raise ValueError(_("Write the area as a number with at most two decimals, for example 35.5."))
        self.data = Decimal(typed)


class DayField(DateField):
    """A day; its message is ours."""

    def process_formdata(self, valuelist):
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write the day as 2024-06-20.")) from None
        if self.data and not date(1900, 1, 1) <= self.data <= date(2100, 12, 31):
            self.data = None
            raise ValueError(_("This year cannot be right."))


class Ticks(SelectMultipleField):
    """Some of these, one box each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WallClockField(DateTimeLocalField):
    """A day and minute on the event's wall clock (naive; the view knows the zone)."""

    def process_formdata(self, valuelist):
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write day and time as 2024-06-20 09:00.")) from None
        if self.data and not 1900 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(_("This year cannot be right."))


def uploaded(file) -> tuple[str, bytes] | None:
    """(name, content) of what was sent in a file field; None when nothing was chosen."""
    return (file.filename, file.read()) if is_file(file) else None


def is_file(sent) -> bool:
    """Whether a file was chosen; a text in its place is none."""
    return bool(getattr(sent, "filename", ""))


class Filled(InputRequired):
    """Something was sent, and more than blanks and signs that nobody sees;
    WTForms takes blanks for an answer.
    """

    def __call__(self, form, field):
        sent = field.raw_data[0] if field.raw_data else None
        if isinstance(sent, str) and not tidy(sent):
            field.errors[:] = []
            raise StopValidation(self.message)
        super().__call__(form, field)


def required(message=None):
    """The field must be filled."""
    return Filled(message or lazy("Please fill this in."))


def not_in_past(_form, field):
    """What is planned lies ahead."""
    if field.data and field.data < today():
        raise ValidationError(_("What is still to be done cannot be planned for a day that is over."))


def not_in_future(_form, field):
    """A fact cannot lie in the future."""
    if field.data and field.data > today():
        raise ValidationError(_("A fact cannot lie in the future."))
