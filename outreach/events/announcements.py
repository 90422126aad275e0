"""What events tell later domains."""

from outreach.core.announce import Announcement

#: ``event_cancelled(event, by=)``
event_cancelled = Announcement("event_cancelled")
#: ``capacity_raised(event, by=)``: there may be room for the waiting list
capacity_raised = Announcement("capacity_raised")
