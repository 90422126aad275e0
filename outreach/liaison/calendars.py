"""Calendar files (RFC 5545) of trips and of what a user has ahead:
whole days unless a time was agreed, stable UIDs, masked names.
"""

from datetime import date, datetime, time, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from outreach.core import clock, masking
from outreach.liaison.models import Contact, Trip


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Yangui//Liaison//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=4), {"value": "DURATION"})
    return calendar


def _entry(
    uid: str,
    day: date,
    words: str,
    *,
    until: date | None = None,
    at: time | None = None,
    place: str = "",
    address: str = "",
) -> Entry:
    entry = Entry()
    entry.add("uid", uid)
    entry.add("dtstamp", clock.now())
    if at:  # China has one zone and no summer time: a moment in UTC needs no VTIMEZONE
        start = clock.local(datetime.combine(day, at), "Asia/Shanghai")
        entry.add("dtstart", start)
        entry.add("dtend", start + timedelta(hours=1))
    else:
        entry.add("dtstart", day)
        entry.add("dtend", (until or day) + timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
    entry.add("summary", masking.numbers(words))  # whoever has the address reads it without signing in
    if place:
        entry.add("location", masking.numbers(place))
    if address:
        entry.add("url", address)
    return entry


def of_trip(trip: Trip, contacts: list[Contact], words: str, address: str, host: str) -> bytes:
    """The trip and each of its visits."""
    calendar = _calendar(words)
    calendar.add_component(
        _entry(
            f"trip-{trip.id}@{host}",
            trip.from_on,
            words,
            until=trip.until_on,
            place=trip.city or trip.province,
            address=address,
        )
    )
    for contact in contacts:
        calendar.add_component(
            _entry(
                f"contact-{contact.id}@{host}",
                contact.day,
                masking.name(contact.person.name),
                at=contact.at,
                place=contact.place,
                address=address,
            )
        )
    return calendar.to_ical()


def of_days(name: str, days: list[tuple[str, date, time | None, str, str]], host: str) -> bytes:
    """(uid, day, time if one was agreed, words, address) as a feed."""
    calendar = _calendar(name)
    for uid, day, at, words, address in days:
        calendar.add_component(_entry(f"{uid}@{host}", day, words, at=at, address=address))
    return calendar.to_ical()
