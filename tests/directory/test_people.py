"""Finding people, their cards, what is masked, who may do what."""

import io

import openpyxl
import pytest
from sqlalchemy import event, func, select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import queries
from outreach.directory.models import Person, TierDecision
from outreach.permissions import Role


def _found(user, text: str) -> list[str]:
    chosen = queries.filtered(queries.select_visible(user), text=text)
    return [person.name for person in db.session.scalars(queries.by_closeness(chosen, text)).unique()]


@pytest.fixture
def some(make):
    make.person(
        "单丽", mobiles=["15411112222"], company="深圳雁栖软件有限公司", title="总经理", wechat="goose88"
    )
    make.person("王建国", mobiles=["15433334444"], company="北京建国饭店管理有限公司")
    make.person("王国", mobiles=["15455556666"])
    make.person("欧阳少东", mobiles=["14477778888"])
    return make.user()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("单丽", ["单丽"]),
        ("丽", ["单丽"]),
        ("shanli", ["单丽"]),
        ("danli", ["单丽"]),
        ("sl", ["单丽"]),
        ("雁栖", ["单丽"]),
        ("软件", ["单丽"]),
        ("2222", ["单丽"]),
        ("154 1111 2222", ["单丽"]),
        ("1541111", []),
        ("12222", []),
        ("goose88", []),
        ("goose", []),
        ("~2222", ["单丽"]),
        ("~22221", []),
        ("～22221", []),
        ("王国", ["王国"]),
        ("建国", ["王建国"]),
        ("wjg", ["王建国"]),
        ("oysd", ["欧阳少东"]),
        ("少东", ["欧阳少东"]),
        ("王 饭店", ["王建国"]),
        ("zzz", []),
        ("222", []),
        ("%", []),
        ("_", []),
        ("'", []),
    ],
)
def test_one_box_finds(some, text, names):
    assert _found(some, text) == names


def test_whole_names_come_first(some, make):
    make.person("王国栋", tier=3)
    assert _found(some, "王国")[0] == "王国"


def test_another_county_is_not_found(make, some):
    make.person("单丽", unit=make.other_county)
    assert _found(some, "单丽") == ["单丽"]
    assert _found(make.user(Role.VIEWER, unit=make.city), "单丽") == ["单丽", "单丽"]


def test_filters(make):
    user = make.user()
    make.person("甲", tier=3, province="广东省", city="深圳市", industry="C")
    make.person("乙", tier=1, province="北京市", city="北京市")

    def names(**values):
        return sorted(
            row.name
            for row in db.session.scalars(queries.filtered(queries.select_visible(user), **values)).unique()
        )

    assert names(tier=3) == ["甲"]
    assert names(at_least=2) == ["甲"]
    assert names(province="北京市") == ["乙"]
    assert names(city="深圳市", industry="C") == ["甲"]
    assert names(home="410922101") == ["乙", "甲"]
    assert names(home="410923") == []
    assert names(unit=make.township.id) == ["乙", "甲"]


def test_the_list_masks_names_and_numbers(make, visit):
    make.person("王建国", mobiles=["15433334444"])
    text = visit(make.user()).get("/people?text=wjg").text
    assert "王**" in text
    assert "154****4444" in text
    assert "王建国" not in text
    assert "15433334444" not in text


def test_the_card_shows_in_full_only_for_a_reason_which_is_kept(make, visit):
    user, person = make.user(), make.person("王建国", mobiles=["15433334444"])
    browser = visit(user)
    assert "王建国" not in browser.get(f"/people/{person.id}").text
    assert browser.post(f"/people/{person.id}/unmask", {"reason": ""}).status_code == 422
    answer = browser.post(f"/people/{person.id}/unmask", {"reason": "电话邀请"})
    assert "王建国" in answer.text
    assert "15433334444" in answer.text
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "directory.unmask"))
    assert (entry.user_id, entry.object_id, entry.reason) == (user.id, person.id, "电话邀请")
    assert "王建国" not in str(entry.detail)


def test_a_viewer_cannot_unmask(make, visit):
    person = make.person()
    assert (
        visit(make.user(Role.VIEWER)).post(f"/people/{person.id}/unmask", {"reason": "x"}).status_code == 403
    )


def test_somebody_elses_id_in_the_address_is_404(make, visit):
    person = make.person(unit=make.other_county)
    browser = visit(make.user())
    assert browser.get(f"/people/{person.id}").status_code == 404
    assert browser.post(f"/people/{person.id}/tier", {"tier": 3, "reason": "x"}).status_code == 404


def test_adding_keeps_what_was_typed_when_something_is_wrong(make, visit):
    browser = visit(make.user())
    answer = browser.post(
        "/people/new",
        {"name": "张三", "unit_id": make.township.id, "mobiles": "123", "birth": "1968.1", "province": ""},
    )
    assert answer.status_code == 422
    assert 'value="张三"' in answer.text
    assert 'value="123"' in answer.text
    assert "123 不是 11 位手机号码" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_add_edit_and_find_again(make, visit):
    browser = visit(make.user())
    data = {
        "name": "张三",
        "unit_id": make.township.id,
        "mobiles": "154 1234 5678，15512345678",
        "company": "某某有限公司",
        "title": "经理",
        "province": "广东省",
        "city": "深圳市",
        "industry": "C",
        "scale_wan": "1.2亿",
        "birth": "1968-10",
    }
    address = browser.post("/people/new", data).headers["Location"]
    person = db.session.scalar(select(Person))
    assert [phone.number for phone in person.phones] == ["15412345678", "15512345678"]
    assert person.scale_wan == 12_000
    assert person.home_code == "410922101"
    assert 'value="张三"' in browser.post(address + "/edit-form").text
    answer = browser.post(
        address + "/edit", {**data, "name": "张四", "mobiles": "15512345678", "version": "1"}
    )
    assert answer.status_code == 303
    db.session.refresh(person)
    assert person.name == "张四"
    assert [phone.number for phone in person.phones] == ["15512345678"]
    assert "张*" in browser.get("/people?text=zhangsi").text
    assert "没有符合" in browser.get("/people?text=zhangsan").text


def test_the_second_of_two_clerks_is_told(make, visit):
    person = make.person("张三")
    data = {"name": "张三", "unit_id": make.township.id, "province": "", "industry": "", "version": "1"}
    first, second = visit(make.user()), visit(make.user())
    assert first.post(f"/people/{person.id}/edit", {**data, "note": "甲"}).status_code == 303
    assert second.post(f"/people/{person.id}/edit", {**data, "note": "乙"}).status_code == 409
    db.session.refresh(person)
    assert person.note == "甲"


def test_a_tier_is_a_decision_with_a_reason(make, visit):
    user, person = make.user(), make.person()
    browser = visit(user)
    assert browser.post(f"/people/{person.id}/tier", {"tier": 3, "reason": ""}).status_code == 422
    assert browser.post(f"/people/{person.id}/tier", {"tier": 3, "reason": "纳税千万"}).status_code == 303
    decision = db.session.scalar(select(TierDecision))
    assert (decision.tier, decision.reason, decision.decided_by_id) == (3, "纳税千万", user.id)
    assert "纳税千万" in browser.get(f"/people/{person.id}").text


def test_a_card_in_use_stays(make, visit):
    user, person = make.user(), make.person("李丽", mobiles=["15412345678"])
    make.registration(make.event(), name="李丽", mobile="15412345678")
    answer = visit(user).post(f"/people/{person.id}/remove", {"reason": "重复", "version": "1"})
    assert answer.status_code == 409
    assert "已报名" in answer.text


def test_a_card_can_be_removed(make, visit):
    person = make.person()
    assert (
        visit(make.user()).post(f"/people/{person.id}/remove", {"reason": "重复", "version": "1"}).status_code
        == 303
    )
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def _exported(answer) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_an_export_is_masked_traced_and_stays_within_reach(make, visit):
    make.person("王建国", mobiles=["15433334444"])
    make.person("别县人", unit=make.other_county)
    browser = visit(make.user())
    assert browser.post("/people/export", {"reason": ""}).status_code == 422
    rows = _exported(browser.post("/people/export", {"reason": "编印通讯录"}))
    assert [row[0] for row in rows] == ["王**"]
    assert _exported(browser.post("/people/export", {"reason": "打电话", "full": "y"}))[0][0] == "王建国"
    reasons = db.session.scalars(
        select(AuditEntry.reason).where(AuditEntry.verb == "directory.export_people").order_by(AuditEntry.id)
    ).all()
    assert reasons == ["编印通讯录", "打电话"]


def test_the_export_follows_the_filters(make, visit):
    make.person("甲某", city="深圳市")
    make.person("乙某", city="北京市")
    rows = _exported(visit(make.user()).post("/people/export?city=深圳市", {"reason": "x"}))
    assert [row[0] for row in rows] == ["甲*"]


def test_one_row_and_three_rows_cost_the_same(make, visit):
    counted = [0]

    def count(*_arguments):
        counted[-1] += 1

    browser = visit(make.user())
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for more in (1, 2):
            for number in range(more):
                make.person(f"张{number}", company=f"公司{more}{number}有限公司")
            db.session.commit()
            counted.append(0)
            browser.get("/people")
            counted.append(0)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert counted[1] == counted[3] > 3


def test_the_fragment_alone(make, visit):
    make.person()
    text = visit(make.user()).fragment("/people?text=王").text
    assert text.lstrip().startswith('<div class="card" id="people">')


@pytest.mark.parametrize("page", ["-1", "0", "abc", "99999999999999999999", "2"])
def test_odd_page_numbers(make, visit, page):
    make.person()
    assert visit(make.user()).get(f"/people?page={page}").status_code == 200


def test_organisations_and_their_people(make, visit):
    make.person("王毅", company="深圳市濮阳商会", title="会长")
    browser = visit(make.user())
    assert "深圳市濮阳商会" in browser.get("/organisations?kind=chamber&text=濮阳").text
    organisation = queries.organisation_by_name("深圳市濮阳商会")
    assert "王*" in browser.get(f"/organisations/{organisation.id}").text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("", "深圳"), ("广东省", "深圳市")),
        (("广东省", "深圳"), ("广东省", "深圳市")),
        (("江苏省", "深圳"), ("江苏省", "深圳")),
        (("北京市", "朝阳"), ("北京市", "朝阳")),
        (("广东省", "深圳市南山区"), ("广东省", "深圳市南山区")),
        (("", "Tokyo"), ("", "Tokyo")),
        (("广东省", ""), ("广东省", "")),
    ],
)
def test_only_a_city_written_short_is_completed(app, typed, kept):
    with app.app_context():
        assert queries.official_place(*typed) == kept


@pytest.mark.parametrize("typed", ["深圳", "深圳市", "Shenzhen", "shen"])
def test_a_city_is_found_as_people_write_it(make, typed):
    user = make.user()
    make.person("丙", city="Tokyo")
    assert [
        row.name
        for row in db.session.scalars(queries.filtered(queries.select_visible(user), city="tokyo")).unique()
    ] == ["丙"]
    make.person("甲", province="广东省", city="深圳市")
    make.person("乙", province="北京市", city="北京市")
    assert [
        row.name
        for row in db.session.scalars(queries.filtered(queries.select_visible(user), city=typed)).unique()
    ] == ["甲"]


def test_a_city_typed_short_is_kept_by_its_full_name(make, visit):
    sent = {"unit_id": make.township.id, "name": "王五", "city": "深圳", "mobiles": "15411110055"}
    assert visit(make.user()).post("/people/new", sent).status_code == 303
    assert db.session.execute(db.select(Person.province, Person.city)).one() == ("广东省", "深圳市")
