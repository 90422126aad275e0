"""Forms of notes about a project."""

from datetime import UTC, datetime

from wtforms import HiddenField, MultipleFileField, SelectField, TextAreaField
from wtforms.validators import Length, Regexp

from outreach.core.forms import HouseForm, required, uploaded, whole_number
from outreach.core.i18n import lazy
from outreach.pipeline.note_models import ALL, EDITORS, MINE

SEEN_NAMES = {
    ALL: lazy("everybody who sees the project"),
    EDITORS: lazy("those who may edit the project"),
    MINE: lazy("only me"),
}


class NoteForm(HouseForm):
    """A note about a project, with photographs and papers."""

    key = HiddenField(validators=[Regexp(r"^[A-Za-z0-9-]{16,40}$")])
    noted_at = HiddenField()
    text = TextAreaField(
        lazy("What was seen or said"),
        [required(), Length(max=2000, message=lazy("At most %(max)d characters."))],
        render_kw={"rows": 3},
    )
    seen_by = SelectField(lazy("Who may see it"), choices=list(SEEN_NAMES.items()))
    attached = MultipleFileField(
        lazy("Photographs and papers"), description=lazy("up to nine: pictures, PDF, Word, Excel, PowerPoint")
    )

    def files(self) -> list[tuple[str, bytes]]:
        """(name, content) of each file that was chosen."""
        return [one for file in self.attached.data or () if (one := uploaded(file)) is not None]

    def moment(self) -> datetime | None:
        """When it was written, as the device says it; None when it says nothing that can be a moment."""
        number = whole_number(self.noted_at.data)
        return datetime.fromtimestamp(number / 1000, UTC) if number and number < 4_102_444_800_000 else None
