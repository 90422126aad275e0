"""A letter from the outbox through a real SMTP server, parsed as it arrived."""

import io
import socket
from email import message_from_bytes, policy

import pytest
import vobject
import zxingcpp
from aiosmtpd.controller import Controller
from PIL import Image
from sqlalchemy import select

from outreach.core import jobs, worker
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.registrations import operations, tickets


class Box:
    """Keeps what is delivered; refuses the first ``refusals`` letters."""

    def __init__(self):
        self.letters, self.refusals = [], 0

    async def handle_DATA(self, _server, _session, envelope):
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 ok"


@pytest.fixture
def box(app, monkeypatch):
    handler = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setitem(app.config, "SMTP_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "SMTP_PORT", str(port))
    yield handler
    server.stop()


def test_the_confirmation_arrives_with_picture_and_calendar(box, make):
    event = make.event(title="清丰县（深圳）恳谈会")
    registration = make.registration(event, name="李丽", email="li@example.com")
    db.session.commit()
    assert box.letters == []
    worker.drain()
    letter = box.letters[0]
    assert letter["To"] == "li@example.com"
    assert letter["Subject"] == "报名成功：清丰县（深圳）恳谈会"
    assert f"/t/{registration.page_token}" in letter.get_body(("plain",)).get_content()
    assert f"/t/{registration.page_token}" in letter.get_body(("html",)).get_content()
    files = {part.get_filename(): part for part in letter.iter_attachments()}
    picture = Image.open(io.BytesIO(files["ticket.png"].get_content()))
    assert tickets.code_in(zxingcpp.read_barcodes(picture)[0].text) == registration.code
    calendar = files["event.ics"]
    assert calendar.get_param("method") == "PUBLISH"
    assert vobject.readOne(calendar.get_content()).vevent.summary.value == event.title


def test_a_letter_is_sent_once_and_again_after_a_refusal(box, make):
    box.refusals = 1
    make.registration(make.event(), email="li@example.com")
    db.session.commit()
    worker.drain()
    assert box.letters == []
    assert "451" in db.session.scalar(select(Mail.fault))
    job = db.session.scalar(select(jobs.Job))
    job.due_at = job.created_at
    db.session.commit()
    worker.drain()
    worker.drain()
    assert len(box.letters) == 1
    assert db.session.scalar(select(Mail.sent_at)) is not None


def test_nothing_is_sent_for_what_was_rolled_back(box, make):
    make.event()
    db.session.commit()
    make.registration(make.event(), email="li@example.com")
    db.session.rollback()
    worker.drain()
    assert box.letters == []


def test_who_moves_up_is_told(box, make):
    event = make.event(capacity=1)
    first = make.registration(event)
    make.registration(event, email="li@example.com")
    operations.cancel(first, by=None)
    db.session.commit()
    worker.drain()
    assert [letter["Subject"].split("：")[0] for letter in box.letters] == ["已列入候补", "报名成功"]
