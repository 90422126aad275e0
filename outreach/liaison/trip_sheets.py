"""A trip as a sheet on A4: whom to see, where, what was said last time."""

from outreach.core import pdf
from outreach.core.i18n import _, day
from outreach.liaison.models import Contact, FollowUp, Trip


def words(trip: Trip) -> str:
    """深圳市 走访 2026年11月24日."""
    return _("Visits in %(place)s, %(day)s", place=trip.city or trip.province, day=day(trip.from_on))


def _last(words: tuple[Contact, list[FollowUp]] | None) -> str:
    """What was said last time, and what we still owe."""
    if words is None:
        return ""
    contact, promises = words
    owed = "".join("\n" + _("We promised: %(text)s", text=row.text) for row in promises)
    return f"{day(contact.day)} {contact.said[:200]}{owed}"


def sheet(trip: Trip, programme: list[Contact], last: dict[int, tuple[Contact, list[FollowUp]]]) -> bytes:
    """The PDF; names and numbers stand in full.

    ``last``: person id -> the last contact and the open promises.
    """
    rows = [
        {
            "day": day(contact.day) + (f" {contact.at:%H:%M}" if contact.at else ""),
            "name": contact.person.name,
            "mobile": contact.person.mobile,
            "place": contact.place,
            "work": f"{contact.person.company.organisation.name} {contact.person.company.title}"
            if contact.person.company
            else "",
            "home": contact.person.comes_from,
            "last": _last(last.get(contact.person_id)),
        }
        for contact in programme
    ]
    heads = {
        "day": _("Day"),
        "name": _("Name"),
        "mobile": _("Mobile"),
        "work": _("Company and post"),
        "home": _("Home place"),
        "place": _("Where"),
        "last": _("Last time"),
        "said": _("What was said"),
    }
    until = "" if trip.until_on == trip.from_on else f" – {day(trip.until_on)}"
    lines = [
        f"{trip.post.title} {trip.post.holder}" if trip.post else "",
        _("With: %(party)s", party=trip.party) if trip.party else "",
    ]
    return pdf.render(
        "trip.typ",
        {
            "title": words(trip),
            "when": f"{day(trip.from_on)}{until}",
            "lines": [line for line in lines if line],
            "rows": rows,
            "heads": heads,
            "legal": _("Internal. Contains names and numbers; destroy after the trip."),
        },
    )
