"""What is printed for an event: badges, table tents, sign-in sheet, roster, the book of the event,
seating plan, find-your-seat list.
"""

from dataclasses import dataclass

from outreach.core import pdf, qr
from outreach.core.i18n import _, amount, day, hour, moment
from outreach.core.links import public_url
from outreach.core.sheets import Column, write
from outreach.directory import strokes
from outreach.events.models import Event
from outreach.reception.ceremony_models import SigningLine
from outreach.reception.models import TABLES, Badge, Hall, Seat
from outreach.reception.travel_models import Pickup, Stay
from outreach.registrations import tickets
from outreach.registrations.models import Registration

#: 嘉宾类型's colour on paper
COLOURS = {
    "grey": "#5b6573",
    "red": "#b3261e",
    "gold": "#8a5a00",
    "green": "#1e6b3a",
    "blue": "#1a5fb4",
    "violet": "#6d3fa6",
}


def spaced(name: str) -> str:
    """王　毅: a name of two characters stands as wide as one of three (table tents, badges, rosters)."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 and name >= "㐀" else name


def _colour(row: Registration) -> str:
    return COLOURS[row.type.colour] if row.type else COLOURS["grey"]


def badges(event: Event, rows: list[Badge], places: dict[int, str]) -> bytes:
    """90 x 130 mm, four on an A4 with cut marks; the colour says the guest type,
    the code opens the ticket.
    """
    entries = [
        {
            "name": spaced(badge.registration.name),
            "company": badge.registration.company,
            "post": badge.registration.post,
            "type": badge.registration.type.shown if badge.registration.type else "",
            "colour": _colour(badge.registration),
            "number": f"{badge.number:04d}",
            "place": places.get(badge.registration_id, ""),
            "qr": qr.svg(
                tickets.address(public_url(), badge.registration.code, event.ticket_seed), mask=tickets.MASK
            ),
        }
        for badge in rows
    ]
    return pdf.render(
        "badges.typ",
        {
            "title": event.title,
            "day": day(event.starts_at, event.zone),
            "venue": f"{event.city} {event.venue}",
            "badges": entries,
        },
    )


def tents(event: Event, rows: list[Registration]) -> bytes:
    """Table tents: an A4 folded in three, 200 x 100 mm, the name on both sides, as large as it fits."""
    entries = [{"name": spaced(row.name), "work": f"{row.company} {row.post}".strip()} for row in rows]
    return pdf.render("tents.typ", {"title": event.title, "tents": entries})


@dataclass
class Listing:
    """One list for paper: ``heads`` are (heading, width on paper),
    ``groups`` have a ``name`` and ``rows`` of texts.
    """

    title: str
    heads: list[tuple[str, str]]
    groups: list[dict]
    flipped: bool = False
    note: str = ""


def as_pdf(event: Event, one: Listing) -> bytes:
    """The list on A4."""
    return pdf.render(
        "list.typ",
        {
            "title": event.title,
            "heading": one.title,
            "heads": [head for head, _width in one.heads],
            "widths": [width for _head, width in one.heads],
            "groups": one.groups,
            "flipped": one.flipped,
            "note": one.note,
            "facts": f"{moment(event.starts_at, event.zone)}　{event.city} {event.venue}",
        },
    )


def as_sheet(event: Event, one: Listing) -> bytes:
    """The same as Excel ready to print, the groups one below the other with their name in a column of its own
    where there are several.
    """
    named = len(one.groups) > 1
    subtitle = f"{event.title}　{moment(event.starts_at, event.zone)}"
    if one.note:
        subtitle = f"{subtitle}　{one.note}"
    rows = [[group["name"], *row] if named else row for group in one.groups for row in group["rows"]]
    heads = [*([(_("Part"), "30mm")] if named else []), *one.heads]
    columns = [
        Column(head, lambda row, place=place: row[place], _characters(width))
        for place, (head, width) in enumerate(heads)
    ]
    return write(one.title, columns, rows, subtitle=subtitle)


def _characters(width: str) -> int:
    """A width on paper as Excel counts it; what takes the rest of the line there is 34 wide."""
    return max(6, int(width.removesuffix("mm")) // 2) if width.endswith("mm") else 34


def sign_in(rows: list[Registration], places: dict[int, str]) -> Listing:
    """签到表: 序号, 单位, 姓名, 职务, 联系电话, 座位, 签名."""
    heads = [
        (_("No."), "12mm"),
        (_("Company or organisation"), "1fr"),
        (_("Name"), "24mm"),
        (_("Post"), "30mm"),
        (_("Mobile"), "30mm"),
        (_("Seat"), "36mm"),
        (_("Signature"), "36mm"),
    ]
    lines = [
        [str(number), row.company, spaced(row.name), row.post, row.mobile, places.get(row.id, ""), ""]
        for number, row in enumerate(rows, 1)
    ]
    return Listing(_("Sign-in sheet"), heads, [{"name": "", "rows": lines}], flipped=True)


def _by_type(rows: list[Registration], line) -> list[dict]:
    groups: dict[str, list] = {}
    for row in rows:
        groups.setdefault(row.type.shown if row.type else "", []).append(row)
    return [
        {
            "name": f"{name}（{len(members)}）",
            "rows": [line(number, row) for number, row in enumerate(members, 1)],
        }
        for name, members in groups.items()
    ]


def roster(rows: list[Registration]) -> Listing:
    """参会人员名册: by guest type in the order of their rank, within one by 姓氏笔画."""
    heads = [
        (_("No."), "14mm"),
        (_("Name"), "28mm"),
        (_("Company or organisation"), "1fr"),
        (_("Post"), "40mm"),
    ]
    outside = [row.name for row in rows if strokes.outside(row.name)]
    note = _(
        "For the organisers, not to be handed out: the book of the event names only who agreed to that."
    ) + _("Within each part by strokes of the surname.")
    if outside:
        note += _(
            "Sorted last, because a character stands outside the stroke table: %(names)s",
            names="、".join(outside),
        )
    return Listing(
        _("Participants"),
        heads,
        _by_type(rows, lambda number, row: [str(number), spaced(row.name), row.company, row.post]),
        note=note,
    )


def seat_list(rows: list[Registration], places: dict[int, str]) -> Listing:
    """找座位表: by 姓氏笔画, whatever the guest type."""
    ordered = sorted((row for row in rows if row.id in places), key=lambda row: strokes.by_surname(row.name))
    heads = [(_("Name"), "30mm"), (_("Company or organisation"), "1fr"), (_("Seat"), "60mm")]
    return Listing(
        _("Find your seat"),
        heads,
        [{"name": "", "rows": [[spaced(row.name), row.company, places[row.id]] for row in ordered]}],
    )


def book(
    event: Event, rows: list[Registration], places: dict[int, str], restricted: frozenset[int] = frozenset()
) -> bytes:
    """秩序册: cover, programme, rules, participants with their seats, contacts.

    Every guest gets it, so it names who agreed to that, and nobody of the people who are ``restricted``.
    """
    named = [row for row in rows if row.guest_book_at is not None and row.person_id not in restricted]
    unnamed = len(rows) - len(named)
    programme = [
        {
            "hour": hour(item.starts_at, event.zone),
            "day": day(item.starts_at, event.zone),
            "title": item.title,
            "speaker": item.speaker,
            "minutes": item.minutes,
        }
        for item in event.programme
    ]
    people = _by_type(
        named, lambda _number, row: [spaced(row.name), row.company, row.post, places.get(row.id, "")]
    )
    return pdf.render(
        "book.typ",
        {
            "title": event.title,
            "kind": _("Book of the event"),
            "hosts": event.hosts or event.unit.shown,
            "day": day(event.starts_at, event.zone),
            "venue": f"{event.city} {event.venue}",
            "address": event.address,
            "summary": event.summary,
            "programme": programme,
            "groups": people,
            "contact": event.contact,
            "words": {
                "programme": _("Programme"),
                "people": _("Participants"),
                "rules": _("Please note"),
                "contact": _("Contact"),
                "order": _("Within each part by strokes of the surname.")
                + (_("%(num)d guests are not named, as they wished.", num=unnamed) if unnamed else ""),
                "minutes": _("min"),
            },
            "rules": [
                _("Please arrive 15 minutes early and show your code or badge at the door."),
                _("Please wear your badge and sit where your seat is marked."),
                _("Please keep your phone silent during the meeting."),
                _("If you cannot come or must leave early, tell the contact below."),
            ],
        },
    )


def pickups(event: Event, rows: list[Pickup]) -> Listing:
    """接站表 and 送站表: 航班车次, 时间, 姓名, 电话, 车辆, 司机."""
    heads = [
        (_("Time"), "30mm"),
        (_("Station or airport"), "34mm"),
        (_("Train or flight number"), "26mm"),
        (_("Name"), "24mm"),
        (_("Mobile"), "30mm"),
        (_("Company or organisation"), "1fr"),
        (_("Car and plate"), "30mm"),
        (_("Driver and phone"), "38mm"),
    ]
    groups = []
    for direction, name in (("arrive", _("Fetching")), ("leave", _("Bringing"))):
        lines = [
            [
                hour(way.at, event.zone) if place else moment(way.at, event.zone),
                way.station,
                way.number,
                spaced(way.registration.name),
                way.registration.mobile,
                way.registration.company,
                "" if place else row.car,
                "" if place else row.driver,
            ]
            for row in rows
            if row.direction == direction
            for place, way in enumerate(row.journeys)
        ]
        if lines:
            groups.append({"name": name, "rows": lines})
    note = "" if groups else _("Nobody is to be picked up.")
    return Listing(_("Pick-ups"), heads, groups, flipped=True, note=note)


def rooms(rows: list[Stay]) -> Listing:
    """Rooming list by hotel and room; who has none yet stands at the end."""
    heads = [
        (_("Hotel"), "1fr"),
        (_("Room"), "22mm"),
        (_("Name"), "26mm"),
        (_("Mobile"), "32mm"),
        (_("From"), "34mm"),
        (_("Until"), "34mm"),
        (_("Shares with"), "30mm"),
    ]
    ordered = sorted(
        rows,
        key=lambda row: (
            row.room is None,
            row.room.hotel if row.room else "",
            row.room.number if row.room else "",
            row.id,
        ),
    )
    lines = [
        [
            row.room.hotel if row.room else "–",
            row.room.number if row.room else "–",
            spaced(row.registration.name),
            row.registration.mobile,
            day(row.from_on),
            day(row.until_on),
            row.shares_with,
        ]
        for row in ordered
    ]
    note = "" if lines else _("Nobody needs a room.")
    return Listing(_("Rooming list"), heads, [{"name": "", "rows": lines}], flipped=True, note=note)


def ceremony(rows: list[SigningLine]) -> Listing:
    """签约仪式次序表: who signs with whom, in which order, and who stands behind them."""
    heads = [
        (_("No."), "10mm"),
        (_("Title of the agreement"), "1fr"),
        (_("County"), "22mm"),
        (_("Signs for the county"), "36mm"),
        (_("Company"), "44mm"),
        (_("Signs for the company"), "36mm"),
        (_("Witness"), "34mm"),
        (_("Intended"), "26mm"),
    ]
    lines = [
        [
            str(number),
            row.title,
            row.unit.shown,
            row.signer,
            row.company,
            row.counterpart,
            row.witness,
            amount(row.intended_wan) if row.intended_wan else "",
        ]
        for number, row in enumerate(rows, 1)
    ]
    return Listing(_("Order of the signing"), heads, [{"name": "", "rows": lines}], flipped=True)


def plan(hall: Hall, seats: list[Seat]) -> bytes:
    """座次图 on A3: the platform above, rows or tables below, an arrow to where the audience looks."""
    rows: dict[int, list] = {}
    for seat in seats:
        row = seat.registration
        rows.setdefault(seat.row, []).append(
            {
                "number": seat.number,
                "name": spaced(row.name) if row else "",
                "colour": _colour(row) if row else "",
                "closed": seat.closed,
            }
        )
    return pdf.render(
        "plan.typ",
        {
            "title": hall.event.title,
            "heading": _("Seating plan: %(hall)s", hall=hall.name),
            "tables": hall.kind == TABLES,
            "platform": rows.pop(0, []),
            "rows": [{"number": number, "seats": found} for number, found in sorted(rows.items())],
            "words": {
                "platform": _("Platform"),
                "row": _("Row"),
                "table": _("Table"),
                "looks": _("the audience looks this way"),
            },
            "day": day(hall.event.starts_at, hall.event.zone),
        },
    )
