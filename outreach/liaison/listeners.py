"""What keeping in touch hears."""

from sqlalchemy import Select

from outreach.core.i18n import _
from outreach.directory.announcements import (
    leaders_of,
    people_erased,
    people_held,
    people_in_use,
    people_merged,
    people_who,
)
from outreach.directory.moving import move
from outreach.liaison import held_exports, operations, queries
from outreach.liaison.models import Contact, Pairing


@people_in_use.heard
def kept_in_touch(ids) -> dict[int, str]:
    """Whom somebody was in touch with, or is paired with, stays on the register."""
    return {key: str(_("Somebody keeps in touch with this person.")) for key in queries.people_in_touch(ids)}


@people_merged.heard
def move_contacts(kept_id: int, gone_id: int) -> list[dict]:
    """Contacts and pairings follow the card."""
    return [move(Contact, kept_id, gone_id), move(Pairing, kept_id, gone_id)]


@people_who.heard
def paired_or_silent(mark: str) -> Select | None:
    """Who is paired, with whom, who is not, who has not been contacted for so long."""
    return queries.ids_of(mark)


@leaders_of.heard
def leaders(user) -> list[tuple[int, str]]:
    """The leaders' posts within reach."""
    return [(post.id, f"{post.title} {post.holder}".strip()) for post in queries.open_posts(user)]


@people_erased.heard
def forget_contacts(person_id: int, _traces, *, by):
    """That somebody was in touch stays, and nothing of what was said."""
    return operations.forget_contacts(person_id, by=by)


@people_held.heard
def contacts_held(person):
    """What was said and who keeps in touch."""
    return held_exports.of_person(person.id)
