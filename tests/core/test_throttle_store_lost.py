"""The store of throttles is killed, or hangs, while people register, cancel, answer and gates report:
all of it goes on.
"""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from outreach.checkin import operations as checkin
from outreach.core.db import db
from outreach.core.settings import ROOT
from outreach.events import operations as events
from outreach.events.models import Invitation
from outreach.registrations.models import Registration
from tests import throttle_store

pytest.importorskip("redis", reason="pip install -r requirements-redis.txt")

#: four people at once, each with deeds of one kind; after the second round of each the store gets the signal
DRIVER = """
import json, logging, os, signal, sys, threading, time
from outreach import create_app
told = json.loads(sys.stdin.read())
app = create_app({"WTF_CSRF_ENABLED": False})
ready, gone = threading.Barrier(5), threading.Barrier(5)
said, slowest = {kind: [] for kind in told["deeds"]}, [0.0]
def person(kind, deeds):
    for number, deed in enumerate(deeds):
        if number == 2:
            ready.wait()
            gone.wait()
        sender = {"REMOTE_ADDR": f"10.0.{len(kind)}.{number % 3}"}
        began = time.monotonic()
        answer = app.test_client().post(environ_base=sender, **deed)
        slowest[0] = max(slowest[0], time.monotonic() - began)
        said[kind].append(answer.status_code)
crowd = [threading.Thread(target=person, args=pair) for pair in told["deeds"].items()]
[one.start() for one in crowd]
ready.wait()
os.kill(told["server"], getattr(signal, told["signal"]))
gone.wait()
[one.join() for one in crowd]
print(json.dumps({"said": said, "slowest": slowest[0]}))
"""
ROUNDS = 8


def _deeds(make) -> dict[str, list[dict]]:
    """What a test client is told, by kind."""
    event = make.event(capacity=500)
    kind = str(event.types[0].id)
    guests = [make.registration(event) for _number in range(ROUNDS)]
    people = [make.person(f"王{chr(0x4E00 + number)}") for number in range(ROUNDS)]
    events.invite(event, people, by=None)
    _device, token = checkin.invite_device(make.gate(event), name="测试手机", by=make.user())
    joined, secret = checkin.join_device(token, agent="")
    db.session.commit()
    invitations = db.session.scalars(select(Invitation.code).where(Invitation.event_id == event.id)).all()
    form = {"type": kind, "company": "某公司", "consent": "y"}
    return {
        "register": [
            {
                "path": f"/e/{event.slug}/register",
                "data": {
                    **form,
                    "name": f"李{chr(0x4E00 + number)}",
                    "mobile": f"1540009{number:04d}",
                    "request_key": f"lost-{number:027d}",
                },
            }
            for number in range(ROUNDS)
        ],
        "cancel": [{"path": f"/t/{guest.page_token}/cancel"} for guest in guests],
        "answer": [{"path": f"/i/{code}", "data": {"answer": "no", "excuse": ""}} for code in invitations],
        "sync": [
            {
                "path": "/door/sync",
                "json": {"scans": []},
                "headers": {"Authorization": f"Gate {joined.id}.{secret}"},
            }
            for _round in range(ROUNDS)
        ],
    }


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGSTOP"])
def test_deeds_go_on_when_the_store_is_lost(app, make, signal):
    if throttle_store.PROGRAM is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    deeds = _deeds(make)
    db.session.remove()
    db.engine.dispose()
    with throttle_store.started() as (address, server):
        answer = subprocess.run(
            [sys.executable, "-c", DRIVER],
            input=json.dumps({"deeds": deeds, "server": server.pid, "signal": signal}),
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
                "RATELIMIT_STORAGE_URI": address,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout.splitlines()[-1])
    assert told["said"] == {
        "register": [303] * ROUNDS,
        "cancel": [303] * ROUNDS,
        "answer": [303] * ROUNDS,
        "sync": [200] * ROUNDS,
    }
    assert "storage unreachable" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert told["slowest"] < 10
    states = dict(
        db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        .tuples()
        .all()
    )
    assert states == {"confirmed": ROUNDS, "cancelled": ROUNDS}
