"""What an invitation says, on paper, by mail and as a text message:
the words of the event in the name of the leader.
"""

from outreach.core.i18n import _, day, default_language, lazy, moment
from outreach.core.links import public_url
from outreach.events.models import NO, PROXY, YES, Event, Invitation

ANSWER_NAMES = {YES: lazy("Comes"), NO: lazy("Does not come"), PROXY: lazy("Somebody else comes")}


def link(row: Invitation) -> str:
    """The invited person's own page."""
    return f"{public_url()}/i/{row.code}"


def salutation(row: Invitation) -> str:
    """尊敬的王毅先生: by gender where it is known."""
    return {"男": _("Dear Mr %(name)s,"), "女": _("Dear Ms %(name)s,")}.get(
        row.person.gender, _("Dear %(name)s,")
    ) % {"name": row.person.name}


def inviter(row: Invitation) -> str:
    """Who invites: the paired leader's post and name, else the host."""
    return f"{row.post.title} {row.post.holder}".strip() if row.post else row.event.unit.name


def body(event: Event) -> str:
    """What the event says in its invitation; a plain one where nobody wrote any."""
    return event.letter or _(
        "we invite you to %(event)s on %(time)s in %(place)s.",
        event=event.title,
        time=moment(event.starts_at, event.zone),
        place=f"{event.city} {event.venue}".strip(),
    )


def short(row: Invitation, purpose: str) -> str:
    """The same for a text message or WeChat, with the name in full, in the language of whom it goes to."""
    with default_language():
        return _short(row, purpose)


def _short(row: Invitation, purpose: str) -> str:
    values = {
        "event": row.event.title,
        "day": day(row.event.starts_at, row.event.zone),
        "place": row.event.city,
        "link": link(row),
    }
    words = (
        _("we invite you to %(event)s, %(day)s, %(place)s. Please answer here: %(link)s", **values)
        if purpose == "invite"
        else _("%(event)s, %(day)s, %(place)s: we still hope for your answer: %(link)s", **values)
    )
    return f"{salutation(row)}{words} {inviter(row)}"
