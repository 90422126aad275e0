"""A person with everything attached is erased and looked for in every column of every table."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import JSON, func, select

from outreach.checkin.models import Scan
from outreach.core import clock, robots, worker
from outreach.core.audit import AuditEntry
from outreach.core.db import Base, db
from outreach.core.masking import ERASED
from outreach.directory import card_queries
from outreach.directory import operations as directory
from outreach.directory.erasure_models import Tombstone
from outreach.directory.models import Person
from outreach.directory.roster_models import Batch, BatchRow
from outreach.events import operations as events
from outreach.events.models import Event, Invitation
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from outreach.pipeline import operations as pipeline
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Project
from outreach.reception import operations as reception
from outreach.registrations import operations as registrations
from outreach.registrations.models import Registration

NAME, NUMBER, OTHER, MAIL, WECHAT = (
    "单于鸿雁",
    "15498761234",
    "15498765678",
    "hongyan@example.org",
    "goose-hy88",
)
WORDS = (NAME, "15498761234", "15498765678", MAIL, WECHAT, "hongyan", "鸿雁投资")
ROW = (NAME, NUMBER, "清丰县马庄桥镇", "某公司董事长", "1968年生")


def _roster(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in (("姓名", "手机", "籍贯", "单位及职务", "备注"), *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _upload(make, content: bytes, *, apply: bool = True) -> Batch:
    batch = directory.upload_roster(make.county, name=f"{NAME}等.xlsx", content=content, by=make.user())
    db.session.commit()
    worker.drain()
    if apply:
        directory.apply_batch(db.session.get_one(Batch, batch.id), by=make.user())
        db.session.commit()
        worker.drain()
    return db.session.get_one(Batch, batch.id)


def _found(words=WORDS) -> list[str]:
    """table.column of every place where one of ``words`` stands."""
    places = []
    db.session.expire_all()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).all():
            for column in table.columns:
                value = row._mapping[column]
                text = (
                    worker.db.engine.dialect._json_serializer(value)
                    if isinstance(column.type, JSON) and value is not None
                    else str(value)
                )
                places += [f"{table.name}.{column.name}: {word}" for word in words if word in text]
    return places


@pytest.fixture
def attached(make):
    """(the person's card, the officer): with rosters, places, letters, visits, papers, notes,
    and what staff wrote.
    """
    user = make.user()
    _upload(make, _roster(ROW, ("李丽", "14412345678", "清丰县", "某公司经理", "")))
    person = db.session.scalar(select(Person).where(Person.name == NAME))
    person.email, person.wechat, person.note = MAIL, WECHAT, f"{NAME}的电话{OTHER}"
    directory.tag([person], add="代表", remove="", by=user)
    _on_the_card(make, person, user)
    _at_an_event(make, person, user)
    _in_touch(make, person, user)
    _on_paper(make, person, user)
    directory.save_view(make.county, name="看一个人", query=f"text={_quoted(NAME)}", shared=True, by=user)
    directory.unmask([person], reason=f"给{NAME}打电话{NUMBER}", by=user)
    db.session.commit()
    return person, user


def _quoted(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text)


def _on_the_card(make, person, user) -> None:
    other = make.person(NAME, mobiles=[OTHER], email=MAIL)
    directory.merge_people(person, other, take=set(), reason=f"都是{NAME}", by=user)
    directory.choose(person, choices={"printed": ["mobile"]}, via=f"{NAME}的书面同意", by=user)
    token = directory.make_link(person, by=user)
    directory.propose_correction(card_queries.link(token), values={"email": MAIL, "name": NAME})
    directory.decide_tier(person, tier=3, reason=f"{NAME}是重点", by=user)
    directory.print_directory(make.county, people=[person], recipient="县委", order="strokes", by=user)


def _at_an_event(make, person, user) -> None:
    ahead, today = make.event(title="来年恳谈会", most_companions=1), make.event(days=0)
    today.asks_travel = today.asks_room = True
    events.invite(ahead, [person], by=user)
    (invitation,) = db.session.scalars(select(Invitation).where(Invitation.person_id == person.id))
    events.send_invitations(ahead, [invitation], channel="both", remind=False, by=user)
    registrations.answer(
        invitation,
        answer="yes",
        name=NAME,
        company="鸿雁投资",
        mobile=NUMBER,
        email=MAIL,
        companions=[("赵强", "别的公司")],
    )
    guest = make.registration(today, name=NAME, mobile=NUMBER, email=MAIL, company="鸿雁投资")
    guest.person_id = person.id
    make.registration(today, name=NAME, mobile=OTHER, email=MAIL, company="鸿雁投资")
    registrations.change(guest, by=user, name=NAME, company="鸿雁投资", post="总", email=f"x{MAIL}")
    reception.state_stay(
        guest,
        from_on=clock.today(),
        until_on=clock.today() + timedelta(days=1),
        shares_with="",
        by=user,
    )
    make.scan(today, guest.code, key="scan-of-the-person", gate=make.gate(today), device_at=None, by=user)


def _in_touch(make, person, user) -> None:
    post = liaison.add_post(
        make.county, title="县委书记", holder="张三", rank=1, from_on=clock.today(), user=user, by=None
    )
    liaison.pair(post, person, rhythm_days=90, clerk=None, by=None)
    held = {"place": f"{NAME}家", "party": "张三", "said": f"{NAME}说要回来", "next_on": None}
    follow = {"wish": f"{NAME}要地", "lead": "", "promise": "", "owner": None, "due_on": None}
    picture = (f"{NAME}.pdf", b"%PDF-1.4 visit")
    liaison.record_contact(
        person, way="visit", post=post, by=user, day=clock.today(), **held, **follow, evidence=picture
    )


def _on_paper(make, person, user) -> None:
    agreement = make.agreement(person=person, title=f"{NAME}返乡项目", witnesses=NAME)
    project = make.project(agreement, name="家居产业园")
    pipeline.plan_step(project, text=f"联系{NAME}", due_on=date(2030, 1, 1), by=user)
    pipeline.add_note(
        project,
        key="a-note-of-the-person-1",
        text=f"{NAME}（{NUMBER}）来过",
        seen_by="all",
        attached=[],
        by=user,
    )


def test_nothing_is_left_of_an_erased_person(make, attached):
    person, user = attached
    # waits, and is not sent here
    robots.write("https://oapi.dingtalk.com/robot/send?access_token=x", f"{NUMBER}已到")
    assert len({place.split(":")[0] for place in _found()}) > 25, (
        "the person is in too few places for this test to tell"
    )
    directory.erase_person(person, why="asked", note=f"{NAME}来信", by=user)
    db.session.commit()
    left = [place for place in _found() if not place.startswith(("organisations.", "organisation_terms."))]
    assert left == []


def test_facts_stay_and_count_as_before(make, attached):
    person, user = attached
    counts = select(
        *(
            select(func.count()).select_from(model).scalar_subquery()
            for model in (Registration, Invitation, Scan, Person)
        ),
        select(func.count()).where(Registration.state == "confirmed").scalar_subquery(),
    )
    before = db.session.execute(counts).one()
    directory.erase_person(person, why="asked", note=f"{NAME}来信", by=user)
    after = db.session.execute(counts).one()
    assert after[:4] == before[:4]
    # of two events that are not over: a companion too; who has arrived stays
    assert after[4] == before[4] - 3
    db.session.expire_all()
    card = db.session.get_one(Person, person.id)
    assert (card.name, card.unit_id, card.erased_unit_id is not None, card.tier) == (ERASED, None, True, 3)
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "directory.erase_person"))
    assert entry.reason == f"{ERASED}来信"
    assert entry.detail["rows"]["merges"] == 1


def test_a_roster_does_not_bring_them_back(make, attached):
    person, user = attached
    directory.erase_person(person, why="asked", by=user)
    db.session.commit()
    batch = _upload(make, _roster(ROW, ("王建国", "15411112222", "清丰县", "某公司", "")), apply=False)
    assert (batch.counts["new"], batch.counts["skipped"]) == (1, 1)
    assert batch.counts["reasons"]["erased"] == 1
    directory.apply_batch(batch, by=user)
    db.session.commit()
    worker.drain()
    assert db.session.scalar(select(func.count()).where(Person.name == NAME)) == 0
    assert db.session.scalar(select(func.count()).where(Person.name == "王建国")) == 1


def test_erased_between_the_dry_run_and_entering(make, attached):
    person, user = attached
    other = make.person("欧阳归", mobiles=["15477778888"])
    batch = _upload(make, _roster(("欧阳归", "15477778888", "清丰县", "某公司", "")), apply=False)
    directory.erase_person(other, why="withdrew", by=user)
    directory.apply_batch(db.session.get_one(Batch, batch.id), by=user)
    db.session.commit()
    worker.drain()
    assert db.session.scalar(select(func.count()).where(Person.name == "欧阳归")) == 0


def test_whoever_asks_for_it_is_entered_again(make, visit, attached):
    person, user = attached
    directory.erase_person(person, why="asked", by=user)
    browser = visit(user)
    data = {
        "unit_id": make.township.id,
        "name": NAME,
        "mobiles": NUMBER,
        "gender": "",
        "province": "",
        "industry": "",
    }
    answer = browser.post("/people/new", data)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).where(Person.name == NAME)) == 0
    assert browser.post("/people/new", {**data, "again": "y"}).status_code == 303
    assert db.session.scalar(select(func.count()).where(Person.name == NAME)) == 1
    assert db.session.scalar(select(func.count()).select_from(Tombstone)) == 0


def test_a_namesake_keeps_everything(make, attached):
    person, user = attached
    event = make.event()
    namesake = make.person(NAME, mobiles=["15400001111"])
    guest = make.registration(event, name=NAME, mobile="15400002222", email="other@example.org")
    note = directory.add_person(
        make.township,
        source="test",
        by=user,
        name="王毅",
        mobiles=[],
        company="",
        title="",
        note=f"{NAME}的同学，{NUMBER}",
    )
    directory.erase_person(person, why="asked", by=user)
    db.session.expire_all()
    assert db.session.get_one(Person, namesake.id).name == NAME
    assert db.session.get_one(Registration, guest.id).name == NAME
    assert db.session.get_one(Person, note.id).note == f"{NAME}的同学，{ERASED}"


def test_erasing_asks_twice_and_only_those_who_may(make, visit, attached):
    person, user = attached
    assert visit(make.user(Role.LIAISON)).get(f"/people/{person.id}/erase").status_code == 403
    assert visit(make.user(unit=make.other_county)).get(f"/people/{person.id}/erase").status_code == 404
    browser = visit(user)
    shown = browser.get(f"/people/{person.id}/erase")
    assert NAME not in shown.text
    assert browser.post(f"/people/{person.id}/erase", {"why": "asked"}).status_code == 422
    assert browser.post(f"/people/{person.id}/erase", {"sure": "y"}).status_code == 422
    assert db.session.get_one(Person, person.id).name == NAME
    assert browser.post(f"/people/{person.id}/erase", {"why": "asked", "sure": "y"}).status_code == 303
    assert browser.get(f"/people/{person.id}").status_code == 404
    event, agreement = db.session.scalar(select(Event.id)), db.session.scalar(select(Agreement.id))
    project = db.session.scalar(select(Project.id))
    pages = ("/people", "/home", f"/events/{event}", f"/events/{event}/guests", f"/events/{event}/invited")
    for address in (*pages, f"/agreements/{agreement}", f"/projects/{project}", "/printed", "/duplicates"):
        assert browser.get(address).status_code == 200, address


def test_a_guest_without_a_card_is_erased_at_every_event(make, visit):
    user = make.user()
    first, second = make.event(), make.event(days=0)
    guests = [
        make.registration(event, name=NAME, mobile=NUMBER, email=MAIL, company="鸿雁投资")
        for event in (first, second)
    ]
    beside = make.registration(first, name="赵强", mobile="15400003333")
    browser = visit(user)
    page = f"/registrations/{guests[0].id}/erase"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"why": "asked", "sure": "y"}).status_code == 303
    assert _found() == []
    db.session.expire_all()
    assert {db.session.get_one(Registration, guest.id).name for guest in guests} == {ERASED}
    assert db.session.get_one(Registration, beside.id).name == "赵强"
    assert browser.post(page, {"why": "asked", "sure": "y"}).status_code == 409
    for event in (first, second):
        assert NUMBER[-4:] not in browser.get(f"/events/{event.id}/guests").text


def test_rows_of_rosters_of_others_stay(make, attached):
    person, user = attached
    directory.erase_person(person, why="asked", by=user)
    rows = db.session.scalars(select(BatchRow).order_by(BatchRow.number)).all()
    assert [row.card.get("name") for row in rows] == [None, "李丽"]
