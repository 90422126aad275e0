"""What registrations tell later domains."""

from outreach.core.announce import Announcement

#: ``places_given_back(ids)``: these guests do not come any more
places_given_back = Announcement("places_given_back")
