"""What events tell later domains."""

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.core.announce import Announcement


@dataclass(frozen=True)
class Told:
    """How many guests something was told to: ``mail`` and ``sms`` may both count one guest;
    ``unreached`` had no way.
    """

    mail: int = 0
    sms: int = 0
    guests: int = 0
    unreached: int = 0

    @classmethod
    def sum_of(cls, answers: Iterable["Told | None"]) -> "Told":
        """All answers of an announcement together."""
        rows = [answer for answer in answers if answer is not None]
        return cls(
            mail=sum(row.mail for row in rows),
            sms=sum(row.sms for row in rows),
            guests=sum(row.guests for row in rows),
            unreached=sum(row.unreached for row in rows),
        )


#: ``event_cancelled(event, by=) -> list`` of :class:`Told`
event_cancelled = Announcement("event_cancelled")
#: ``event_changed(event, before=, changed=, by=) -> list`` of :class:`Told`: another time or place;
#: ``before``: what stood there, ``changed``: which names
event_changed = Announcement("event_changed")
#: ``event_cloned(event, copy, by=)``: later domains copy what they keep of it
event_cloned = Announcement("event_cloned")
#: ``types_in_use(ids) -> list`` of collections of guest type ids that guests have
types_in_use = Announcement("types_in_use")
#: ``capacity_raised(event, by=)``: there may be room for the waiting list
capacity_raised = Announcement("capacity_raised")
#: ``outlook(event) -> list`` of what a newcomer meets: ``room``, ``waits`` or ``shut``
outlook = Announcement("outlook")
#: ``places_of(event) -> list`` of its places by guest type, with ``taken``, ``kept``, ``excess`` and
#: ``in_type(id)``
places_of = Announcement("places_of")
#: ``items_in_use(item_id) -> list`` of how many guests signed up for an item of the programme
items_in_use = Announcement("items_in_use")
#: ``item_moved(item, by=) -> list`` of :class:`Told`: an item of the programme has another time or place
item_moved = Announcement("item_moved")
