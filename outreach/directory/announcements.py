"""What the directory tells later domains."""

from outreach.core.announce import Announcement

#: ``people_in_use(ids) -> dict`` of person id -> why their card cannot go (a registration, a project, ...)
people_in_use = Announcement("people_in_use")
