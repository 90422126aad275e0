"""Thanks to those who came."""

from flask import flash, redirect, url_for
from flask_login import current_user

from outreach.checkin import attendance_queries
from outreach.checkin.forms import ThanksForm
from outreach.checkin.views.shared import bp, event_within
from outreach.core import clock
from outreach.core.access import requires
from outreach.core.i18n import _, default_language
from outreach.core.web import limiter, page
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.registrations import operations as registrations


def _page(event: Event, form: ThanksForm, *, status: int = 200):
    rows = attendance_queries.arrived(event)
    thanked = sum(row.thanked_at is not None for row in rows)
    return page(
        "checkin/thanks.html",
        event=event,
        form=form,
        arrived=len(rows),
        thanked=thanked,
        begun=clock.now() >= event.starts_at,
        status=status,
    )


@bp.get("/events/<int:event_id>/thanks")
@requires(Permission.EVENTS_INVITE)
def thanks(event_id: int):
    event = event_within(event_id, Permission.EVENTS_INVITE)
    with default_language():
        words = _(
            "Thank you for coming to “%(event)s”. It was good to see you; home is looking forward to "
            "your next visit.",
            event=event.title,
        )
    return _page(event, ThanksForm(formdata=None, words=words))


@bp.post("/events/<int:event_id>/thanks")
@requires(Permission.EVENTS_INVITE)
@limiter.limit("10 per minute")
def thank(event_id: int):
    event, form = event_within(event_id, Permission.EVENTS_INVITE), ThanksForm()
    if not form.validate_on_submit():
        return _page(event, form, status=422)
    sent = registrations.thank(
        event,
        attendance_queries.arrived(event),
        words=form.words.data,
        channel=form.channel.data,
        by=current_user,
    )
    flash(_("%(mail)d mails, %(sms)d text messages; %(none)d guests left neither.", **sent))
    return redirect(url_for(".thanks", event_id=event.id), 303)
