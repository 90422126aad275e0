"""Forms of cards that may be one person."""

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from outreach.core.forms import Filters, HouseForm, text
from outreach.core.i18n import lazy
from outreach.core.search_field import SearchField

#: why two cards look like one person
REASON_NAMES = {
    "phone": lazy("same number"),
    "wechat": lazy("same WeChat"),
    "name": lazy("same name"),
    "pinyin": lazy("name sounds the same"),
    "company": lazy("same company"),
    "birth": lazy("born the same month"),
    "town": lazy("same township"),
    "village": lazy("same village"),
    "birth_differs": lazy("but born in another year"),
    "gender_differs": lazy("but another gender"),
}
#: the fields a merge asks about, in the order of the card
MERGED_NAMES = {
    "name": lazy("Name"),
    "gender": lazy("Gender"),
    "birth": lazy("Born"),
    "home_village": lazy("Village"),
    "province": lazy("Province"),
    "city": lazy("City"),
    "industry": lazy("Industry"),
    "scale_wan": lazy("Annual output"),
    "wechat": lazy("WeChat"),
    "email": lazy("Mail address"),
}
#: fields that go together with one that is asked about
_TOGETHER = {"home_village": ("home_code",), "city": ("lives_raw",), "scale_wan": ("scale_stated",)}


class MergeForm(HouseForm):
    """Two cards become one: ``keep`` stays, ``take`` are the fields whose value comes from the other."""

    keep = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    take = SelectMultipleField(choices=list(MERGED_NAMES.items()), validators=[Optional()])
    reason = text(lazy("Reason"), most=200)

    def taken(self) -> set[str]:
        """Every field that comes from the other card."""
        chosen = set(self.take.data or ())
        return chosen | {name for field in chosen for name in _TOGETHER.get(field, ())}


class PairFilters(Filters):
    """The review list."""

    text = StringField(lazy("Name"))
    state = SelectField(
        lazy("State"),
        choices=[
            ("likely", lazy("To be looked at")),
            ("open", lazy("Also unlikely ones")),
            ("different", lazy("Two people")),
        ],
        default="likely",
    )


class SameForm(Filters):
    """Looking for the card that is the same person."""

    text = SearchField(lazy("Name, pinyin, company, phone tail"))
