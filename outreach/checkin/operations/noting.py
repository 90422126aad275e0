"""What follows from rows that gates send: who came is announced,
what could not be taken is put in front of a person.
"""

import json

from sqlalchemy import update

from outreach.checkin import protocol
from outreach.checkin.announcements import guests_arrived
from outreach.checkin.device_models import Pass
from outreach.checkin.device_queries import Line
from outreach.checkin.models import DoorProblem
from outreach.checkin.operations.briefing import brief
from outreach.core import clock
from outreach.core.db import db, insert_new


def problem(line: Line, key: str, reason: str, content, number: int | None = None) -> str:
    """Keep what could not be taken where a person sees it; once for each ``key``."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)
    row = {
        "event_id": line.event_id,
        "device_id": line.id,
        "key": key[:64],
        "number": number,
        "reason": reason,
        "content": protocol.storable(text)[:500],
        "received_at": clock.now(),
    }
    insert_new(DoorProblem, [row])
    return "problem"


def spend_passes(ids) -> None:
    """These passes are in somebody's hand: no device is lent them again."""
    if ids := [key for key in ids if key]:
        db.session.execute(
            update(Pass).where(Pass.door_id.in_(ids), Pass.spent_at.is_(None)).values(spent_at=clock.now())
        )


def announce(came: list[tuple[int, object]], in_directory: set[int]) -> None:
    """Who came for the first time, as (registration, when):
    later rooms hear of it, and who keeps in touch with them.
    """
    arrived = dict(sorted(came, key=lambda row: row[1], reverse=True))
    guests_arrived(arrived)
    if known := in_directory & set(arrived):
        brief({key: arrived[key] for key in known})
