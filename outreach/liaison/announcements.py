"""What keeping in touch asks of later domains."""

from outreach.core.announce import Announcement

#: ``feed_entries(user) -> list`` of (uid, day, words, address) for the user's calendar
feed_entries = Announcement("feed_entries")
