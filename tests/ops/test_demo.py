"""The demo agrees with the reply it grew from, is always the same,
and is believable on the day it is made.
"""

import re
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from outreach.accounts import queries as accounts
from outreach.accounts.models import Unit
from outreach.accounts.queries import user_by_login
from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.files import StoredFile
from outreach.core.settings import ROOT
from outreach.core.sms import WRITTEN, Sms
from outreach.desk import funnel, waiting
from outreach.directory import operations as directory
from outreach.directory.models import Person, PersonPhone
from outreach.directory.queries import chamber_regions
from outreach.directory.roster_models import Batch, BatchRow
from outreach.events.models import Event, Invitation
from outreach.ops import demo
from outreach.ops.demo import catalogue
from outreach.ops.invented import Invented
from outreach.pipeline import confirming_queries, ledger_queries, light_queries, lights, sum_queries
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.models import Instalment, Milestone, Project
from outreach.registrations import message_queries, question_queries
from outreach.registrations.models import Registration, RegistrationChange


def the_figures_of_the_seed():
    """濮人社办〔2024〕56号: 1.3万 / 4000 / 360; 商协会31家、30个省市地区; 237人、13家、71.15亿元;
    落地27，千万19，亿3，百亿1.
    """
    _whole, counties, summits = funnel.lines(user_by_login("admin"))
    puyang = next(line for line in counties if line.unit.place_code == "410928")
    assert (puyang.people, puyang.screened, puyang.key) == (13_000, 4_000, 360)
    assert chamber_regions() == (31, 30)
    beijing = next(line for line in summits if "北京" in line.name and "清丰" in line.name)
    assert (beijing.arrived, beijing.sums.signed) == (237, 13)
    assert beijing.sums.intended_wan == Decimal("711500")
    assert puyang.sums.landed == 27
    bands = puyang.sums.bands
    assert (bands["1kw"], bands["1y"], bands["100y"]) == (19, 3, 1)
    township = accounts.unit_by_place("410928101")
    assert db.session.scalar(select(func.count()).where(Person.unit_id == township.id)) == 650
    towns = select(func.count()).where(Unit.level == "township", Unit.parent_id == puyang.unit.id)
    assert db.session.scalar(towns) == 20


def the_readme_tells_the_figures_of_the_home_page():
    whole, _counties, _summits = funnel.lines(user_by_login("admin"))
    steps = (whole.people, whole.screened, whole.key, whole.invited, whole.guests, whole.arrived)
    counts = [f"{count:,}" for count in (*steps, whole.sums.signed, whole.sums.landed)]
    amounts = (whole.sums.intended_wan, whole.sums.contracted_wan, whole.sums.paid_in_wan)
    yi = [f"{amount / 10_000:.2f}" for amount in amounts]
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        told = re.findall(r"\d[\d,.]*\d", text[: text.index("## ")])
        assert [found for found in told if found in counts] == counts, name
        assert [found for found in told if found in yi] == yi, name


def every_unit_has_people_and_projects():
    _whole, counties, _summits = funnel.lines(user_by_login("admin"))
    alive = {line.unit.place_code for line in counties if line.people and line.sums.signed}
    assert alive == {"410902", "410922", "410923", "410926", "410927", "410928", "410971", "410972"}


def two_red_three_yellow_the_rest_green():
    found = light_queries.lit(select(Project))
    colours = sorted(lights.light(reasons) for reasons in found.values())
    assert colours == ["red", "red", "yellow", "yellow", "yellow"]


def dates_follow_the_day_it_is_made_and_nothing_lies_ahead():
    now = clock.now()
    for column in (Registration.registered_at, AuditEntry.at, Milestone.entered_at, Instalment.entered_at):
        assert db.session.scalar(select(func.max(column))) <= now
    for column in (Agreement.signed_on, Milestone.happened_on, Instalment.paid_on):
        assert db.session.scalar(select(func.max(column))) <= clock.today()
    states = dict(db.session.execute(select(Event.city, Event.state).where(Event.starts_at > now)).all())
    assert states == {"深圳市": "published", "重庆市": "draft"}
    latest = db.session.scalar(select(func.max(Event.starts_at)).where(Event.state == "held"))
    assert now - latest < timedelta(days=18)


def facts_were_confirmed_by_somebody_else_and_a_few_wait():
    facts = [*db.session.scalars(select(Milestone)), *db.session.scalars(select(Instalment))]
    assert all(fact.entered_by_id != fact.confirmed_by_id for fact in facts)
    assert sum(fact.confirmed_at is None for fact in facts) == 5
    assert all(fact.evidence_id for fact in facts if fact.confirmed_at is None)
    firsts = [row for row in db.session.scalars(select(Agreement)) if row.counts_as == "first"]
    assert [row.title for row in firsts if not row.papers] == ["装配式建筑构件"]


def something_is_in_the_middle_of_its_way():
    """A returned entry, a start of construction that waits, a signature without its scan;
    a ledger in 亿元, a roster with a hidden row.
    """
    officer = user_by_login("officer")
    sums = sum_queries.sums(officer)[0]
    assert (sums.waiting["landed"], sums.waiting["signed"], sums.landed, sums.signed) == (1, 1, 5, 13)
    chosen = confirming_queries.select_waiting(officer)
    assert [row.kind for row in confirming_queries.rows(db.session.execute(chosen))] == ["construction"]
    assert confirming_queries.returned_count(officer) == 1
    batch = db.session.scalar(select(LedgerBatch))
    states = [line.state for line in ledger_queries.look(officer, batch)]
    assert states == ["differs", "new", "new", "unclear", "unclear"]
    assert batch.rows[1]["values"]["total"] == "12500"
    numbers = db.session.scalars(select(PersonPhone.number).where(PersonPhone.kind == "landline")).all()
    assert "010-65550137转801" in numbers


def the_roster_of_the_clerk_says_what_it_hides():
    batch = db.session.scalar(select(Batch).where(Batch.file.has(StoredFile.name.contains("推荐表"))))
    directory.read_batch(batch)
    assert batch.counts["reasons"]["hidden_row"] == 1
    rows = db.session.scalars(select(BatchRow).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number))
    cards = [row.card for row in rows]
    assert [card["posts"][0][0] for card in cards[:2]] == ["苏州澶润机电有限公司"] * 2
    assert (cards[2]["mobiles"], cards[2]["landlines"]) == ([], ["0512-65550137转806"])
    assert all("1540062009" not in str(card) for card in cards)


def the_invited_answered():
    """320 invited to Beijing: 240 came or said so, 42 declined, the others were silent."""
    beijing = db.session.scalar(select(Event.id).where(Event.title.contains("双招双引")))
    rows = select(Invitation.answer, func.count()).where(Invitation.event_id == beijing)
    answers = dict(db.session.execute(rows.group_by(Invitation.answer)).all())
    assert answers == {"yes": 240, "no": 42, "": 38}


def the_summit_ahead_shows_what_organisers_meet():
    event = db.session.scalars(select(Event).where(Event.city == "深圳市")).one()
    guests = {
        row.name: row
        for row in db.session.scalars(select(Registration).where(Registration.event_id == event.id))
    }
    states = [message_queries.of_guest(guests[name].id)[0].state for name in ("史怀玉", "孟广义", "卜志刚")]
    assert states == ["unreached", "told", "failed"]
    assert guests["郭建军"].mobile == guests["秦晓燕"].mobile
    assert guests["Chan Tai Man"].mobile.startswith("+852")
    changed = db.session.scalars(
        select(RegistrationChange.detail).where(RegistrationChange.registration_id == guests["郭建军"].id)
    )
    assert {"post", "company", "companions"} <= set(changed)
    assert [(row.kind, row.channel) for row in message_queries.templates(event.id)] == [("reminder", "sms")]
    assert [row.reserved for row in event.types if row.reserved] == [12]
    parents = {row.id: row.kind for row in question_queries.questions(event)}
    assert [parents[row.when_id] for row in question_queries.questions(event) if row.when_id] == ["yes_no"]
    from_there = select(func.count()).where(
        Invitation.event_id == event.id, Invitation.person.has(Person.city == "深圳市")
    )
    assert db.session.scalar(from_there) > 10


def monday_morning_has_something_to_do():
    for login in ("admin", "organiser", "officer", "puyang", "puyang-officer", "township"):
        assert waiting.lines(user_by_login(login)), login


def messages_of_the_past_are_not_sent_today():
    waits = select(func.count()).where(Sms.state == WRITTEN, Sms.due_at < clock.now())
    assert db.session.scalar(waits) == 0


CHECKS = (
    the_figures_of_the_seed,
    the_readme_tells_the_figures_of_the_home_page,
    every_unit_has_people_and_projects,
    two_red_three_yellow_the_rest_green,
    dates_follow_the_day_it_is_made_and_nothing_lies_ahead,
    facts_were_confirmed_by_somebody_else_and_a_few_wait,
    something_is_in_the_middle_of_its_way,
    the_invited_answered,
    the_summit_ahead_shows_what_organisers_meet,
    monday_morning_has_something_to_do,
    messages_of_the_past_are_not_sent_today,
    the_roster_of_the_clerk_says_what_it_hides,
)


def test_the_demo(app, subtests):
    """Making it takes seconds, so it is made once for every check."""
    assert demo.make(13_000)
    assert demo.make(13_000) is False
    for check in CHECKS:
        with subtests.test(check.__name__):
            check()


def test_no_venture_stands_twice():
    rows = catalogue.ventures()
    assert len({row.title for row in rows}) == len({row.company for row in rows}) == len(rows)


def test_the_same_seed_gives_the_same_people():
    first, second = Invented(7), Invented(7)
    assert [first.values("x", 1) for _person in range(50)] == [second.values("x", 1) for _person in range(50)]


def test_nobody_in_it_can_be_called():
    assert all(Invented(3).mobile().startswith(("154", "144")) for _number in range(100))
