"""What the directory tells later domains."""

from outreach.core.announce import Announcement

#: ``people_in_use(ids) -> dict`` of person id -> why their card cannot go (a registration, a project, ...)
people_in_use = Announcement("people_in_use")

#: ``people_who(mark) -> list`` of a select of person ids for one of ``MARKS``, or None from who does not know the mark
people_who = Announcement("people_who")

#: ``people_merged(kept_id, gone_id) -> list`` of records by ``directory.moving.move``: what changed hands
people_merged = Announcement("people_merged")

#: what later domains know about people, as filters of the list
MARKS = ("attended", "project", "paired", "unpaired", "silent")
