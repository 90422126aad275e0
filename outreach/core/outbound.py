"""Speaking to other machines: mail servers, gateways, robots. Never while a transaction is open.

A machine that is silent would hold the transaction: on SQLite nobody could write meanwhile.
"""

import json
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from outreach.core.db import db

#: seconds without a byte after which the other side counts as silent
SILENCE = 15
LARGEST_ANSWER = 10_000


class Unreachable(OSError):
    """The other side does not answer at all: what else waits for it need not be tried at this moment."""


class _Straight(HTTPRedirectHandler):
    """The host was checked; where it sends us on to was not."""

    def redirect_request(self, *_said):
        return None


_open = build_opener(_Straight).open


def check_no_transaction() -> None:
    """RuntimeError where a transaction is open: what was read or written before is to be committed first."""
    if db.session().in_transaction():
        raise RuntimeError("the network is spoken to inside a transaction")


def post_json(address: str, body: dict, headers: dict[str, str] | None = None) -> dict:
    """POST ``body``; the answer's object. OSError where the other side refuses,
    :class:`Unreachable` where it does not answer, ValueError where the answer is no JSON.
    """
    check_no_transaction()
    content = json.dumps(body, ensure_ascii=False).encode()
    request = Request(address, content, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310
    try:
        with _open(request, timeout=SILENCE) as answer:
            said = json.loads(answer.read(LARGEST_ANSWER) or b"{}")
    except HTTPError:
        raise
    except OSError as fault:
        raise Unreachable(str(fault)) from fault
    return said if isinstance(said, dict) else {}
