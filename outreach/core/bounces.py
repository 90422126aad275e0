"""Letters that come back: what a delivery report says, whichever mail server made it.

Whether a message reports a permanent failure, and for which recipients, is read by ``flufl.bounce`` (RFC 3464
and the texts of about thirty mail servers). Which letter it is about is found by its Message-ID, wherever the
server put it.
"""

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import Message

from flufl.bounce import scan_message

_ID = re.compile(r"<[^<>\s]{3,248}>")
#: a Message-ID in the copy of a letter that a server writes into the text of its report
_COPIED = re.compile(
    r"^[ \t>]*(?:X-Original-)?Message-ID:\s*(<[^<>\s]{3,248}>)", re.IGNORECASE | re.MULTILINE
)
_REASON = re.compile(r"^.*\b5\d\d[ -]\S.*$", re.MULTILINE)
_CARRIED = ("message/rfc822", "message/global")
_HEADERS = ("text/rfc822-headers", "message/global-headers")
#: headers by which a report, or one part of it, names the letter it answers
_NAMING = ("X-Original-Message-ID", "Original-Message-ID", "In-Reply-To", "References")
_MOST_TEXT = 200_000


@dataclass(frozen=True)
class Report:
    """A permanent failure. ``message_ids``: what may name the letter, the surest first.

    ``recipients``: addresses in lower case. ``formal``: by RFC 3464; else only the words of the text say so,
    and the recipient must be that of the letter.
    """

    message_ids: tuple[str, ...]
    recipients: frozenset[str]
    why: str
    formal: bool


def read(raw: bytes) -> Report | None:
    """The report in a message, or None for anything else, also for a delay or an absence note."""
    report = email.message_from_bytes(raw, policy=policy.compat32)
    parts = list(report.walk())
    formal = any(part.get_content_type() == "message/delivery-status" for part in parts)
    why = next((words for part in parts if (words := _failure(part))), "")
    if formal and not why:
        return None
    try:
        recipients = scan_message(report)
    except (ValueError, LookupError, TypeError, AttributeError):  # a malformed message is no report
        recipients = frozenset()
    found = tuple(dict.fromkeys(_message_ids(report, parts)))
    if not found or not (formal or recipients):
        return None
    addresses = frozenset(address.decode(errors="replace").lower() for address in recipients)
    return Report(found, addresses, (why or _reason(parts))[:500], formal)


def _failure(part: Message) -> str:
    """What the report says of the first recipient it failed for."""
    blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else []
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower().startswith("failed"):
            return " ".join(str(block.get("Diagnostic-Code") or block.get("Status") or "failed").split())
    return ""


def _reason(parts: list[Message]) -> str:
    """The first line of the text with an answer of a mail server that begins with 5."""
    found = (_REASON.search(_text(part)) for part in parts if part.get_content_maintype() == "text")
    return next((" ".join(line[0].split()) for line in found if line), "failed")


def _message_ids(report: Message, parts: list[Message]):
    """Message-IDs that may be that of the letter: of the copy that is carried along, then of headers,
    then of texts.
    """
    for part in parts:
        kind, payload = part.get_content_type(), part.get_payload()
        if kind in _CARRIED and isinstance(payload, list) and payload and isinstance(payload[0], Message):
            yield from _ID.findall(str(payload[0].get("Message-ID", "")))
        elif kind in _HEADERS:
            inner = payload[0] if isinstance(payload, list) and payload else None
            copied = inner if isinstance(inner, Message) else email.message_from_string(_text(part))
            yield from _ID.findall(str(copied.get("Message-ID", "")))
    for part in parts:
        for name in _NAMING:
            if part is report or name.endswith("Original-Message-ID"):
                yield from reversed(_ID.findall(str(part.get(name, ""))))
    for part in parts:
        if part.get_content_maintype() == "text":
            yield from _COPIED.findall(_text(part))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content[:_MOST_TEXT].decode("utf-8", "replace") if isinstance(content, bytes) else ""
