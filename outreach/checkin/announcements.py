"""What the door tells later domains."""

from outreach.core.announce import Announcement

#: ``guest_arrived(registration, scan)``: first admission, or again after an undo
guest_arrived = Announcement("guest_arrived")
