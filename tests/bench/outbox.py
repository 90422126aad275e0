"""The outbox under strain: registering while the mail server is silent, a ticket behind a wave,
letters a second by workers.

Rates are ratios to the same server with a mail server that answers, in turns of one run.
"""

import json
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from outreach.core.settings import ROOT
from tests.bench import load
from tests.bench.server import Client, environment, flask, free_port, serving

#: registrations with a silent mail server against one that answers
BAR = 0.8
#: seconds from the confirmation to the arrival of the ticket's letter behind a wave
TICKET_BAR = 5.0
CLIENTS, EACH, ROUNDS, SECONDS = 8, 60, 3, 3.0
WAVE, WINDOW = 13_000, 10.0
PREPARE = """
from tests.make import Maker
from outreach.core.db import db
event = Maker().event(capacity=20000)
db.session.commit()
print("JSON" + event.slug)
"""
FILL = f"""
from outreach.core import clock, mail
from outreach.core.db import db, pour
from outreach.core.jobs import Job, Lane, enqueue_once
from outreach.core.mail import Mail
db.session.execute(db.delete(Job))  # what the rounds before left
db.session.execute(db.update(Mail).values(sent_at=clock.now()))
columns = ("kind", "recipient", "subject", "text", "html", "attachments", "message_id", "written_at", "fault")
def row(n):
    told = (f"guest{{n}}@example.org", "wave", "x" * 400, "<p>x</p>", [], f"<w{{n}}@bench>")
    return ("events/invitation", *told, clock.now(), "")
pour(Mail, columns, [row(n) for n in range({WAVE})])
keys = db.session.scalars(db.select(Mail.id).where(Mail.subject == "wave")).all()
for start in range(0, len(keys), 1000):
    some = keys[start:start + 1000]
    enqueue_once("mail.send", {{f"mail-{{key}}": {{"mail_id": key}} for key in some}}, lane=Lane.BULK)
db.session.commit()
"""


class _Arrivals:
    """A mail server that takes everything and notes when a ticket came."""

    def __init__(self):
        self.count, self.tickets = 0, []

    async def handle_DATA(self, _server, _session, envelope):
        self.count += 1
        if any("ticket" in recipient for recipient in envelope.rcpt_tos):
            self.tickets.append(time.perf_counter())
        return "250 OK"


@contextmanager
def _silent():
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def accept():
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


@contextmanager
def _worker(settings: dict, smtp: int, processes: int = 1):
    """Worker processes that speak to the mail server on this port."""
    command = [sys.executable, "-m", "flask", "worker", "--processes", str(processes)]
    mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp)}
    running = subprocess.Popen(
        command, env={**settings, **mail}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(6)
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def _script(settings: dict, lines: str) -> str:
    script = "from outreach import create_app\napp = create_app()\nwith app.test_request_context():\n"
    script += "".join(f"    {line}\n" for line in lines.splitlines())
    done = subprocess.run(
        [sys.executable, "-c", script], env=settings, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.partition("JSON")[2].strip()


def _guests(client: Client, token: str, slug: str, mark: int) -> list[list[bytes]]:
    def one(number: int, turn: int) -> bytes:
        guest = {
            "request_key": f"{mark}-{number:04d}-{turn:06d}-outbox",
            "name": "李丽",
            "company": "某某有限公司",
            "post": "经理",
            "mobile": f"15{mark}{number:03d}{turn:05d}",
            "email": f"g{mark}-{number}-{turn}@example.org",
            "consent": "y",
        }
        body = urllib.parse.urlencode(guest).encode()
        kind = "application/x-www-form-urlencoded"
        return load.request(
            "POST", f"/e/{slug}/register", body, Cookie=client.cookie, Content_Type=kind, X_CSRFToken=token
        )

    return [[one(number, turn) for turn in range(EACH)] for number in range(CLIENTS)]


def _ticket_seconds(client: Client, token: str, slug: str, arrivals: _Arrivals) -> float:
    """From the answer to the arrival; a minute where it did not come."""
    client.post(
        f"/e/{slug}/register",
        csrf_token=token,
        request_key="outbox-ticket-behind-the-wave",
        name="王毅",
        company="某公司",
        post="",
        mobile="15499999999",
        email="ticket@example.org",
        consent="y",
    )
    began = time.perf_counter()
    while not arrivals.tickets and time.perf_counter() < began + 60:
        time.sleep(0.02)
    return arrivals.tickets[0] - began if arrivals.tickets else 60.0


def _run(database: str) -> list[str]:
    settings = environment(database)
    flask(settings, "set-up")
    slug = _script(settings, PREPARE)
    arrivals, port = _Arrivals(), free_port()
    answering = Controller(arrivals, hostname="127.0.0.1", port=port)
    answering.start()
    missed, rates = [], {"answering": [], "silent": []}
    try:
        with serving(settings) as web, _silent() as mute:
            client = Client(web)
            token = client.token(f"/e/{slug}/register")
            for turn in range(ROUNDS):
                for place, (name, smtp) in enumerate((("answering", port), ("silent", mute))):
                    with _worker(settings, smtp):
                        batches = _guests(client, token, slug, 2 * turn + place)
                        rates[name].append(load.run(web, batches, SECONDS)["rate"])
            ratio = statistics.median(
                silent / well for silent, well in zip(rates["silent"], rates["answering"], strict=True)
            )
            print(
                f"  {database}: registrations {json.dumps(rates)}, silent / answering {ratio:.2f} (bar {BAR})"
            )
            missed += [f"registering while mail is silent on {database}"] if ratio < BAR else []
            _script(settings, FILL)
            for processes in (1, 4):
                with _worker(settings, port, processes):
                    if processes == 1:
                        took = _ticket_seconds(client, token, slug, arrivals)
                        print(
                            f"  {database}: a ticket behind {WAVE:,} letters after {took:.2f} s "
                            f"(bar {TICKET_BAR:.0f})"
                        )
                        missed += [f"a ticket behind a wave on {database}"] if took > TICKET_BAR else []
                    before = arrivals.count
                    time.sleep(WINDOW)
                    print(
                        f"  {database}: {processes} workers "
                        f"send {(arrivals.count - before) / WINDOW:.0f} letters a second"
                    )
    finally:
        answering.stop()
    return missed


def run() -> list[str]:
    """Both databases."""
    return [line for database in ("sqlite", "postgresql") for line in _run(database)]
