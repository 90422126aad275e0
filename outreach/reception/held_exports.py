"""What receiving guests holds of a guest: journeys, rooms, seats."""

from sqlalchemy import select

from outreach.core.db import db
from outreach.core.held import Section, entry
from outreach.core.i18n import _, day, moment
from outreach.reception.forms import VEHICLE_NAMES
from outreach.reception.models import Seat
from outreach.reception.travel_models import Journey, Stay


def of_guests(ids) -> list[Section]:
    """How they come and go, where they sleep and sit."""
    own = list(ids)
    ways = [
        entry(
            (_("Event"), row.registration.event.shown),
            (_("When"), moment(row.at, row.registration.event.zone)),
            (_("How"), VEHICLE_NAMES.get(row.vehicle, row.vehicle)),
            (_("Number"), row.number),
            (_("Station"), row.station),
        )
        for row in db.session.scalars(
            select(Journey).where(Journey.registration_id.in_(own)).order_by(Journey.id)
        )
    ]
    nights = [
        entry(
            (_("Event"), row.registration.event.shown),
            (_("From"), day(row.from_on)),
            (_("until"), day(row.until_on)),
            (_("Room"), f"{row.room.hotel} {row.room.number}" if row.room else ""),
            (_("Shares with"), row.shares_with),
        )
        for row in db.session.scalars(select(Stay).where(Stay.registration_id.in_(own)).order_by(Stay.id))
    ]
    seats = [
        entry(
            (_("Event"), row.hall.event.shown),
            (_("Hall"), row.hall.name),
            (_("Seat"), f"{row.row}-{row.number}"),
        )
        for row in db.session.scalars(select(Seat).where(Seat.registration_id.in_(own)).order_by(Seat.id))
    ]
    return [Section(_("Journeys"), ways), Section(_("Rooms"), nights), Section(_("Seats"), seats)]
