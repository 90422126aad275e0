"""What the door tells later domains."""

from outreach.core.announce import Announcement

#: ``guests_arrived(arrived)``: registration id -> when; first admission, or again after an undo
guests_arrived = Announcement("guests_arrived")
