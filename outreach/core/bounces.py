"""Letters that come back: delivery reports as RFC 3464 writes them, whichever mail server made them."""

import email
from email import policy
from email.message import EmailMessage, Message


def read(raw: bytes) -> tuple[str, str] | None:
    """(Message-ID of the letter, why in the server's words) of a report that says it failed for good; None for anything else, also a delay."""
    report = email.message_from_bytes(raw, policy=policy.default)
    if report.get_content_type() != "multipart/report":
        return None
    parts = list(report.walk())
    why = next(
        (
            words
            for part in parts
            if part.get_content_type() == "message/delivery-status" and (words := _failure(part))
        ),
        None,
    )
    letter = next((found for part in parts if (found := _message_id(part))), None)
    return (letter, why[:500]) if why and letter else None


def _failure(part: Message) -> str:
    """What the report says of the first recipient it failed for."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            return " ".join(str(block.get("Diagnostic-Code") or block.get("Status") or "failed").split())
    return ""


def _message_id(part: EmailMessage | Message) -> str:
    """The Message-ID of the letter that the report carries along, whole or its headers alone."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list) and isinstance(payload[0], Message):
        return str(payload[0].get("Message-ID", "")).strip()
    if kind == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        return str(
            email.message_from_bytes(headers if isinstance(headers, bytes) else b"").get("Message-ID", "")
        ).strip()
    return ""
