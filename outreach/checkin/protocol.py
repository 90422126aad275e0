"""What a gate says, read row by row: a row that cannot be read names itself as well as it can and is kept as
a problem.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from outreach.checkin.device_models import PURPOSES
from outreach.core import clock, phones
from outreach.core.forms import has_letter, tidy

VERDICTS = frozenset(
    (
        "admitted",
        "left",
        "already",
        "cancelled",
        "waiting",
        "approval",
        "replaced",
        "stale",
        "early",
        "late",
        "wrong_gate",
        "elsewhere",
        "unknown",
        "forged",
    )
)
WAYS = frozenset(("code", "photo", "gun", "name", "walk_in"))
NOTES = frozenset(("", "unseen", "override", "again"))
#: the note of a scan whose clock cannot be: it counts from when it came in
CLOCK = "clock"
#: at most so many rows in one portion
PORTION = 500
#: no device ever makes more
MOST_SCANS = 1_000_000
_DOOR_ID = re.compile(r"[A-Z2-7]{16}")
#: a larger offset is noted as this one; the moment is corrected by the true one
_NOTED_MS = 2_000_000_000
#: no gate keeps scans longer; before or after, the clock was wrong
_OLDEST = timedelta(days=400)
_LATEST_MS = 4_102_444_800_000  # 2100
_SCOPE = re.compile(rf"(?:{'|'.join(PURPOSES)})(?::[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})?")


@dataclass(frozen=True)
class Unreadable:
    """A row that is none.

    ``key``: its name, or as much of it as there is; ``number``: which scan of the device it was, if that can
    be read.
    """

    key: str
    number: int | None = None


@dataclass(frozen=True)
class Sent:
    """One scan as the gate tells it. ``at``: corrected by the offset the device had measured; None where no
    clock can have shown that. ``scope``: what it counted together with as the gate stood then, or "" where
    the gate did not say.
    """

    key: str
    door_id: str
    verdict: str
    at: datetime | None
    device_at: datetime
    offset_ms: int
    way: str
    note: str
    scope: str
    answers: dict = field(default_factory=dict)
    number: int | None = None


@dataclass(frozen=True)
class WalkIn:
    """Somebody who came without registration and got one of the blank tickets the device holds."""

    key: str
    door_id: str
    name: str
    mobile: str
    company: str


def storable(text: str) -> str:
    """Text that every database takes: no NUL, no half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _key(raw, device_id: int) -> tuple[str, bool]:
    """(the row's name, whether this device may use it): a device's names begin with its own number."""
    key = raw.get("key") if isinstance(raw, dict) else None
    if not isinstance(key, str) or not key:
        return "?" + hashlib.sha256(repr(raw).encode("utf-8", "replace")).hexdigest()[
            :20
        ], False  # nameless rows are told apart by what they say
    return storable(key[:64]), re.fullmatch(rf"d{device_id}-[A-Za-z0-9-]{{8,30}}", key) is not None


def _moment(milliseconds) -> datetime | None:
    if (
        isinstance(milliseconds, bool)
        or not isinstance(milliseconds, int)
        or not 0 < milliseconds < _LATEST_MS
    ):
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def number_of(value) -> int | None:
    """Which scan of its device a row says that it is; older gates do not say."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_SCANS
    return value if known else None


def read_scan(raw, device_id: int) -> Sent | Unreadable:
    """One scan of ``device_id``, or why it is none."""
    key, own = _key(raw, device_id)
    if not own:
        return Unreadable(key)
    device_at, offset, scope = _moment(raw.get("at")), raw.get("offset", 0), raw.get("scope", "")
    door_id, answers = raw.get("guest", ""), said_answers(raw.get("answers", {}))
    number = number_of(raw.get("number"))
    words = (raw.get("verdict"), raw.get("way", "code"), raw.get("note", ""))
    known = (
        all(isinstance(word, str) for word in words)
        and words[0] in VERDICTS
        and words[1] in WAYS
        and words[2] in NOTES
    )
    plain = (
        isinstance(offset, int)
        and not isinstance(offset, bool)
        and isinstance(door_id, str)
        and isinstance(scope, str)
    )
    if (
        not (known and plain and device_at)
        or (door_id and not _DOOR_ID.fullmatch(door_id))
        or answers is None
    ):
        return Unreadable(key, number)
    return Sent(
        key,
        door_id,
        raw["verdict"],
        _corrected(device_at, offset),
        device_at,
        max(-_NOTED_MS, min(offset, _NOTED_MS)),
        raw.get("way", "code"),
        raw.get("note", ""),
        scope if _SCOPE.fullmatch(scope) else "",
        answers,
        number,
    )


def _corrected(device_at: datetime, offset: int) -> datetime | None:
    """When it happened, if that can be: not more than ``_OLDEST`` ago,
    and not after now by more than that either.
    """
    if abs(offset) > _LATEST_MS:
        return None
    at = device_at + timedelta(milliseconds=offset)
    return at if abs(clock.now() - at) <= _OLDEST else None


def said_answers(raw) -> dict[str, bool] | None:
    """Question -> yes or no; None where it is no such thing."""
    if not isinstance(raw, dict) or len(raw) > 10:
        return None
    return {storable(str(question)[:60]): bool(answer) for question, answer in raw.items()}


def own_key(raw, device_id: int) -> str | None:
    """The name of a row, if this device may use it."""
    key, own = _key(raw, device_id)
    return key if own else None


def pass_of(raw) -> str:
    """The pass a walk-in names, as far as it can be read."""
    guest = raw.get("guest") if isinstance(raw, dict) else None
    return guest if isinstance(guest, str) and _DOOR_ID.fullmatch(guest) else ""


def read_walk_in(raw, device_id: int) -> WalkIn | Unreadable:
    """One walk-in of ``device_id``, or why it is none."""
    key, own = _key(raw, device_id)
    if not own:
        return Unreadable(key)
    door_id, name, mobile = raw.get("guest"), tidy(raw.get("name")), phones.mobile(str(raw.get("mobile", "")))
    company = tidy(raw.get("company") or "")
    if not (
        isinstance(door_id, str)
        and _DOOR_ID.fullmatch(door_id)
        and isinstance(name, str)
        and len(name) <= 40
        and has_letter(name)
        and mobile
    ):
        return Unreadable(key)
    return WalkIn(
        key, door_id, storable(name), mobile, storable(company[:120]) if isinstance(company, str) else ""
    )
