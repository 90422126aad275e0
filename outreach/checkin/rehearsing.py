"""The guests of a rehearsal: made from its seed, the same each time, known to nobody."""

import base64
import hashlib

from outreach.checkin.device_models import Rehearsal
from outreach.core import tokens
from outreach.registrations import tickets

#: of ten guests one has cancelled, one waits and one's ticket was replaced, so that every answer is heard
#: once
_STATES = ("confirmed",) * 7 + ("cancelled", "waiting", "replaced")


def codes(rehearsal: Rehearsal) -> list[str]:
    """The tickets of its guests."""
    raw = (
        hashlib.sha256(rehearsal.seed + number.to_bytes(2)).digest()[:16]
        for number in range(rehearsal.guests)
    )
    return [base64.b32encode(body).decode().rstrip("=") for body in raw]


def state(number: int) -> str:
    """What the gate should say of guest ``number``, counted from 0."""
    return _STATES[number % len(_STATES)]


def rows(rehearsal: Rehearsal) -> list[list]:
    """Its guests as rows of a roster (``roster_queries.ROW``)."""
    return [
        [
            tokens.alias(code),
            base64.b64encode(tickets.row_key(code)).decode().rstrip("="),
            state(number),
            None,
            f"演练{number + 1:02d}",
            "断网演练",
            "",
            "",
            "",
            f"{number + 1:04d}",
            f"yl{number + 1:02d}",
            0,
            "",
        ]
        for number, code in enumerate(codes(rehearsal))
    ]
