"""What events tell later domains."""

from outreach.core.announce import Announcement

#: ``event_cancelled(event, by=)``
event_cancelled = Announcement("event_cancelled")
#: ``event_changed(event, before=, changed=, by=)``: another time or place; ``before``: what stood there, ``changed``: which names
event_changed = Announcement("event_changed")
#: ``event_cloned(event, copy, by=)``: later domains copy what they keep of it
event_cloned = Announcement("event_cloned")
#: ``types_in_use(ids) -> list`` of collections of guest type ids that guests have
types_in_use = Announcement("types_in_use")
#: ``capacity_raised(event, by=)``: there may be room for the waiting list
capacity_raised = Announcement("capacity_raised")
#: ``outlook(event) -> list`` of what a newcomer meets: ``room``, ``waits`` or ``shut``
outlook = Announcement("outlook")
#: ``places_of(event) -> list`` of its places by guest type, with ``taken``, ``kept``, ``excess`` and ``in_type(id)``
places_of = Announcement("places_of")
#: ``items_in_use(item_id) -> list`` of how many guests signed up for an item of the programme
items_in_use = Announcement("items_in_use")
#: ``item_moved(item, by=)``: an item of the programme has another time or place
item_moved = Announcement("item_moved")
