"""A township sends its sheet once more, longer and corrected:
nobody enters twice, and nothing takes longer for it.
"""

import pytest
from sqlalchemy import event as happening
from sqlalchemy import select

from outreach.core import worker
from outreach.core.db import db
from outreach.directory import operations, queries
from outreach.directory.models import Person
from outreach.directory.roster_models import Batch, BatchRow
from tests.directory.test_rosters import _apply, _people, _xlsx, upload  # noqa: F401 - a fixture

#: nobody of these has a number that can be read
LINES = (
    ("王秀英", "1.54E+10", "马庄桥镇", "郑州某某建材有限公司经理", ""),
    ("赵铁柱", "", "瓦屋头镇", "", ""),
    ("李小花", "", "高堡乡", "深圳某某电子有限公司", ""),
)


@pytest.fixture
def entered(upload, make):  # noqa: F811
    user = make.user()
    _apply(upload(_xlsx(*LINES), by=user), user)
    return user


def _verdicts(batch: Batch) -> list[str]:
    return list(
        db.session.scalars(
            select(BatchRow.verdict).where(BatchRow.batch_id == batch.id).order_by(BatchRow.number)
        )
    )


def test_a_line_without_a_number_is_known_when_it_comes_again(upload, entered):  # noqa: F811
    moved = (LINES[2], ("周新来", "", "高堡乡", "深圳某某电子有限公司", ""), *LINES[:2])
    batch = upload(_xlsx(*moved, above=[("清丰县在外人员登记表",)]), by=entered)
    # a bare name is no line that could be known again
    assert _verdicts(batch) == [
        "same",
        "new",
        "same",
        "new",
    ]
    _apply(batch, entered)
    assert _people() == 5


def test_who_says_something_else_is_somebody_else(upload, entered):  # noqa: F811
    batch = upload(
        _xlsx(("王秀英", "1.54E+10", "马庄桥镇", "郑州某某建材有限公司经理", "常回家")), by=entered
    )
    assert _verdicts(batch) == ["new"]


def test_a_line_is_known_as_often_as_it_was_entered(upload, entered):  # noqa: F811
    assert _verdicts(upload(_xlsx(LINES[0], LINES[0]), by=entered)) == ["same", "new"]


def test_a_line_is_known_within_the_unit_only(upload, entered, make):  # noqa: F811
    assert _verdicts(
        upload(_xlsx(LINES[0]), by=make.user(unit=make.other_county), unit=make.other_county)
    ) == ["new"]


def test_a_line_that_was_corrected_before_it_entered_is_known_as_it_was_sent(upload, make):  # noqa: F811
    user = make.user()
    batch = upload(_xlsx(LINES[0]), by=user)
    row = db.session.scalar(select(BatchRow).where(BatchRow.batch_id == batch.id))
    values = {
        "name": "王秀英",
        "gender": "女",
        "mobiles": ["15412345678"],
        "birth": "",
        "home_village": "",
        "industry": "",
        "credit_code": "",
        "note": "",
    }
    operations.correct_row(
        row,
        by=user,
        city="",
        company="郑州某某建材有限公司",
        title="经理",
        scale_wan=None,
        home_code=row.card["home_code"],
        **values,
    )
    _apply(batch, user)
    again = upload(_xlsx(LINES[0]), by=user)
    assert _verdicts(again) == ["same"]


def test_two_clerks_who_read_the_same_sheet_enter_it_once(upload, make):  # noqa: F811
    user = make.user()
    one, two = upload(_xlsx(*LINES), by=user), upload(_xlsx(*LINES), by=user)
    _apply(one, user)
    _apply(db.session.get(Batch, two.id), user)
    assert sorted(db.session.scalars(select(Person.name))) == sorted(["王秀英", "赵铁柱", "赵铁柱", "李小花"])


def test_a_line_whose_card_went_into_another_is_that_other(upload, entered, make):  # noqa: F811
    gone = db.session.scalar(select(Person).where(Person.name == "王秀英"))
    kept = make.person(name="王秀英", unit=gone.unit)
    operations.merge_people(kept, gone, take=set(), reason="同一人", by=entered)
    db.session.commit()
    batch = upload(_xlsx(LINES[0]), by=entered)
    assert db.session.scalar(select(BatchRow.person_id).where(BatchRow.batch_id == batch.id)) == kept.id


def test_what_a_card_gains_is_found_and_taken_back(upload, make):  # noqa: F811
    user, header = make.user(), ("姓名", "手机", "微信")
    _apply(upload(_xlsx(("钱大江", "15411112222", ""), header=header), by=user), user)
    batch = _apply(
        upload(_xlsx(("钱大江", "15411112222、15433334444", "qianjiang88"), header=header), by=user), user
    )
    person = db.session.scalar(select(Person).where(Person.name == "钱大江"))
    assert person.wechat == "qianjiang88"
    assert [
        found.id
        for found in db.session.scalars(queries.searched(queries.select_visible(user), "4444")).unique()
    ] == [person.id]
    assert db.session.scalar(select(BatchRow.added).where(BatchRow.batch_id == batch.id))["fields"] == {
        "wechat": "qianjiang88"
    }
    operations.revert_batch(batch, reason="错发", by=user)
    db.session.commit()
    worker.drain()
    db.session.expire_all()
    assert db.session.get(Person, person.id).wechat == ""
    assert not list(db.session.scalars(queries.searched(queries.select_visible(user), "4444")).unique())


@pytest.mark.parametrize("deed", ["apply", "revert"])
def test_a_sheet_sent_again_costs_the_same_number_of_statements_however_long_it_is(upload, make, deed):  # noqa: F811
    user, counts = make.user(), []
    for size in (10, 60):
        rows = [
            (f"孙{chr(0x4E00 + size + number)}", f"154{size:03d}{number:05d}", "马庄桥镇", "", "")
            for number in range(size)
        ]
        _apply(upload(_xlsx(*rows), by=user), user)
        batch = upload(_xlsx(*rows), by=user)
        if deed == "revert":
            batch = _apply(batch, user)
        else:
            db.session.commit()
        told = []
        happening.listen(db.engine, "before_cursor_execute", lambda *given, told=told: told.append(given[2]))
        if deed == "revert":
            operations.revert_batch(batch, reason="错发", by=user)
            db.session.commit()
            worker.drain(1)
        else:
            operations.apply_batch(batch, by=user)
            db.session.commit()
            worker.drain(1)
        counts.append(len(told))
        worker.drain()
    assert counts[1] <= counts[0] + 2, counts


def test_the_list_of_rosters_is_searched_and_leaves_out_what_was_discarded(upload, make, visit):  # noqa: F811
    user = make.user()
    gone, kept = (upload(_xlsx((name, "15411112222", "", "", "")), by=user) for name in ("王毅", "李丽"))
    kept.file.name = "五月补报.xlsx"
    browser = visit(user)
    assert browser.post(f"/rosters/{gone.id}/discard").status_code == 303
    asked = ("", "state=discarded", "text=五月", "text=六月")
    listed = [
        [f"/rosters/{row.id}" in browser.get(f"/rosters?{query}").text for row in (gone, kept)]
        for query in asked
    ]
    assert listed == [[False, True], [True, False], [False, True], [False, False]]
    assert "没有符合条件的" in browser.fragment("/rosters?text=六月").text
