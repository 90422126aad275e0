"""All that is kept of a person, for the officer who answers a request: read with a reason,
given as a file.
"""

from flask_login import current_user

from outreach.core.access import found, requires
from outreach.core.downloads import attachment
from outreach.core.i18n import _
from outreach.core.web import limiter, page, reads_first
from outreach.directory import held_exports, operations, queries
from outreach.directory.forms import ReasonForm
from outreach.directory.models import Person
from outreach.directory.views.people import bp
from outreach.permissions import Permission

MAY = Permission.DIRECTORY_UNMASK
_TYPES = {"json": "application/json", "txt": "text/plain; charset=utf-8"}


def dossier_file(person: Person, form: str):
    """The file, named for what it is and for nobody."""
    sections, title = held_exports.of_person(person), _("What is kept about you")
    content = held_exports.as_json(sections) if form == "json" else held_exports.as_text(title, sections)
    return attachment(content, f"{title}.{form}", _TYPES[form])


def _person(person_id: int) -> Person:
    return found(queries.select_visible(current_user, MAY), person_id)


@bp.get("/people/<int:person_id>/dossier")
@requires(MAY)
def dossier_form(person_id: int):
    person = _person(person_id)
    return page("directory/dossier.html", person=person, sections=(), form=ReasonForm(formdata=None))


@bp.post("/people/<int:person_id>/dossier")
@requires(MAY)
@limiter.limit("30 per minute")
def dossier(person_id: int):
    """Shown in full, so it asks why and leaves a trace; hence a POST."""
    person, form = _person(person_id), ReasonForm()
    if not form.validate_on_submit():
        return page("directory/dossier.html", person=person, sections=(), form=form, status=422)
    operations.show_dossier(person, reason=form.reason.data, by=current_user)
    sections = held_exports.of_person(person)
    return page("directory/dossier.html", person=person, sections=sections, form=form)


@bp.post("/people/<int:person_id>/dossier/<any(json,txt):form>")
@requires(MAY)
@limiter.limit("10 per minute")
@reads_first
def dossier_copy(person_id: int, form: str):
    person, why = _person(person_id), ReasonForm()
    if not why.validate_on_submit():
        return page("directory/dossier.html", person=person, sections=(), form=why, status=422)
    operations.give_copy(person, form=form, reason=why.reason.data, by=current_user)
    return dossier_file(person, form)
