"""What was tried against the house and must go on failing; each was once possible."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from outreach.checkin import operations as checkin
from outreach.checkin import queries as door
from outreach.core import jobs, mail, worker
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.directory import operations as directory
from outreach.directory.models import Person, PersonTerm, TierDecision
from outreach.directory.roster_models import Batch
from outreach.permissions import Role
from outreach.pipeline import operations as pipeline
from outreach.pipeline import sum_queries as figures
from outreach.registrations import operations as registrations
from outreach.registrations.models import Registration


def _roster(unit, by, text: str, name="a.csv") -> Batch:
    batch = directory.upload_roster(unit, name=name, content=text.encode(), by=by)
    db.session.commit()
    worker.drain()
    return db.session.get(Batch, batch.id)


def _enter(batch, by) -> Batch:
    directory.apply_batch(batch, by=by)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    return db.session.get(Batch, batch.id)


@pytest.mark.parametrize(
    "cell",
    ["100/3", "99999999999999亿", "1e400", "0.00000001", "-3", "１２３４５６７８９０１２３４５６７８９０亿"],
)
def test_no_amount_stops_a_roster(make, cell):
    user = make.user()
    batch = _enter(_roster(make.county, user, f"姓名,年产值（万元）\n王毅,{cell}\n李丽,5\n"), user)
    assert batch.state == "applied"
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2


@pytest.mark.parametrize("cell", ["1968-02-30", "1968-13-01", "0000-00-00", "2024-02-30 99:99"])
def test_no_date_stops_a_roster(make, cell):
    assert _roster(make.county, make.user(), f"姓名,出生年月\n王毅,{cell}\n").state == "ready"


def test_a_fault_nobody_foresaw_leaves_a_batch_one_can_get_rid_of(make, monkeypatch):
    from outreach.directory.operations import entering

    user = make.user()
    batch = _roster(make.county, user, "姓名,手机\n王毅,15411111111\n")
    monkeypatch.setattr(entering.Gate, "enter", lambda *_arguments: 1 / 0)
    directory.apply_batch(batch, by=user)
    db.session.commit()
    for _try in range(jobs.MOST_TRIES):
        worker.drain()
        job = db.session.scalar(select(jobs.Job).where(jobs.Job.finished_at.is_(None)))
        if job:
            job.due_at = job.created_at
        db.session.commit()
    batch = db.session.get(Batch, batch.id)
    assert batch.state == "stuck"
    assert batch.fault
    monkeypatch.undo()
    directory.revert_batch(batch, reason="故障", by=user)
    db.session.commit()
    worker.drain()
    assert db.session.get(Batch, batch.id).state == "reverted"


def test_the_preview_holds_no_id_number_and_masks(make):
    batch = _roster(make.county, make.user(), "姓名,手机,身份证号\n王建国,15411111111,410922196801011234\n")
    shown = str(batch.shapes)
    assert "410922196801011234" not in shown
    assert "王建国" not in shown
    assert "15411111111" not in shown


def test_the_file_is_gone_once_entered(make):
    user = make.user()
    batch = _roster(make.county, user, "姓名,手机\n王毅,15411111111\n")
    assert batch.file.path.exists()
    assert not _enter(batch, user).file.path.exists()


def test_two_dry_runs_of_one_roster_enter_everybody_once(make):
    user, text = make.user(), "姓名,手机\n王毅,15411111111\n李丽,15422222222\n"
    first, second = _roster(make.county, user, text), _roster(make.county, user, text, "b.csv")
    _enter(first, user)
    _enter(second, user)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2


def test_taking_every_batch_back_leaves_nobody(make):
    user, text = make.user(), "姓名,手机\n王毅,15411111111\n"
    first = _enter(_roster(make.county, user, text), user)
    second = _enter(_roster(make.county, user, text, "b.csv"), user)
    for batch in (first, second):
        directory.revert_batch(db.session.get(Batch, batch.id), reason="x", by=user)
        db.session.commit()
        worker.drain()
        db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_liaison_decides_no_tier_by_a_roster(make):
    liaison = make.user(Role.LIAISON, unit=make.township)
    _enter(_roster(make.township, liaison, "姓名,层级\n王毅,重点\n"), liaison)
    assert db.session.scalar(select(Person.tier)) == 1
    assert db.session.scalar(select(func.count()).select_from(TierDecision)) == 0


def test_two_posts_at_one_company_are_not_a_second_person(make):
    batch = _roster(make.county, make.user(), "姓名,单位及职务\n王毅,甲某有限公司总经理/法人\n")
    assert "same_person" not in batch.counts["reasons"]


def test_back_and_the_next_name_is_another_guest(make):
    event = make.event()
    first = make.registration(event, request_key="one-form-on-the-desk", name="李甲", mobile="15411111111")
    second = make.registration(event, request_key="one-form-on-the-desk", name="李乙", mobile="15422222222")
    assert first.id != second.id
    assert first.code != second.code


def test_a_form_of_another_event_never_opens_its_guest(make):
    first = make.registration(make.event(), request_key="one-form-on-the-desk", mobile="15411111111")
    second = make.registration(
        make.event(unit=make.other_county), request_key="one-form-on-the-desk", mobile="15411111111"
    )
    assert first.id != second.id


def test_the_name_of_a_scan_belongs_to_one_guest_of_one_event(make):
    user, event, other = make.user(), make.event(), make.event()
    one, two, away = make.registration(event), make.registration(event), make.registration(other)
    checkin.admit(event, one, key="k" * 20, gate=None, device_at=None, by=user)
    for where, guest in ((event, two), (other, away)):
        with pytest.raises(Refused):
            checkin.admit(where, guest, key="k" * 20, gate=None, device_at=None, by=user)


def test_a_device_cannot_name_a_scan_like_an_undo(make, visit):
    event = make.event()
    row = make.registration(event)
    browser = visit(make.user(Role.GATE_STAFF))
    assert (
        browser.post(
            f"/events/{event.id}/scans", json={"key": f"undo:{row.id}".ljust(20, "0"), "code": "X"}
        ).status_code
        == 422
    )


@pytest.mark.parametrize(
    "body",
    [
        {"gate": "²"},
        {"gate": 10**30},
        {"registration": [1]},
        {"registration": 10**30},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"key": 12345678901234567890},
    ],
)
def test_odd_scans_break_nothing(make, visit, body):
    event = make.event()
    answer = visit(make.user(Role.GATE_STAFF)).post(
        f"/events/{event.id}/scans", json={"key": "a-good-key-of-a-scan", "code": "X", **body}
    )
    assert answer.status_code in (200, 404, 422)


def test_the_door_finds_nobody_without_a_surname(make, visit):
    event = make.event()
    make.registration(event, name="李丽", mobile="15412345678")
    assert (
        "李丽"
        not in visit(make.user(Role.GATE_STAFF)).get(f"/events/{event.id}/find?surname=.&tail=5678").text
    )


def test_a_masked_number_is_not_guessed_digit_by_digit(make, visit):
    event = make.event()
    make.registration(event, name="王五", mobile="15412345678")
    make.person("王五", mobiles=["15412345678"])
    browser = visit(make.user(Role.VIEWER))
    for page in (f"/events/{event.id}/guests", "/people"):
        assert "王*" in browser.get(f"{page}?text=5678").text
        for guess in ("1541", "154123", "45", "45679"):
            assert "王*" not in browser.get(f"{page}?text={guess}").text, guess
        for guess in ("45678", "95678"):  # a right and a wrong digit before the last four: the same answer
            assert "王*" in browser.get(f"{page}?text={guess}").text, guess


def test_a_cancelled_event_confirms_nobody(make):
    from outreach.events import operations as events

    event, user = make.event(capacity=1), make.user()
    make.registration(event)
    waiting = make.registration(event)
    event.capacity = 5
    events.cancel(event, reason="台风", by=user)
    with pytest.raises(Refused):
        registrations.confirm(waiting, by=user)


def test_nobody_passes_those_who_wait(make):
    from outreach.events import operations as events

    event, user = make.event(capacity=1), make.user()
    make.registration(event)
    waiting = make.registration(event)
    events.withdraw(event, by=user)
    events.edit_event(event, capacity=2, by=user)
    events.publish(event, by=user)
    assert waiting.state == "confirmed"
    assert make.registration(event).state == "waiting"


def test_the_company_on_a_card_can_be_changed_and_taken_away(make):
    user, person = make.user(), make.person(company="甲某有限公司", title="经理")
    for company in ("乙某有限公司", ""):
        directory.edit_person(
            person, version=person.version, by=user, name="王毅", mobiles=[], company=company, title="董事长"
        )
        db.session.flush()
        assert [post.organisation.name for post in person.posts if post.until_on is None] == (
            [company] if company else []
        )
    assert len(person.posts) == 2  # what was held before stays as history


@pytest.mark.parametrize("name", ["···", "㍿" * 40, "İ" * 40])
def test_odd_names_can_be_kept(make, name):
    person = make.person(name, mobiles=[])
    assert len(person.name_key) <= 40
    assert db.session.scalar(select(func.count()).select_from(PersonTerm)) >= 0


def _contract(make, amount="8000"):
    project = make.project()
    pipeline.enter_milestone(
        project, kind="contract", happened_on=date(2024, 3, 1), amount_wan=Decimal(amount), note="", by=None
    )
    return project


def _pay(project, content=b"%PDF-1.4 slip"):
    return pipeline.pay_in(
        project,
        paid_on=date(2024, 4, 1),
        amount_wan=Decimal(5),
        note="",
        file_name="a.pdf",
        content=content,
        by=None,
    )


def test_a_contract_with_money_under_it_stands(make):
    user, project = make.user(), _contract(make)
    _pay(project)
    with pytest.raises(Refused):
        pipeline.withdraw_milestone(project, project.standing["contract"], reason="x", by=user)


def test_one_slip_proves_once_and_is_free_again_when_taken_back(make):
    user, project, right = make.user(), _contract(make), _contract(make)
    paid = _pay(project)
    db.session.flush()
    with pytest.raises(Refused):
        _pay(project)
    pipeline.correct_instalment(project, paid, reason="别的项目", by=user)
    db.session.flush()
    assert _pay(right)


def test_a_refused_slip_names_no_project_of_another_county(make):
    mine, theirs = _contract(make), make.project(make.agreement(unit=make.other_county), name="机密项目")
    pipeline.enter_milestone(
        theirs, kind="contract", happened_on=date(2024, 3, 1), amount_wan=Decimal(1), note="", by=None
    )
    _pay(theirs)
    db.session.flush()
    with pytest.raises(Refused) as refusal:
        pipeline.pay_in(
            mine,
            paid_on=date(2024, 4, 1),
            amount_wan=Decimal(5),
            note="",
            file_name="",
            content=b"%PDF-1.4 slip",
            by=make.user(),
        )
    assert "机密" not in str(refusal.value)


def test_contracts_are_counted_with_or_without_a_project_and_withdrawn_ones_are_not(make):
    user = make.user()
    make.agreement(kind="contract", intended_wan=None, contracted_wan=Decimal(700))
    project = make.project(make.agreement(kind="contract", intended_wan=None, contracted_wan=Decimal(50)))
    assert (figures.sums(user)[0].contracts, figures.sums(user)[0].contracted_wan) == (1, Decimal(700))
    make.confirmed(project)
    assert (figures.sums(user)[0].contracts, figures.sums(user)[0].contracted_wan) == (2, Decimal(750))
    pipeline.withdraw_milestone(project, project.standing["contract"], reason="误录", by=user)
    db.session.flush()
    assert (figures.sums(user)[0].contracts, figures.sums(user)[0].contracted_wan) == (1, Decimal(700))


def test_an_intention_has_no_size(make):
    project = make.project(make.agreement(intended_wan=Decimal(2_000_000)))
    pipeline.enter_milestone(
        project, kind="construction", happened_on=date(2024, 3, 1), amount_wan=None, note="", by=None
    )
    make.confirmed(project)
    whole = figures.sums(make.user())[0]
    assert (whole.landed, whole.bands) == (
        1,
        dict.fromkeys(("100y", "50y", "10y", "5y", "1y", "5kw", "1kw"), 0),
    )


def test_letters_written_before_there_was_a_mail_server_are_sent_later(app, make, monkeypatch):
    make.registration(make.event(), email="li@example.com")
    db.session.commit()
    worker.drain()
    monkeypatch.setitem(app.config, "SMTP_HOST", "127.0.0.1")
    open_jobs = select(jobs.Job).where(jobs.Job.task == "mail.send", jobs.Job.finished_at.is_(None))
    for _start in range(2):
        assert mail.send_waiting() == 1
        assert len(db.session.scalars(open_jobs).all()) == 1


def test_one_who_administers_the_house_stays(make):
    from outreach.accounts import operations as accounts

    first, second = (
        make.user(Role.ADMINISTRATOR, unit=make.city),
        make.user(Role.ADMINISTRATOR, unit=make.city),
    )
    accounts.set_active(second, False, by=first)
    with pytest.raises(Refused):
        accounts.withdraw_role(first, first.grants[0], by=first)


def test_an_officer_without_the_right_gets_no_key_to_the_guests_page(make, visit):
    row = make.registration(make.event())
    text = (
        visit(make.user(Role.INVESTMENT_OFFICER))
        .post(f"/registrations/{row.id}/unmask", {"reason": "联系"})
        .text
    )
    assert db.session.get(Registration, row.id).code not in text


def test_a_csv_without_end_is_refused(make):
    batch = _roster(make.county, make.user(), "姓名,手机\n" + "王毅,\n" * 100_001)
    assert batch.state == "failed"


def test_arrivals_follow_the_last_word(make):
    user, event = make.user(), make.event(days=0)
    row = make.registration(event)
    checkin.admit(event, row, key="a" * 20, gate=None, device_at=None, by=user)
    checkin.undo(event, row, reason="误扫", by=user)
    assert door.arrived_count(event.id) == 0
