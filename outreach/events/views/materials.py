"""Poster and documents of an event, and the picture to share."""

from flask import make_response, redirect, url_for
from flask_login import current_user

from outreach.core import downloads
from outreach.core.access import found, requires
from outreach.core.db import db
from outreach.core.forms import uploaded
from outreach.core.links import outside
from outreach.core.web import limiter, page
from outreach.events import operations, sharing
from outreach.events.forms import MaterialForm
from outreach.events.models import Event, Material
from outreach.events.views.events import bp, event_within
from outreach.permissions import Permission


@bp.get("/events/<int:event_id>/materials")
@requires(Permission.EVENTS_VIEW)
def materials(event_id: int):
    return _materials(event_within(event_id), MaterialForm(formdata=None))


def _materials(event: Event, form: MaterialForm, *, status: int = 200):
    address = outside("public_events.event", slug=event.slug)
    return page("events/materials.html", event=event, form=form, address=address, status=status)


@bp.post("/events/<int:event_id>/materials")
@requires(Permission.EVENTS_EDIT)
def add_material(event_id: int):
    event, form = event_within(event_id, Permission.EVENTS_EDIT), MaterialForm()
    if not form.validate_on_submit():
        return _materials(event, form, status=422)
    name, content = uploaded(form.file.data)
    words = {"purpose": form.purpose.data, "title": form.title.data, "title_en": form.title_en.data}
    operations.add_material(event, name=name, content=content, by=current_user, **words)
    return redirect(url_for(".materials", event_id=event.id), 303)


def _material(event_id: int, material_id: int, permission: Permission) -> Material:
    event = event_within(event_id, permission)
    return found(db.select(Material).where(Material.event_id == event.id), material_id)


@bp.get("/events/<int:event_id>/materials/<int:material_id>")
@requires(Permission.EVENTS_VIEW)
def material(event_id: int, material_id: int):
    """The same file for staff, also while the event is a draft."""
    return downloads.stored(_material(event_id, material_id, Permission.EVENTS_VIEW).file)


@bp.post("/events/<int:event_id>/materials/<int:material_id>/remove")
@requires(Permission.EVENTS_EDIT)
def remove_material(event_id: int, material_id: int):
    operations.remove_material(_material(event_id, material_id, Permission.EVENTS_EDIT), by=current_user)
    return redirect(url_for(".materials", event_id=event_id), 303)


@bp.get("/events/<int:event_id>/share.png")
@requires(Permission.EVENTS_VIEW)
@limiter.limit("60 per minute")
def share_picture(event_id: int):
    """A picture for a WeChat group or Moments: what, when, where, and the code of the event's page."""
    event = event_within(event_id)
    response = make_response(sharing.picture(event))
    response.headers["Content-Type"] = "image/png"
    return response
