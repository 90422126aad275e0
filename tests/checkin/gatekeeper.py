"""A gate without a screen: speaks the protocol as the browser does."""

import itertools
import secrets
from contextvars import Context
from functools import partial

from outreach.checkin import operations
from outreach.core import clock
from outreach.core.db import db

_count = itertools.count(1)


class Gatekeeper:
    """``Gatekeeper(app, gate, user)`` joins at once; ``scan`` and ``sync`` tell the house."""

    def __init__(self, app, gate, user, name: str = "测试手机"):
        self.client = app.test_client()
        device, self.token = operations.invite_device(gate, name=name, by=user)
        self.device = device.id
        answer = self.post("/door/join", {"token": self.token}, credential="")
        self.secret = answer.json["secret"]
        self.after = 0

    def post(self, path: str, body, *, credential=None):
        """POST as the gate does."""
        db.session.commit()
        told = f"Gate {self.device}.{self.secret}" if credential is None else credential
        headers = {"Authorization": told} if told else {}
        return self._send(path, method="POST", json=body, headers=headers)

    def get(self, path: str):
        """A page, asked for with the gate's credential."""
        return self._send(path, method="GET", headers={"Authorization": f"Gate {self.device}.{self.secret}"})

    def _send(self, path: str, **options):
        """In a context of its own, as a server would."""
        answer = Context().run(partial(self.client.open, path, **options))
        db.session.expire_all()
        return answer

    def fact(self, guest: str, verdict: str = "admitted", *, seconds: int = 0, **more) -> dict:
        """One scan of a ticket, ``seconds`` from now."""
        stamp = int(1000 * (clock.now().timestamp() + seconds))
        return {
            "key": f"d{self.device}-{next(_count):010d}{secrets.token_hex(3)}",
            "guest": guest,
            "verdict": verdict,
            "at": stamp,
            "offset": 0,
            **more,
        }

    def sync(self, *scans, **more):
        """One round."""
        return self.post("/door/sync", {"scans": list(scans), **more})

    def hear(self) -> list:
        """What other gates did since the last time."""
        said = self.post("/door/sync", {"after": self.after}).json
        self.after = said["after"]
        return said["scans"]

    def roster(self) -> dict:
        """Door id -> row, of the whole roster."""
        drawers = self.post("/door/sync", {"drawers": {}}).json["drawers"]
        return {row[0]: row for _digest, rows in drawers.values() for row in rows}
