"""Mail servers that are silent or drip, real ones:
nobody else waits for them, and a letter keeps its Message-ID.
"""

import socket
import threading
import time

import pytest
from sqlalchemy import select

from outreach.core import jobs, mail, outbound, worker
from outreach.core.db import db
from outreach.core.jobs import Job
from outreach.core.mail import Mail
from outreach.registrations import operations


class Server:
    """Takes connections and says nothing, or one byte of its greeting every ``drip`` seconds."""

    def __init__(self, drip: float | None = None):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.drip, self.connected = self._socket.getsockname()[1], drip, threading.Event()
        self._open = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            self.connected.set()
            if self.drip is not None:
                threading.Thread(target=self._say, args=(connection,), daemon=True).start()

    def _say(self, connection):
        try:
            for byte in b"220-" + b"x" * 1000:
                connection.sendall(bytes([byte]))
                time.sleep(self.drip)
        except OSError:
            return

    def close(self):
        self._socket.close()
        for connection in self._open:
            connection.close()


@pytest.fixture
def server(app, monkeypatch, request):
    running = Server(getattr(request, "param", None))
    monkeypatch.setitem(app.config, "SMTP_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "SMTP_PORT", str(running.port))
    yield running
    running.close()


def test_others_write_while_the_mail_server_is_silent(app, make, server, monkeypatch):
    monkeypatch.setattr(mail, "SILENCE", 3)
    slug = make.event().slug
    make.registration(make.event(), email="li@example.com")
    db.session.commit()
    took = []

    def register():
        with app.app_context():
            server.connected.wait(10)
            began = time.monotonic()
            operations.register(
                slug,
                request_key="k" * 20,
                name="李丽",
                company="某公司",
                post="",
                mobile="15411112222",
                email="",
                locale="zh_Hans_CN",
            )
            db.session.commit()
            db.session.remove()
            took.append(time.monotonic() - began)

    other = threading.Thread(target=register)
    other.start()
    began = time.monotonic()
    worker.drain()
    other.join()
    assert took[0] < 1.5 < time.monotonic() - began
    assert "Unreachable" in db.session.scalar(select(Job.fault).where(Job.task == "mail.send"))


@pytest.mark.parametrize("server", [0.2], indirect=True)
def test_a_server_that_drips_holds_nobody_longer_than_the_deadline(make, server, monkeypatch):
    monkeypatch.setitem(jobs.TASKS, "mail.send", jobs.Task("mail.send", mail.send, seconds=1, most_tries=24))
    make.registration(make.event(), email="li@example.com")
    db.session.commit()
    began = time.monotonic()
    worker.drain(1)
    assert time.monotonic() - began < 4
    row = db.session.scalar(select(Mail))
    assert row.sent_at is None
    assert row.fault


def test_a_letter_keeps_its_id_and_has_one_job_whoever_starts(make, server, monkeypatch):
    monkeypatch.setattr(mail, "SILENCE", 0.2)
    make.registration(make.event(), email="li@example.com")
    db.session.commit()
    named = db.session.scalar(select(Mail.message_id))
    assert named
    worker.drain()
    for _worker in range(4):
        assert mail.send_waiting() == 1
    assert db.session.scalar(select(Mail.message_id)) == named
    assert len(db.session.scalars(select(Job).where(Job.task == "mail.send")).all()) == 1
    assert mail.compose(db.session.scalar(select(Mail)))["Message-ID"] == named


@pytest.mark.parametrize("server", [0.2], indirect=True)
def test_a_gateway_that_drips_is_broken_off_too(app, server):
    db.session.commit()
    began = time.monotonic()
    with pytest.raises(outbound.Unreachable), worker.time_limit(1):
        outbound.post_json(f"http://127.0.0.1:{server.port}/", {})
    assert time.monotonic() - began < 4
