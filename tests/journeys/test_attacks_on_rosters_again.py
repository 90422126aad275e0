"""What somebody who meant harm, or two clerks at once, tried with sheets that come again."""

import threading
import time

import pytest
from flask import current_app
from sqlalchemy import select

from outreach.core import worker
from outreach.core.db import db
from outreach.directory import names, operations
from outreach.directory.models import Person, PersonPhone
from outreach.directory.operations import entering, rosters
from outreach.directory.roster_models import Batch, BatchRow
from tests.directory.test_rosters import _apply, _people, _xlsx, upload  # noqa: F401 - a fixture
from tests.directory.test_rosters_again import LINES, _verdicts

LINE = LINES[0]


def _row(batch, number=1) -> BatchRow:
    return db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id, BatchRow.number == number))


def _correct(row, by, **more) -> None:
    values = {
        "name": row.card["name"],
        "gender": "",
        "mobiles": [],
        "birth": "",
        "home_village": "",
        "industry": "",
        "credit_code": "",
        "note": "",
        "city": "",
        "company": "郑州某某建材有限公司",
        "title": "经理",
        "scale_wan": None,
        "home_code": row.card["home_code"],
        **more,
    }
    operations.correct_row(row, by=by, **values)
    db.session.commit()


def _again(batch) -> Batch:
    return db.session.get(Batch, batch.id)


@pytest.fixture
def user(make):
    return make.user()


def test_two_workers_that_enter_the_same_sheet_at_once_enter_everybody_once(upload, user, monkeypatch):  # noqa: F811
    lines = [
        (
            f"钱{number}",
            f"138{number:08d}" if number % 2 else "",
            "马庄桥镇",
            f"郑州某某{number}建材有限公司经理",
            "",
        )
        for number in range(40)
    ]
    batches = [upload(_xlsx(*lines), by=user) for _clerk in range(2)]
    for batch in batches:
        operations.apply_batch(_again(batch), by=user)
    db.session.commit()
    monkeypatch.setattr(rosters, "PORTION", 5)
    app, together = current_app._get_current_object(), threading.Barrier(2)
    insert = entering.Gate._insert

    def slowly(gate, entries):  # both have looked before either writes, if nothing keeps them apart
        time.sleep(0.05)
        insert(gate, entries)

    monkeypatch.setattr(entering.Gate, "_insert", slowly)

    def work():
        with app.app_context():
            together.wait(10)
            worker.drain(1)
            db.session.remove()

    threads = [threading.Thread(target=work) for _worker in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    assert [_again(batch).state for batch in batches] == ["applied", "applied"]
    assert _people() == len(lines)


def test_what_the_dry_run_calls_new_enters(upload, user):  # noqa: F811
    _apply(upload(_xlsx(LINE), by=user), user)
    batch = _apply(upload(_xlsx(LINE, LINE), by=user), user)
    assert _verdicts(batch) == ["same", "new"]
    assert _people() == 2


@pytest.mark.parametrize("size", [5000, 1])
def test_portions_and_crashes_between_them_change_nothing(upload, user, monkeypatch, size):  # noqa: F811
    one, two, three = (upload(_xlsx(*[LINE] * times), by=user) for times in (1, 2, 2))
    monkeypatch.setattr(rosters, "PORTION", size)
    for batch in (one, two, three):
        _apply(_again(batch), user)
    assert _people() == 2
    assert len(set(db.session.scalars(select(BatchRow.person_id).where(BatchRow.batch_id == three.id)))) == 2


def test_nobody_is_lost_when_the_first_sheet_is_taken_back_in_between(upload, user):  # noqa: F811
    first = _apply(upload(_xlsx(LINE, ("钱大江", "15411112222", "马庄桥镇", "", "")), by=user), user)
    second = upload(
        _xlsx(
            LINE, ("钱大江", "15411112222", "马庄桥镇", "", ""), ("钱大江", "15411112222", "马庄桥镇", "", "")
        ),
        by=user,
    )
    assert _verdicts(second) == ["same", "same", "same"]
    operations.revert_batch(_again(first), reason="错发", by=user)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    assert _verdicts(_apply(_again(second), user)) == ["new", "new", "same"]
    assert sorted(db.session.scalars(select(Person.name))) == sorted(["王秀英", "钱大江"])


def test_a_number_given_to_another_card_since_is_not_taken_for_the_old_one(upload, user):  # noqa: F811
    first = _apply(upload(_xlsx(LINE), by=user), user)
    second = upload(_xlsx((*LINE[:3], "郑州某某建材有限公司经理", "")), by=user)
    operations.revert_batch(_again(first), reason="错发", by=user)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    # its number is a new one on both databases
    _apply(upload(_xlsx(("赵铁柱", "15411112222", "瓦屋头镇", "", "")), by=user), user)
    assert _verdicts(_apply(_again(second), user)) == ["new"]
    assert sorted(db.session.scalars(select(Person.name))) == sorted(["王秀英", "赵铁柱"])


def test_a_row_that_a_clerk_gave_another_name_is_somebody_else(upload, user):  # noqa: F811
    _apply(upload(_xlsx(LINE), by=user), user)
    old = db.session.scalar(select(Person.id))
    batch = upload(_xlsx(LINE, ("王秀英", "", "瓦屋头镇", "上海某某贸易有限公司经理", "")), by=user)
    _correct(_row(batch), user, name="王秀兰", mobiles=["15499998888"])
    assert _verdicts(batch) == ["new", "new"]
    _apply(batch, user)
    assert db.session.scalar(select(PersonPhone.person_id).where(PersonPhone.number == "15499998888")) != old


@pytest.mark.parametrize(
    "change", [{"name": "王秀瑛"}, {"company": "", "title": "", "mobiles": ["15412345678"]}]
)
def test_a_row_corrected_before_it_entered_is_known_as_it_was_sent(upload, user, change):  # noqa: F811
    batch = upload(_xlsx(LINE), by=user)
    _correct(_row(batch), user, **change)
    _apply(batch, user)
    assert _verdicts(upload(_xlsx(LINE), by=user)) == ["same"]


def test_a_card_renamed_since_is_known(upload, user):  # noqa: F811
    _apply(upload(_xlsx(LINE), by=user), user)
    person = db.session.scalar(select(Person))
    for field, value in {"name": "王秀瑛", **names.sort_keys("王秀瑛")}.items():
        setattr(person, field, value)
    db.session.commit()
    assert _verdicts(upload(_xlsx(LINE), by=user)) == ["same"]


def test_a_card_that_was_merged_twice_is_known(upload, make, user):  # noqa: F811
    _apply(upload(_xlsx(LINE), by=user), user)
    gone = db.session.scalar(select(Person))
    second, third = (make.person(name="王秀英", unit=gone.unit) for _card in range(2))
    for kept, goes in ((second, gone), (third, second)):
        operations.merge_people(kept, goes, take=set(), reason="同一人", by=user)
        db.session.commit()
    batch = upload(_xlsx(LINE), by=user)
    assert _row(batch).person_id == third.id


def test_a_card_that_is_merged_between_reading_and_entering_is_the_kept_one(upload, make, user):  # noqa: F811
    _apply(upload(_xlsx(LINE), by=user), user)
    batch, gone = upload(_xlsx(LINE), by=user), db.session.scalar(select(Person))
    kept = make.person(name="王秀英", unit=gone.unit)
    operations.merge_people(kept, gone, take=set(), reason="同一人", by=user)
    db.session.commit()
    _apply(_again(batch), user)
    assert _row(batch).person_id == kept.id
    assert _people() == 1


def test_rows_left_out_and_taken_in_again_find_their_cards(upload, user):  # noqa: F811
    _apply(upload(_xlsx(LINE), by=user), user)
    batch = upload(_xlsx(LINE, LINE), by=user)
    for number, verdicts in ((1, ["skipped", "same"]), (1, ["same", "new"]), (2, ["same", "skipped"])):
        operations.leave_out_row(_row(batch, number), by=user)
        db.session.commit()
        assert _verdicts(batch) == verdicts
    _apply(batch, user)
    assert _people() == 1


def test_numbers_that_cannot_be_read_still_tell_two_lines_apart(upload, user):  # noqa: F811
    _apply(upload(_xlsx(("王秀英", "1541234567", *LINE[2:])), by=user), user)
    assert _verdicts(upload(_xlsx(("王秀英", "1549876543", *LINE[2:])), by=user)) == ["new"]
