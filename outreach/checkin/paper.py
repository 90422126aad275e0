"""The paper list: what is printed for the door when nothing else works, and how its ticks come back."""

import re

from outreach.core import pdf, phones, qr
from outreach.core.i18n import _, moment
from outreach.events.models import Event
from outreach.registrations.models import Registration


def short(door_id: str) -> str:
    """The first eight signs of how gates know a ticket: enough for one event, short enough to type."""
    return door_id[:8]


def door_list(event: Event, rows: list[Registration], seats: dict[int, str]) -> bytes:
    """A4: tick, code and QR, name, company, last four digits, seat; by guest type, then by 姓氏笔画."""
    groups: dict[str, list] = {}
    for row in rows:
        code = short(row.door_id)
        line = {
            "code": f"{code[:4]} {code[4:]}",
            "qr": qr.svg(code),
            "name": row.name,
            "company": row.company,
            "tail": phones.tail(row.mobile),
            "seat": seats.get(row.id, ""),
        }
        groups.setdefault(row.type.shown if row.type else "", []).append(line)
    return pdf.render(
        "door.typ",
        {
            "title": event.title,
            "heading": _("Paper list"),
            "facts": f"{moment(event.starts_at, event.zone)}　{event.city} {event.venue}",
            "heads": [
                _("Arrived"),
                _("Code"),
                _("Name"),
                _("Company or organisation"),
                _("Last four"),
                _("Seat"),
            ],
            "groups": [{"name": f"{name}（{len(lines)}）", "rows": lines} for name, lines in groups.items()],
            "note": _(
                "Tick who arrives and write the time beside it. Afterwards the codes are typed or "
                "scanned in under Door, Paper list."
            ),
        },
    )


def read(typed: str, known: dict[str, int]) -> tuple[list[int], list[str]]:
    """(registrations, lines that name nobody) of what was typed or scanned;
    blanks and case do not matter, what comes twice counts once.
    """
    found, unknown = {}, []
    for line in typed.splitlines():
        code = re.sub(r"[\s-]+", "", line).upper()
        if not code:
            continue
        if code in known:
            found[known[code]] = True
        else:
            unknown.append(line.strip()[:60])
    return list(found), unknown
