"""限制处理: every way by which something about a person leaves the house is on this page,
and none of them names who is restricted.

A function that writes mail, a text message or a file and is not named here fails the first test; the others
walk each way with two people, one of them restricted, and then again when the restriction is lifted.
"""

import ast
import io
import re
from datetime import timedelta

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from outreach.checkin import operations as checkin
from outreach.core import clock, sms
from outreach.core.db import db
from outreach.core.mail import Mail
from outreach.core.refusals import Refused
from outreach.directory import operations as directory
from outreach.directory.card_models import GREETINGS, PRINTED
from outreach.directory.roster_models import BatchRow
from outreach.events import operations as events
from outreach.events import queries as event_queries
from outreach.liaison import operations as liaison
from outreach.ops import operations as ops
from outreach.pipeline.agreement_models import Agreement
from outreach.registrations import messages
from outreach.registrations import operations as registrations
from outreach.registrations.message_models import GuestMessage, Obstacle
from tests.law.source import PACKAGE, files, tree

#: what writes to people or makes a file
SENDS = {"attachment", "mail.write", "sms.write", "robots.write"}
#: walked below
WALKED = {
    "checkin/messages.py:arrived",
    "desk/views.py:export_taking_part",
    "directory/views/cards.py:print_directory",
    "directory/views/people.py:export_people",
    "directory/views/rosters.py:export_batch",
    "events/messages.py:invitation",
    "events/operations/inviting.py:_write",
    "events/views/invitations.py:print_letters",
    "events/views/invitations.py:take_out_sms",
    "liaison/messages.py:reminder",
    "liaison/views/pairings.py:export_pairings",
    "liaison/views/trips.py:print_trip",
    "ops/views/requests.py:export_requests",
    "pipeline/views/projects.py:export_projects",
    "reception/views/seats.py:print_paper",
    "registrations/messages.py:_write_mail",
    "registrations/messages.py:_write_sms",
    "registrations/views/guests.py:export_guests",
    "registrations/views/messages.py:messages_export",
    "registrations/views/sign_ups.py:export_sign_ups",
}
#: why these need not ask
OTHERS = {
    "the person's own right to see and take along what is kept": {"directory/views/dossiers.py:dossier_file"},
    "what a guest needs at the event they registered for": {
        "checkin/views/afterwards.py:paper_list",
        "reception/views/seats.py:print_badge",
        "reception/views/seats.py:print_plan",
    },
    "figures, organisations and projects, no people of the register": {
        "checkin/views/door.py:export_attendance",
        "desk/views.py:event_summary",
        "desk/views.py:export_funnel",
        "directory/views/organisation_proposals.py:export_organisation_proposals",
        "directory/views/organisations.py:export_organisations",
        "pipeline/views/agreements.py:export_agreements",
        "pipeline/views/confirming.py:export_unconfirmed",
        "pipeline/views/contracts.py:export_contracts",
        "pipeline/views/ledgers.py:ledger_errors",
        "pipeline/views/meetings.py:minutes",
        "pipeline/views/overviews.py:export_bulletin",
        "pipeline/views/projects.py:brief",
        "pipeline/views/reports.py:export_reports",
    },
    "what staff did": {"ops/views/auditing.py:export_audit"},
    "to staff, with an example": {"registrations/messages.py:send_test"},
}


def test_every_way_out_is_on_this_page():
    found = {
        f"{path.relative_to(PACKAGE)}:{node.name}"
        for path in files()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)} & SENDS
    }
    named = WALKED.union(*OTHERS.values())
    assert not found - named, f"walk it below, or say why it need not ask: {sorted(found - named)}"
    assert not named - found
    assert len(named) == len(WALKED) + sum(map(len, OTHERS.values()))


def _words(answer) -> str:
    """The words of a file, whatever it is."""
    assert answer.status_code == 200, answer.text[:300]
    if answer.data.startswith(b"%PDF"):
        return re.sub(
            r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
        )
    if answer.data.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        return "|".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    return answer.text


class Two:
    """A restricted person and one who is not, both everywhere."""

    def __init__(self, make, visit):
        self.make, self.user = make, make.user(email="staff@example.org")
        self.browser = visit(self.user)
        plain = {"province": "广东省", "city": "深圳市"}
        self.held = make.person(
            "毕升平", tier=2, email="held@example.org", birth=f"1970-{clock.today():%m}", **plain
        )
        self.free = make.person(
            "沈括行", tier=2, email="free@example.org", birth=f"1971-{clock.today():%m}", **plain
        )
        both = (self.held, self.free)
        for person in both:
            directory.choose(
                person, choices={PRINTED: ["mobile"], GREETINGS: ["mobile"]}, via="纸质", by=self.user
            )
        self.event = make.event(days=9, most_companions=2)
        events.invite(self.event, list(both), by=self.user)
        day = clock.today() - timedelta(days=400)
        self.post = liaison.add_post(
            make.county, title="县委书记", holder="某某", rank=1, from_on=day, user=self.user, by=None
        )
        for person in both:
            liaison.pair(self.post, person, rhythm_days=30, clerk=self.user, by=None, since_on=day)
        self.guests = [
            make.registration(self.event, one.name, mobile=one.mobile, email=one.email, guest_book=True)
            for one in both
        ]
        db.session.flush()
        assert [guest.person_id for guest in self.guests] == [one.id for one in both]

    def restrict(self) -> None:
        directory.restrict_person(self.held, reason="本人异议", by=self.user)

    def free_again(self) -> None:
        directory.lift_restriction(self.held, reason="核实无误", by=self.user)


@pytest.fixture
def two(make, visit):
    return Two(make, visit)


def _export_people(two):
    return two.browser.post("/people/export", {"reason": "存档", "full": "y"})


def _search_export(two):
    return two.browser.post("/people/export?city=深圳市", {"reason": "存档", "full": "y"})


def _directory_pdf(two):
    data = {"unit_id": two.make.township.id, "recipient": "存档", "order": "strokes"}
    return two.browser.post("/printed", data)


def _directory_sheet(two):
    data = {"unit_id": two.make.township.id, "recipient": "存档", "order": "strokes", "as": "xlsx"}
    return two.browser.post("/printed", data)


def _doubtful(two):
    return two.browser.post(f"/rosters/{_batch(two).id}/doubtful", {"reason": "核对"})


def _batch(two):
    rows = "姓名,手机,单位\n" + "".join(f"{one.name},15400,某公司\n" for one in (two.held, two.free))
    batch = directory.upload_roster(
        two.make.township, name=f"{clock.now().timestamp()}.csv", content=rows.encode(), by=two.user
    )
    db.session.commit()
    directory.read_batch(batch)
    for person in (two.held, two.free):
        row = next(
            row
            for row in db.session.scalars(select(BatchRow).where(BatchRow.batch_id == batch.id))
            if person.name in str(row.raw)
        )
        row.person_id = person.id
    db.session.commit()
    return batch


def _letters(two):
    return two.browser.post(f"/events/{two.event.id}/invited/letters", {"reason": "寄出", "all": "1"})


def _pairings(two):
    return two.browser.post("/liaison/pairings/export", {"reason": "存档", "full": "y"})


def _trip_sheet(two):
    trip = two.trip
    return two.browser.post(f"/trips/{trip.id}/sheet", {"reason": "带走"})


def _trip_calendar(two):
    return two.browser.get(f"/trips/{two.trip.id}/trip.ics")


def _feed(two):
    return two.browser.get(f"/calendar/{liaison.make_feed(by=two.user)}.ics")


def _guests(two):
    return two.browser.post(f"/events/{two.event.id}/guests/export", {"reason": "存档", "full": "y"})


def _told(two):
    return two.browser.post(f"/events/{two.event.id}/messages/export", {"reason": "存档", "full": "y"})


def _sign_ups(two):
    address = f"/events/{two.event.id}/items/{two.item.id}/guests/export"
    return two.browser.post(address, {"reason": "存档", "full": "y"})


def _roster(two):
    return two.browser.post(
        f"/events/{two.event.id}/papers",
        {"reason": "存档", "paper": "roster", "which": "all", "format": "pdf"},
    )


def _book(two):
    return two.browser.post(
        f"/events/{two.event.id}/papers", {"reason": "存档", "paper": "book", "which": "all", "format": "pdf"}
    )


def _invited_export(two):
    return two.browser.post("/home/summits/export?step=invited", {"reason": "存档"})


def _guests_of_summits(two):
    return two.browser.post("/home/summits/export?step=guests", {"reason": "存档"})


def _ledger(two):
    for person in (two.held, two.free):
        if db.session.scalar(select(Agreement.id).where(Agreement.person_id == person.id)) is None:
            two.make.project(two.make.agreement(two.make.county, person=person))
    db.session.commit()
    return two.browser.post("/projects/export")


def _requests(two):
    for person in (two.held, two.free):
        ops.file_request(person, kind="access", said="")
    return two.browser.post("/requests/export", {"reason": "督查"})


#: file -> (how it is asked for, what names the restricted person, what names the other)
FILES = {
    "people": (_export_people, "毕升平", "沈括行"),
    "people of a search": (_search_export, "毕升平", "沈括行"),
    "the printed directory": (_directory_pdf, "毕升平", "沈括行"),
    "its sheet": (_directory_sheet, "毕升平", "沈括行"),
    "doubtful rows of a roster": (_doubtful, "毕升平", "沈括行"),
    "letters on paper": (_letters, "毕升平", "沈括行"),
    "pairings": (_pairings, "毕升平", "沈括行"),
    "the ledger of projects": (_ledger, "毕升平", "沈括行"),
    "the register of requests": (_requests, "毕*", "沈*"),
    "the sheet of a trip": (_trip_sheet, "毕升平", "沈括行"),
    "the calendar of a trip": (_trip_calendar, "毕*", "沈*"),
    "a private calendar": (_feed, "毕*", "沈*"),
    "guests": (_guests, "毕升平", "沈括行"),
    "messages": (_told, "毕升平", "沈括行"),
    "who comes to an item": (_sign_ups, "毕升平", "沈括行"),
    "the roster of an event": (_roster, "毕升平", "沈括行"),
    "the book of an event": (_book, "毕升平", "沈括行"),
    "who was invited to summits": (_invited_export, "毕*", "沈*"),
    "who has a place at summits": (_guests_of_summits, "毕*", "沈*"),
}


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_who_is_restricted(two, name):
    asked, held, free = FILES[name]
    day = clock.today() + timedelta(days=3)
    where = {"province": "广东省", "city": "深圳市", "from_on": day, "until_on": day, "party": ""}
    two.trip = liaison.plan_trip(two.make.county, [two.held, two.free], post=None, by=two.user, **where)
    two.item = events.add_item(
        two.event,
        starts_at=two.event.starts_at,
        minutes=10,
        title="参观",
        title_en="",
        speaker="",
        sign_up=True,
        capacity=9,
        by=None,
    )
    for guest in two.guests:
        registrations.sign_up(guest, two.item)
    two.restrict()
    words = _words(asked(two))
    assert free in words
    assert held not in words
    two.free_again()
    assert held in _words(asked(two)), "lifted: as before"


def _outbox(kind: str) -> set[str]:
    letters = set(
        db.session.scalars(select(Mail.recipient).where(Mail.kind == kind, Mail.refused_at.is_(None)))
    )
    texts = select(sms.Sms.mobile).where(sms.Sms.kind == kind, sms.Sms.state == sms.WRITTEN)
    return letters | set(db.session.scalars(texts))


@pytest.mark.parametrize("verb", ["send", "remind"])
def test_no_wave_no_invitation_no_reminder(two, verb):
    address = f"/events/{two.event.id}/invited"
    if verb == "remind":
        two.browser.post(f"{address}/send", {"channel": "both", "all": "1"})
    two.restrict()
    two.browser.post(f"{address}/{verb}", {"channel": "both", "all": "1"})
    kind = "events/remind" if verb == "remind" else "events/invite"
    assert two.free.mobile in _outbox(kind)
    assert two.held.mobile not in _outbox(kind)
    assert two.held.email not in _outbox("events/invitation")
    assert two.free.email in _outbox("events/invitation")
    invitation = next(row for row in _invitations(two) if row.person_id == two.held.id)
    with pytest.raises(Refused):
        events.hand_on(invitation, channel="copied", by=two.user)
    sheet = two.browser.post(f"{address}/sms", {"reason": "送出"})
    assert two.free.mobile in _words(sheet)
    assert two.held.mobile not in _words(sheet)


def _invitations(two):
    return db.session.scalars(event_queries.select_invitations(two.event, two.user)).unique().all()


def test_what_waits_is_withdrawn_and_stays_so(two):
    two.browser.post(f"/events/{two.event.id}/invited/send", {"channel": "both", "all": "1"})
    messages.reminder(two.guests[0])
    ticket = _outbox("registrations/confirmed")
    assert two.held.email in ticket
    two.restrict()
    assert two.held.email not in _outbox("events/invitation") | _outbox("registrations/reminder")
    assert two.held.mobile not in _outbox("events/invite")
    assert two.free.email in _outbox("events/invitation")
    assert _outbox("registrations/confirmed") == ticket, "the ticket answers what they did"
    two.free_again()
    assert two.held.email not in _outbox("events/invitation") | _outbox("registrations/reminder")
    messages.reminder(two.guests[0])
    assert two.held.email in _outbox("registrations/reminder"), "a withdrawn letter is none that came back"


def test_nobody_restricted_is_invited_by_filter_or_sheet(two, make):
    later = make.event(days=20)
    two.restrict()
    address = f"/events/{later.id}/invitations"
    page = two.browser.get(f"{address}?city=深圳市&at_least=1").text
    assert "沈*" in page
    assert "毕*" not in page
    two.browser.post(f"{address}?city=深圳市&at_least=1", {"all": "1", "type_id": 0, "wave": ""})
    two.browser.post(address, {"person": [str(two.held.id)], "type_id": 0, "wave": ""})
    invited = set(db.session.scalars(event_queries.invited_ids(later)))
    assert invited == {two.free.id}
    assert events.invite(later, [two.held], by=two.user) == 0
    sheet = (io.BytesIO(f"姓名,手机\n毕升平,{two.held.mobile}\n沈括行,{two.free.mobile}\n".encode()), "a.csv")
    answer = two.browser.post(f"{address}/sheet", {"file": sheet}, content_type="multipart/form-data")
    assert f'value="{two.free.id}"' in answer.text
    assert f'value="{two.held.id}"' not in answer.text


def test_guests_are_told_only_what_answers_what_they_did(two, make):
    two.restrict()
    item = events.add_item(
        two.event, starts_at=two.event.starts_at, minutes=10, title="参观", title_en="", speaker="", by=None
    )
    told = [
        messages.event_changed(two.guests[0], _before(two.event), ["venue"]),
        messages.event_cancelled(two.guests[0]),
        messages.item_moved(two.guests[0], item),
        messages.reminder(two.guests[0]),
        messages.thanks(two.guests[0], "感谢", asks=False, channel="both"),
    ]
    assert {row.kind for row in told} == set(messages.UNASKED)
    for row in told:
        assert (row.mail_id, row.sms_id, row.obstacle) == (None, None, Obstacle.RESTRICTED)
    assert messages.ticket_again(two.guests[0]).mail_id is not None
    later = make.event(days=30)
    guest = make.registration(later, two.held.name, mobile=two.held.mobile, email=two.held.email)
    mine = select(GuestMessage).where(GuestMessage.registration_id == guest.id)
    assert db.session.scalars(mine).unique().one().mail_id is not None
    assert messages.reminder(two.guests[1]).mail_id is not None
    page = two.browser.get(f"/events/{two.event.id}/messages").text
    assert "限制处理" in page


def _before(event) -> dict:
    return {
        name: getattr(event, name)
        for name in ("starts_at", "ends_at", "city", "venue", "venue_en", "address")
    }


def test_a_companion_reached_through_a_restricted_guest_is_not_written_to(two):
    registrations.bring(two.guests[0], [("随行甲", "某公司")], by=None)
    db.session.flush()
    companion = two.guests[0].companions[0]
    two.restrict()
    assert messages.reminder(companion).obstacle == Obstacle.RESTRICTED


def test_no_queue_no_proposal_no_visit_no_greeting_puts_them_forward(two):
    two.held.tier = two.free.tier = 1
    db.session.flush()
    two.restrict()
    queue = two.browser.get("/screening?queue=new").text
    assert "沈*" in queue
    assert "毕*" not in queue
    assert directory.decide_many([two.held, two.free], tier=2, reason="企业主", by=two.user) == 1
    assert directory.propose_many([two.held, two.free], tier=3, grounds="龙头", by=two.user) == 1
    for deed in (
        lambda: directory.propose_tier(two.held, tier=2, grounds="x", evidence=None, by=two.user),
        lambda: directory.decide_tier(two.held, tier=2, reason="x", by=two.user),
        lambda: liaison.pair(two.post, two.held, rhythm_days=9, clerk=None, by=two.user),
        lambda: liaison.plan_contact(
            two.held, way="visit", day=clock.today(), place="", party="", post=None, by=two.user
        ),
    ):
        with pytest.raises(Refused):
            deed()
    near = two.browser.get(
        f"/trips/new?province=广东省&from_on={clock.today()}&until_on={clock.today()}&at_least=1"
    ).text
    assert "沈*" in near
    assert "毕*" not in near
    two.held.tier = 2
    start = two.browser.get("/liaison").text
    assert "沈*" in start
    assert "毕*" not in start, "neither due nor to be greeted"


def test_no_letter_to_staff_names_them(two):
    two.restrict()
    liaison.remind_all()
    letter = db.session.scalars(select(Mail).where(Mail.kind == "liaison/reminder")).one()
    assert "沈*" in letter.text
    assert "毕*" not in letter.text


def test_nobody_is_told_of_their_arrival(two, make):
    checkin.choose_brief(two.user, way="mail", address="")
    two.restrict()
    gate = make.gate(two.event)
    make.begins(two.event)
    for place, guest in enumerate(two.guests):
        checkin.admit(two.event, guest, key=f"door-{place:020d}", gate=gate, device_at=None, by=two.user)
    subjects = list(db.session.scalars(select(Mail.subject).where(Mail.kind == "checkin/arrived")))
    assert len(subjects) == 1
    assert subjects[0].startswith("沈*")


def test_found_opened_and_counted_as_before(two):
    def figures() -> tuple:
        return two.browser.get("/people").text.count("</tr>"), _words(two.browser.post("/home/export"))

    before = figures()
    two.restrict()
    page = two.browser.get("/people?text=毕升平").text
    assert "is-restricted" in page
    assert "限制处理" in page
    assert two.browser.get(f"/people/{two.held.id}").status_code == 200
    assert figures() == before
    only = two.browser.get("/people?consent=restricted").text
    assert "毕*" in only
    assert "沈*" not in only
