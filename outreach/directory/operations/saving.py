"""Saved views and tags."""

from outreach.accounts.models import Unit, User
from outreach.core import audit
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory.models import Person
from outreach.directory.view_models import PEOPLE, SavedView

MOST_TAGS = 12


def save_view(unit: Unit, *, name: str, query: str, shared: bool, room: str = PEOPLE, by: User) -> SavedView:
    """Keep the present filters under a name."""
    if not query:
        raise Refused(_("Choose filters first; the whole list needs no name."))
    view = SavedView(
        unit_id=unit.id, room=room, name=name, query=query[:2000], shared=shared, created_by_id=by.id
    )
    db.session.add(view)
    audit.record(by, "directory.save_view", view)
    return view


def remove_view(view: SavedView, *, by: User) -> None:
    """Only who saved it may remove it."""
    if view.created_by_id != by.id:
        raise Refused(_("Only who saved this view can remove it."))
    audit.record(by, "directory.remove_view", view)
    db.session.delete(view)


def tag(people: list[Person], *, add: str, remove: str, by: User) -> int:
    """Put a tag on people or take one off; how many changed."""
    count = 0
    lock(*sorted(people, key=lambda person: person.id))
    for person in people:
        tags = [name for name in person.tags if name != remove]
        if add and add not in tags:
            tags.append(add)
        if len(tags) > MOST_TAGS:
            raise Refused(_("At most %(num)d tags on one card.", num=MOST_TAGS))
        if tags != person.tags:
            person.tags = tags
            person.version += 1
            count += 1
    audit.record(by, "directory.tag", count=count, add=add, remove=remove)
    return count
