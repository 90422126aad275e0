"""Forms of erasing."""

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from outreach.core.forms import HouseForm, text
from outreach.core.i18n import lazy
from outreach.directory.erasure_models import ASKED, DIED, NO_GROUND, WITHDREW, WRONG

WHY_NAMES = {
    ASKED: lazy("The person asked for it"),
    WITHDREW: lazy("The agreement was withdrawn, and there is no other ground"),
    NO_GROUND: lazy("The purpose is fulfilled"),
    WRONG: lazy("Entered without a ground"),
    DIED: lazy("The person has died, and the family asks"),
}


class EraseForm(HouseForm):
    """Why, and that it is meant."""

    why = SelectField(
        lazy("Why"), choices=[("", lazy("Choose")), *WHY_NAMES.items()], validators=[InputRequired()]
    )
    note = text(lazy("Where the request stands (paper, date, who holds it)"), most=200, required=False)
    sure = BooleanField(
        lazy("I have checked who asks, and I know that nobody can bring it back"),
        validators=[InputRequired()],
    )
