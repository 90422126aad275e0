"""Whether a guest gets a place: capacity of the event and of each guest type,
and places reserved for invited guests.

The one rule of every allocation: registering, answering, approval, confirming, sorting, the waiting list.
"""

from dataclasses import dataclass, field

from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import Event
from outreach.registrations.models import CONFIRMED, PENDING, WAITING, longest_line


def has_room(
    capacity: int,
    type_capacity: int | None,
    *,
    taken: int,
    taken_of_type: int,
    kept: int,
    kept_of_type: int,
    invited: bool,
) -> bool:
    """Whether one more guest of a type fits.

    ``kept``: reserved places that no invited guest has yet, of all types. An invited guest may take a
    reserved place of their type; everybody else leaves all reserved places free.
    """
    if invited and kept_of_type:
        kept = kept_of_type = 0
    return taken + kept < capacity and (type_capacity is None or taken_of_type + kept_of_type < type_capacity)


@dataclass(frozen=True)
class TypePlaces:
    """The places of one guest type; ``invited``: how many of ``taken`` are invited guests';
    ``waiting``: guests without a place.
    """

    capacity: int | None = None
    reserved: int = 0  # places reserved for invited guests, used or not; 0 once released
    taken: int = 0
    invited: int = 0
    waiting: int = 0

    @property
    def kept(self) -> int:
        """Reserved places that no invited guest has yet."""
        return max(0, self.reserved - self.invited)


@dataclass(frozen=True)
class Places:
    """The places of an event by guest type id; None: guests without a type."""

    capacity: int
    of_type: dict[int | None, TypePlaces] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """Places given or offered."""
        return sum(row.taken for row in self.of_type.values())

    @property
    def waiting(self) -> int:
        """Guests on the waiting list."""
        return sum(row.waiting for row in self.of_type.values())

    @property
    def kept(self) -> int:
        """Reserved places that no invited guest has yet; never more than are free."""
        return max(0, min(self._kept, self.capacity - self.taken))

    @property
    def _kept(self) -> int:
        return sum(row.kept for row in self.of_type.values())

    @property
    def excess(self) -> int:
        """Guests with a place above the capacity, which may have been lowered."""
        return max(0, self.taken - self.capacity)

    def in_type(self, type_id: int | None) -> TypePlaces:
        """The places of a guest type."""
        return self.of_type.get(type_id, TypePlaces())

    def excess_of_type(self, type_id: int | None) -> int:
        """Guests of a type with a place above its capacity."""
        row = self.in_type(type_id)
        return 0 if row.capacity is None else max(0, row.taken - row.capacity)

    def room_for(self, type_id: int | None, *, invited: bool) -> bool:
        """Whether one more guest of this type fits."""
        row = self.in_type(type_id)
        return has_room(
            self.capacity,
            row.capacity,
            taken=self.taken,
            taken_of_type=row.taken,
            kept=self._kept,
            kept_of_type=row.kept,
            invited=invited,
        )

    def rooms(self, *, invited: bool) -> list[int | None]:
        """The guest types of which one more guest fits."""
        return [key for key in {**self.of_type, None: None} if self.room_for(key, invited=invited)]

    def is_kept_for(self, type_id: int | None, *, invited: bool) -> bool:
        """Whether a guest takes a reserved place, and so passes those who wait for others."""
        return invited and self.in_type(type_id).kept > 0


def places_of(event: Event, counted: dict[int | None, tuple[int, int, int]]) -> Places:
    """``counted``: guest type id -> (places taken, those of invited guests among them, guests waiting)."""
    types = {row.id: (row.capacity, row.reserved_now) for row in event.types}
    return Places(
        event.capacity,
        {
            key: TypePlaces(*types.get(key, (None, 0)), *counted.get(key, (0, 0, 0)))
            for key in (*types, *(counted.keys() - types.keys()))
        },
    )


def state_of_new(capacity: int, type_capacity: int | None, standing, *, approval: bool, invited: bool) -> str:
    """How somebody stands who comes now; :class:`Refused` when the waiting list is full too."""
    room = has_room(
        capacity,
        type_capacity,
        taken=standing.taken,
        taken_of_type=standing.taken_of_type,
        kept=standing.kept,
        kept_of_type=standing.kept_of_type,
        invited=invited,
    )
    if approval:
        return PENDING
    if room and (not standing.waiting_of_type or (invited and standing.kept_of_type)):
        # nobody passes those who wait, but a reserved place waits for the invited
        return CONFIRMED
    if standing.waiting >= longest_line(capacity):
        raise Refused(_("The house and its waiting list are full."))
    return WAITING
