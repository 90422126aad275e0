"""What somebody saves while a batch is taken back, or a card removed, is not deleted with it:
real transactions, side by side.
"""

import pytest
from sqlalchemy import func, select

from outreach.core import worker
from outreach.core.db import db, lock_name
from outreach.core.refusals import Refused
from outreach.directory import operations
from outreach.directory.models import Person, PersonPhone, Post
from outreach.directory.operations import entering, rosters
from outreach.directory.roster_models import Batch, BatchRow
from outreach.liaison.models import Contact
from tests.beside import beside
from tests.directory.test_rosters import _apply, _people, _xlsx, upload  # noqa: F401 - a fixture

LINES = (
    ("李建国", "15411110001", "马庄桥镇", "郑州某某建材有限公司经理", ""),
    ("赵铁柱", "15411110002", "马庄桥镇", "", ""),
)


@pytest.fixture
def user(make):
    return make.user()


@pytest.fixture
def entered(upload, user):  # noqa: F811
    """A batch with both lines on the register, being taken back as soon as the worker looks."""
    batch = _apply(upload(_xlsx(*LINES), by=user), user)
    operations.revert_batch(batch, reason="错发", by=user)
    db.session.commit()
    return batch


def _card(mobile: str) -> Person:
    phone = select(PersonPhone.person_id).where(PersonPhone.number == mobile)
    return db.session.scalar(select(Person).where(Person.id.in_(phone)))


def _edit(person: Person, by, **values) -> None:
    plain = {
        "name": person.name,
        "mobiles": [person.mobile],
        "company": "",
        "title": "",
        "wechat": "",
    }
    operations.edit_person(person, version=person.version, by=by, **{**plain, **values})


def _batch(batch_id: int) -> Batch:
    return db.session.get(Batch, batch_id)


def test_an_edit_saved_meanwhile_keeps_the_card(app, make, entered, user):
    batch_id, user = entered.id, user
    saved, _taken = beside(
        app,
        lambda: _edit(_card("15411110001"), db.session.merge(user), wechat="lijianguo"),
        worker.drain,
    )
    assert saved is None
    assert [person.wechat for person in db.session.scalars(select(Person))] == ["lijianguo"]
    assert _batch(batch_id).state == "reverted"
    assert _batch(batch_id).kept == {"edited": 1}


def test_a_visit_entered_meanwhile_keeps_the_card(app, make, entered, user):
    batch_id = entered.id

    def visited():
        make.contact(_card("15411110002"), by=db.session.merge(user))

    beside(app, visited, worker.drain)
    assert _people() == 1
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 1
    assert _batch(batch_id).kept == {"in_use": 1}


def test_an_edit_that_comes_too_late_is_refused_in_words(app, entered, user):
    def too_late():
        _edit(_card("15411110001"), db.session.merge(user), wechat="x")

    batch_id = entered.id
    _taken, late = beside(app, lambda: _take_back(batch_id), too_late)
    assert _people() == 0
    # on SQLite the editor waits before the card is read, and finds none
    assert isinstance(late, Refused | AttributeError), late


def _rows(batch_id: int, what=BatchRow):
    chosen = select(BatchRow) if what is BatchRow else entering.Entry.select()
    return db.session.execute(chosen.where(BatchRow.batch_id == batch_id)).all()


def _take_back(batch_id: int) -> None:
    lock_name(entering.ENTERING)
    rosters._take_back(_batch(batch_id), [row for (row,) in _rows(batch_id)])


def _enter(batch_id: int) -> None:
    entering.Gate(_batch(batch_id)).enter(_rows(batch_id, entering.Entry))


def test_a_sheet_that_joins_the_card_meanwhile_does_not_lose_it(app, upload, make, user):  # noqa: F811
    """The second sheet says nothing new of the card: no row points at it but its own line."""
    first = _apply(upload(_xlsx(*LINES), by=user), user)
    second = upload(_xlsx(*LINES), by=user)
    first_id, second_id = first.id, second.id
    operations.apply_batch(second, by=user)
    beside(app, lambda: _enter(second_id), lambda: _take_back(first_id))
    assert _people() == 2


def test_an_addition_changed_since_stays_and_is_said(upload, make, user):  # noqa: F811
    known = make.person("李建国", mobiles=["15411110001"])
    batch = _apply(
        upload(_xlsx(("李建国", "15411110001、15422222222", "马庄桥镇", "新公司董事长", "")), by=user), user
    )
    _edit(known, user, mobiles=["15411110001", "15422222222"], company="新公司", title="总经理")
    operations.revert_batch(batch, reason="错发", by=user)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    assert [post.title for post in db.session.scalars(select(Post))] == ["总经理"]
    assert [phone.number for phone in known.phones] == ["15411110001"]
    assert _batch(batch.id).kept == {"changed": 1}


def test_what_a_sheet_adds_never_writes_over_what_was_typed_meanwhile(app, upload, make, user):  # noqa: F811
    known = make.person("李建国", mobiles=["15411110001"], wechat="")
    header = ("姓名", "手机", "籍贯", "单位及职务", "微信号")
    batch = upload(_xlsx(("李建国", "15411110001", "马庄桥镇", "", "of_the_sheet"), header=header), by=user)
    operations.apply_batch(batch, by=user)
    beside(
        app,
        lambda: _edit(_card("15411110001"), db.session.merge(user), wechat="typed_by_hand"),
        lambda: worker.drain(1),
    )
    assert db.session.get(Person, known.id).wechat == "typed_by_hand"


def test_a_card_edited_meanwhile_is_not_removed(app, make, user):
    make.person("李建国", mobiles=["15411110001"])

    def remove():
        person = _card("15411110001")
        operations.remove_person(person, version=1, reason="重复", by=db.session.merge(user))

    _saved, removed = beside(
        app, lambda: _edit(_card("15411110001"), db.session.merge(user), wechat="typed"), remove
    )
    assert isinstance(removed, Refused)
    assert _people() == 1


def test_a_page_opened_before_the_edit_does_not_remove_the_card(make, visit, user):
    person = make.person()
    _edit(person, user, wechat="typed")
    browser = visit(user)
    assert browser.post(f"/people/{person.id}/remove", {"reason": "重复", "version": "1"}).status_code == 409
    assert _people() == 1
    assert browser.post(f"/people/{person.id}/remove", {"reason": "重复", "version": "2"}).status_code == 303
    assert _people() == 0
