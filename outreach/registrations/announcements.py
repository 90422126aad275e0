"""What registrations tell later domains, and ask them."""

from outreach.core.announce import Announcement

#: ``guests_here(ids) -> list`` of sets of those of these guests who are in the house
guests_here = Announcement("guests_here")

#: ``place_taken_over(old_id, new_id)``: one guest comes in the place of another
place_taken_over = Announcement("place_taken_over")

#: ``places_given_back(ids)``: these guests do not come any more
places_given_back = Announcement("places_given_back")

#: ``tickets_besides(registration_id) -> list`` of the ``door_id`` of every other ticket the guest was handed
tickets_besides = Announcement("tickets_besides")

#: ``guests_erased(ids) -> list`` of counts by table: these guests are erased; their journeys, rooms and words
#: at the door go
guests_erased = Announcement("guests_erased")

#: ``guests_held(ids) -> list`` of lists of ``core.held.Section``: what later domains keep of these guests
guests_held = Announcement("guests_held")

#: ``guests_elsewhere(registrations, unit=, by=)``: ``unit`` erased somebody, and these guests of other units
#: have the same name and number
guests_elsewhere = Announcement("guests_elsewhere")
