"""Who may pass a gate: the one rule engine of the door.

``static/src/door/rules.js`` says the same; ``tests/vectors/door.json`` is run by both. Everything is plain
values, so that a vector is a line of JSON. Times are milliseconds since 1970.
"""

#: a moving code is good for so long: two turns of the picture and a slow hand
MOVING_MS = 60_000

_OF_STATE = {
    "replaced": "replaced",
    "cancelled": "cancelled",
    "declined": "cancelled",
    "waiting": "waiting",
    "offered": "waiting",
    "pending": "approval",
}


def judge(
    *,
    guest: dict | None,
    gate: dict,
    ticket: dict | None,
    inside: bool,
    now: int,
    offline: bool = False,
    out: bool = False,
) -> str:
    """The verdict for one scan.

    ``guest``: state, type, moving, letter (of the surname in pinyin), or None when the gate knows nobody of
    this code. ``gate``: types, letters ("a-l"), opens, closes, off (the event was called off). ``ticket``:
    ``signed`` (True, False, or None for a bare code) and ``made_at`` (of a moving code, or None); None when
    somebody was found by name. ``inside``: an admission stands already. ``out``: the gate lets people out.
    """
    if ticket is not None and ticket["signed"] is False:
        return "forged"
    if guest is None and (ticket is None or not ticket["signed"]):
        return "unknown"
    if gate["off"]:
        return "cancelled"
    if guest is not None and (refusal := _OF_STATE.get(guest["state"])):
        return refusal
    if _stale(guest, ticket, now):
        return "stale"
    if gate["opens"] is not None and now < gate["opens"]:
        return "early"
    if gate["closes"] is not None and now > gate["closes"]:
        return "late"
    if guest is not None and gate["types"] and guest["type"] not in gate["types"]:
        return "wrong_gate"
    if out:
        return "left"
    if inside:
        return "already"
    # signed, and registered after the gate last heard of the house: its type and surname are not known here
    return (
        "elsewhere"
        if guest is not None and offline and not _mine(guest["letter"], gate["letters"])
        else "admitted"
    )


def _stale(guest: dict | None, ticket: dict | None, now: int) -> bool:
    """An old picture of a moving code. Of a guest nobody knows, the ticket itself says whether it moves."""
    if ticket is None or (guest is None and ticket["made_at"] is None):
        return False
    return (guest is None or guest["moving"]) and not _fresh(ticket, now)


def _fresh(ticket: dict, now: int) -> bool:
    return (
        ticket["signed"] is True
        and ticket["made_at"] is not None
        and abs(now - 1000 * ticket["made_at"]) <= MOVING_MS
    )


def _mine(letter: str, letters: str) -> bool:
    return not letters or letters[0] <= letter <= letters[-1]
