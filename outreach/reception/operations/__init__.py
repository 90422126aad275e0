"""Every write of receiving guests."""

from outreach.reception.operations.ceremony import move_signing, remove_signing, save_signing
from outreach.reception.operations.seats import (
    add_hall,
    clear,
    close_seat,
    leave_seats,
    number_badges,
    print_paper,
    propose,
    remove_hall,
    seat_guest,
    show_names,
    take_over_seats,
)
from outreach.reception.operations.travel import (
    add_rooms,
    forget_travel,
    give_room,
    propose_pickups,
    put_in_car,
    remove_pickup,
    remove_room,
    save_pickup,
    state_journey,
    state_stay,
)

__all__ = [
    "move_signing", "remove_signing", "save_signing", "add_hall", "add_rooms", "clear", "close_seat", "forget_travel", "give_room", "leave_seats", "number_badges", "print_paper", "propose", "propose_pickups",
    "put_in_car", "remove_hall", "remove_pickup", "remove_room", "save_pickup", "seat_guest", "show_names", "state_journey", "state_stay", "take_over_seats",
]  # fmt: skip
