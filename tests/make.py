"""Rows for tests, with plain defaults and nothing clever."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

from outreach.accounts import passwords
from outreach.accounts.models import Grant, Unit, User
from outreach.accounts.queries import unit_by_place
from outreach.checkin import operations as checkin
from outreach.core import clock, files
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.events import operations as events
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from outreach.pipeline import operations as pipeline
from outreach.registrations import operations as registrations
from outreach.registrations import queries as guests
from outreach.registrations import tickets

PASSWORD = "Wild-Goose-7"
_HASH = passwords.hashed(PASSWORD)
_count = itertools.count(1)


class Maker:
    """Makes rows and flushes them; the caller commits by visiting."""

    @property
    def city(self) -> Unit:
        return unit_by_place("4109")

    @property
    def county(self) -> Unit:
        """清丰县."""
        return unit_by_place("410922")

    @property
    def other_county(self) -> Unit:
        """濮阳县."""
        return unit_by_place("410928")

    @property
    def township(self) -> Unit:
        """马庄桥镇 of 清丰县."""
        return unit_by_place("410922101")

    def user(self, role: str | None = Role.ORGANISER, unit: Unit | None = None, **values) -> User:
        number = next(_count)
        user = User(
            login=f"user{number}", name=f"用户{number}", password_hash=_HASH, must_change_password=False
        )
        for name, value in values.items():
            setattr(user, name, value)
        db.session.add(user)
        if role:
            user.grants.append(Grant(unit=unit or self.county, role=role))
        db.session.flush()
        return user

    def person(self, name: str = "王建国", unit: Unit | None = None, **values):
        number = next(_count)
        plain = {"mobiles": [f"154{number:08d}"], "company": "", "title": ""}
        return directory.add_person(
            unit or self.township, source="test", by=None, name=name, **{**plain, **values}
        )

    def event(self, unit: Unit | None = None, *, published: bool = True, days: int = 7, **values):
        """In ``days``; 0: it begins now, its gates admit, and whoever comes still registers."""
        starts = clock.now().replace(microsecond=0) + timedelta(days=days)
        plain = {
            "title": "清丰县恳谈会",
            "city": "深圳市",
            "venue": "会议厅",
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=3),
            "capacity": 10,
            "closes_at": None if days else starts + timedelta(hours=3),
        }
        event = events.add_event(unit or self.county, by=None, **{**plain, **values})
        if published:
            events.publish(event, by=None)
        db.session.flush()
        return event

    def guest_type(self, event, name: str = "媒体", **values):
        plain = {
            "name_en": "",
            "colour": "blue",
            "place": 20,
            "capacity": None,
            "approval": False,
            "public": True,
            "moving": False,
        }
        return events.save_type(event, None, by=None, name=name, **{**plain, **values})

    def registration(self, event, name: str = "李丽", **values):
        number = next(_count)
        plain = {
            "request_key": f"request-key-{number:08d}",
            "company": "某公司",
            "post": "经理",
            "mobile": f"144{number:08d}",
            "email": "",
            "locale": "zh_Hans_CN",
        }
        values = {**plain, **values}
        row = guests.by_page_key(registrations.register(event.slug, name=name, **values))
        return row.repeats or row  # the first one stands

    def begins(self, event) -> None:
        """Its day has come: guests are admitted."""
        event.starts_at, event.ends_at = clock.now(), clock.now() + timedelta(hours=3)
        event.closes_at = event.ends_at
        db.session.flush()

    def gate(self, event, name: str = "一号门"):
        gate = checkin.add_gate(event, name=name, by=None)
        db.session.flush()
        return gate

    def scan(self, event, scanned: str, **known):
        """As the staff's page does it: read, find who has it, judge."""
        ticket = tickets.read(scanned)
        return checkin.scan(event, ticket, guests.held(ticket.code) if ticket else None, **known)

    def contact(self, person, *, by: User, **values):
        """A call that took place today and left nothing to follow up."""
        plain = {
            "way": "call",
            "day": clock.today(),
            "place": "",
            "party": "",
            "post": None,
            "said": "问候近况",
            "next_on": None,
            "wish": "",
            "lead": "",
            "promise": "",
            "owner": None,
            "due_on": None,
            "evidence": None,
        }
        return liaison.record_contact(person, by=by, **{**plain, **values})

    def agreement(self, unit: Unit | None = None, *, scan: bool = True, **values):
        """A signature; ``scan``: with its paper on file, which proves it."""
        plain = {
            "company": f"某投资有限公司{next(_count)}",
            "kind": "letter",
            "title": "家居产业园",
            "signed_on": date(2024, 1, 8),
            "intended_wan": Decimal(12_000),
            "contracted_wan": None,
            "contract_by": None,
            "stated": "",
            "event": None,
            "person": None,
            "by": None,
        }
        agreement = pipeline.sign(unit or self.county, **{**plain, **values})
        db.session.flush()
        if scan:
            content = b"%PDF-1.4 scan of agreement " + str(agreement.id).encode()
            pipeline.add_paper(agreement, file_name="协议.pdf", content=content, by=None)
            db.session.flush()
        return agreement

    def project(self, agreement=None, officer: User | None = None, **values):
        plain = {"name": "家居产业园项目", "industry": "C", "site": "", "by": None}
        project = pipeline.start_project(
            agreement or self.agreement(), officer=officer, **{**plain, **values}
        )
        db.session.flush()
        return project

    def confirmed(self, project, by: User | None = None) -> None:
        """Whatever waits in a project gets a proof and the word of a second person."""
        checker = by or self.user()
        taken_back = {row.corrects_id for row in project.instalments}
        money = [row for row in project.instalments if not row.corrects_id and row.id not in taken_back]
        waiting = [*project.standing.values(), *money]
        for place, fact in enumerate(row for row in waiting if not row.confirmed_at):
            if fact.evidence is None:
                content = f"%PDF-1.4 proof {project.id} {type(fact).__name__} {place}".encode()
                evidence = files.keep("证明.pdf", content, "application/pdf", by=None)
                fact.evidence = evidence
            db.session.flush()
            pipeline.confirm(project, fact, by=checker)
