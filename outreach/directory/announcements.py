"""What the directory tells later domains."""

from outreach.core.announce import Announcement

#: ``people_in_use(ids) -> dict`` of person id -> why their card cannot go (a registration, a project, ...)
people_in_use = Announcement("people_in_use")

#: ``people_who(mark) -> list`` of a select of person ids, or None from who does not know the mark: one of
#: ``MARKS``, ``paired with <leader's post>`` or ``silent for <days>``
people_who = Announcement("people_who")

#: ``people_merged(kept_id, gone_id) -> list`` of records by ``directory.moving.move``: what changed hands
people_merged = Announcement("people_merged")

#: what later domains know about people, as filters of the list
MARKS = ("attended", "project", "paired", "unpaired")

#: ``leaders_of(user) -> list`` of lists of (post id, words): whose pairings the list of people can be
#: narrowed to
leaders_of = Announcement("leaders_of")

#: ``places_shared(kept_id, gone_id) -> list`` of lists of events at which both cards have a place, each with
#: ``event`` and ``rows``
places_shared = Announcement("places_shared")

#: ``people_joined(kept_id, chosen, by=) -> list`` of records: of what a person can have once, what is in
#: ``chosen`` (ids) stays
people_joined = Announcement("people_joined")

#: ``people_parted(records, by=) -> list`` of sentences: a merge was undone; what ``people_joined`` gave up
#: comes back
people_parted = Announcement("people_parted")

#: ``known_by(person_id) -> list`` of ``core.erasing.Traces``: names, numbers and addresses under which later
#: domains know a person
known_by = Announcement("known_by")

#: ``bearers(traces, person_id, registration_ids, by=) -> list`` of sets of the names and numbers that
#: somebody else bears too, or who is not for ``by`` to erase
bearers = Announcement("bearers")

#: ``people_erased(person_id, traces, by=) -> list`` of counts by table: rows of the person lost what tells of
#: them
people_erased = Announcement("people_erased")

#: ``people_found(person_id, traces, by=) -> list`` of (rows that go with the card, rows like it that lie with
#: units out of reach of ``by``), each row with an ``event``
people_found = Announcement("people_found")

#: ``people_restricted(person_id) -> list`` of counts: messages that waited for the person, and that they did
#: not set off, are withdrawn
people_restricted = Announcement("people_restricted")

#: ``people_held(person) -> list`` of lists of ``core.held.Section``: what is kept of a person
people_held = Announcement("people_held")
