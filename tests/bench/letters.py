"""2,000 people invited, their answers approved, every letter sent:
the clicks, and whether the worker keeps up, against the bare sending of as many mails.
"""

import smtplib
import time
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.bench.house import build
from tests.bench.server import free_port

PEOPLE = 2_000
#: a ticket with its picture, calendar file and records may take so many times a bare mail: 2,000 within a
#: minute here
BAR = 12.0


class _Count:
    """A mail server that takes everything and counts."""

    def __init__(self):
        self.count = 0

    async def handle_DATA(self, _server, _session, _envelope):
        self.count += 1
        return "250 OK"


def _bare(port: int) -> float:
    """Seconds for as many plain mails, a connection each, as the house sends them."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "b@example.org", "x"
    letter.set_content("x" * 500)
    began = time.perf_counter()
    for _turn in range(PEOPLE):
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(letter)
    return time.perf_counter() - began


def _house():
    """The ids of (event, organiser, people with a mail address each); guests wait for approval."""
    from outreach.core.db import db
    from outreach.permissions import Role
    from tests.make import Maker

    make = Maker()
    event = make.event(capacity=PEOPLE)
    event.types[0].approval = True
    people = [
        make.person(f"王{chr(0x4E00 + number)}", email=f"guest{number}@example.org")
        for number in range(PEOPLE)
    ]
    user = make.user(Role.ORGANISER)
    db.session.commit()
    found = event.id, user.id, [person.id for person in people]
    db.session.remove()
    return found


def _answers(event) -> None:
    from outreach.core.db import db
    from outreach.registrations import operations

    for number in range(PEOPLE):
        operations.register(
            event.slug,
            request_key=f"bench-letters-{number:08d}",
            name="李丽",
            company="某公司",
            post="",
            mobile=f"144{number:08d}",
            email=f"guest{number}@example.org",
            locale="zh_Hans_CN",
        )
        if number % 100 == 99:
            db.session.commit()


def _timed(words: str, deed) -> float:
    began = time.perf_counter()
    deed()
    took = time.perf_counter() - began
    print(f"    {words:46} {took:6.1f} s")
    return took


def _walk(app) -> float:
    """Seconds the worker takes for a letter each to everybody:
    the last of its three rounds, with ticket picture and calendar.
    """
    from sqlalchemy import select

    from outreach.accounts.models import User
    from outreach.core import worker
    from outreach.core.db import db
    from outreach.directory.models import Person
    from outreach.events import operations as events
    from outreach.events import queries
    from outreach.events.models import Event
    from outreach.registrations import operations
    from outreach.registrations.models import Registration

    event_id, user_id, people_ids = _house()

    def now(model, ids):  # each step reads its rows anew and lets them go, as requests and the worker do
        return list(db.session.scalars(select(model).where(model.id.in_(ids))).unique())

    def step(words: str, deed) -> float:
        took = _timed(
            words, lambda: (deed(*now(Event, [event_id]), *now(User, [user_id])), db.session.commit())
        )
        db.session.remove()
        return took

    def write(event, user):
        rows = list(db.session.scalars(queries.select_invitations(event, user)).unique())
        events.send_invitations(event, rows, channel="mail", remind=False, by=user)

    def approve(event, user):
        for row in db.session.scalars(select(Registration).where(Registration.event_id == event.id)).all():
            operations.approve(row, by=user)

    def drain(*_nobody):
        db.session.remove()
        worker.drain()

    step(
        f"inviting {PEOPLE:,} people",
        lambda event, user: events.invite(event, now(Person, people_ids), by=user),
    )
    step("writing the invitations", write)
    step("the worker sends them", drain)
    step(f"{PEOPLE:,} guests register", lambda event, _user: _answers(event))
    step("the worker sends what they get", drain)
    step("approving all of them", approve)
    return step("the worker sends their tickets", drain)


def run() -> list[str]:
    """Both databases."""
    missed = []
    for database in ("sqlite", "postgresql"):
        handler, port = _Count(), free_port()
        server = Controller(handler, hostname="127.0.0.1", port=port)
        server.start()
        try:
            app = build(database)
            app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=str(port))
            floor = _bare(port)
            print(f"  {database}: {PEOPLE:,} bare mails in {floor:.1f} s")
            handler.count = 0
            with app.test_request_context():
                took = _walk(app)
        finally:
            server.stop()
        ratio = took / floor
        print(
            f"  {database}: {handler.count:,} letters arrived; "
            f"tickets {PEOPLE / took:.0f} a second, {ratio:.1f} times the bare sending (bar {BAR:.0f})"
        )
        missed += [f"letters on {database}"] if ratio > BAR or handler.count < 3 * PEOPLE else []
    return missed
