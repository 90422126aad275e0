"""Companies, chambers and posts over time."""

import io
from datetime import timedelta

import openpyxl
import pytest

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import operations, queries, tiles
from outreach.directory.models import Organisation, OrganisationTerm, Post
from outreach.permissions import Role

CODE = "91410922MA00TE5T2U"


def _form(**values) -> dict:
    return {
        "kind": "chamber",
        "name": "深圳市清丰商会",
        "province": "广东省",
        "city": "深圳市",
        "industry": "",
        "credit_code": "",
        "note": "",
        **values,
    }


def test_a_chamber_is_added_edited_and_verified(make, visit):
    browser = visit(make.user())
    assert browser.post("/organisations/new", _form(name="")).status_code == 422
    assert browser.post("/organisations/new", _form()).status_code == 303
    row = db.session.scalar(db.select(Organisation).where(Organisation.name == "深圳市清丰商会"))
    assert browser.post("/organisations/new", _form(name="深圳市 清丰商会")).status_code == 422
    assert (
        browser.post(
            f"/organisations/{row.id}/edit", _form(name="深圳清丰商会", term_ends_on="2027-05-01")
        ).status_code
        == 303
    )
    assert "深圳清丰商会" in browser.get("/organisations?text=清丰").text
    row = db.session.get(Organisation, row.id)
    row.verified_at = clock.now() - timedelta(days=400)
    assert "深圳清丰商会" in browser.get("/organisations?stale=y").text
    browser.post(f"/organisations/{row.id}/verify")
    assert "深圳清丰商会" not in browser.get("/organisations?stale=y").text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [(CODE, 303), (CODE.lower(), 303), (CODE[:-1] + "A", 422), ("91410922MA0OTE5T2U", 422)],
)
def test_the_credit_code_is_checked_and_a_repair_suggested(make, visit, typed, answer):
    browser = visit(make.user())
    response = browser.post("/organisations/new", _form(kind="company", name="甲有限公司", credit_code=typed))
    assert response.status_code == answer
    if "O" in typed[8:12]:
        assert CODE in response.text


def test_the_map_counts_chambers_by_province(make, visit):
    operations.organisation_named("深圳市清丰商会", province="广东省")
    counts = queries.chambers_by_province()
    tile = next(tile for tile in tiles.tiles({"广东省": 0, "北京市": 0} | counts) if tile.short == "广东")
    assert (tile.full, tile.count) == ("广东省", 1)
    assert len({(tile.row, tile.column) for tile in tiles.tiles({})}) == 34
    assert "广东 <strong>1</strong>" in visit(make.user()).get("/organisations?kind=chamber").text


def test_a_post_ends_and_stays_as_history(make, visit):
    person = make.person(company="甲有限公司", title="总经理")
    post = person.posts[0]
    page = f"/organisations/{post.organisation_id}"
    browser = visit(make.user())
    assert browser.post(f"{page}/posts/{post.id}/end", {"until_on": "2099-01-01"}).status_code == 422
    assert browser.post(f"{page}/posts/{post.id}/end", {"until_on": "2024-05-01"}).status_code == 303
    assert db.session.get(Post, post.id).person.company is None
    assert "2024年5月1日" in browser.get(page).text
    assert browser.post(f"{page}/posts/{post.id}/end", {"until_on": "2024-05-01"}).status_code == 409
    assert (
        visit(make.user(unit=make.other_county))
        .post(f"{page}/posts/{post.id}/end", {"until_on": "2024-05-01"})
        .status_code
        == 404
    )


def test_the_list_leaves_as_excel(make, visit):
    operations.organisation_named("深圳市清丰商会", province="广东省")
    browser = visit(make.user())
    assert browser.post("/organisations/export?kind=chamber", {"reason": ""}).status_code == 422
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.post("/organisations/export?kind=chamber", {"reason": "年检"}).data)
    ).active
    assert "深圳市清丰商会" in {str(cell.value) for row in sheet.iter_rows() for cell in row}


def test_a_chamber_without_a_province_counts_in_no_province(make):
    """商会 3 家，遍及 2 个省: the third has a blank province."""
    for name, province in (("北京濮阳商会", "北京市"), ("深圳濮阳商会", "广东省"), ("海外濮阳商会", "")):
        operations.organisation_named(name, province=province)
    db.session.flush()
    assert queries.chamber_regions() == (3, 2)
    assert queries.chambers_by_province() == {"北京市": 1, "广东省": 1}


def test_a_unit_changes_only_organisations_whose_people_it_keeps(make, visit):
    make.person("王建国", company="深圳雁栖软件有限公司")
    row = db.session.scalar(db.select(Organisation).where(Organisation.name == "深圳雁栖软件有限公司"))
    address = f"/organisations/{row.id}"
    stranger = visit(make.user(Role.ORGANISER, make.other_county))
    sent = {"name": "改名公司", "kind": "company"}
    assert stranger.post(f"{address}/edit", sent).status_code == 409
    assert stranger.post(f"{address}/verify").status_code == 409
    assert f"{address}/edit" not in stranger.get(address).text
    assert visit(make.user(Role.ORGANISER, make.city)).get(f"{address}/edit").status_code == 200
    own = visit(make.user(Role.ORGANISER, make.township))
    assert own.post(f"{address}/edit", sent).status_code == 303
    make.person("李红", unit=make.other_county, company="改名公司")
    assert own.post(f"{address}/edit", {**sent, "name": "再改名公司"}).status_code == 409
    db.session.expire_all()
    assert row.name == "改名公司"


def test_where_nobody_is_posted_counties_change_it_and_who_entered_it(make, visit):
    clerk = visit(make.user(Role.ORGANISER, make.township))
    clerk.post("/organisations/new", {"name": "东莞濮阳商会", "kind": "chamber"})
    row = db.session.scalar(db.select(Organisation))
    assert clerk.get(f"/organisations/{row.id}/edit").status_code == 200
    assert visit(make.user()).get(f"/organisations/{row.id}/edit").status_code == 200
    other = visit(make.user(Role.ORGANISER, make.township))
    assert other.get(f"/organisations/{row.id}/edit").status_code == 409


def test_an_organisation_is_removed_while_nothing_points_at_it(make, visit):
    """By who may change it; with a reason that stays in the trace."""
    row = operations.organisation_named("误录公司")
    db.session.flush()
    key, address = row.id, f"/organisations/{row.id}/remove"
    browser = visit(make.user())
    assert visit(make.user(Role.ORGANISER, make.township)).post(address, {"reason": "x"}).status_code == 409
    assert visit(make.user(Role.VIEWER)).post(address, {"reason": "x"}).status_code == 403
    assert address in browser.get(f"/organisations/{key}").text
    assert browser.post(address, {"reason": ""}).status_code == 422
    paper = make.agreement(company="签约公司")
    held = make.person("王建国", company="任职公司").posts[0]
    for used in (paper.organisation_id, held.organisation_id):
        answer = browser.post(f"/organisations/{used}/remove", {"reason": "重复录入"})
        assert (answer.status_code, "仍有条目" in answer.text) == (409, True)
    assert browser.post(address, {"reason": "重复录入"}).status_code == 303
    assert db.session.scalar(db.select(Organisation).where(Organisation.id == key)) is None
    assert (
        db.session.scalar(db.select(OrganisationTerm.term).where(OrganisationTerm.organisation_id == key))
        is None
    )
    entry = db.session.scalar(db.select(AuditEntry).where(AuditEntry.verb == "directory.remove_organisation"))
    assert (entry.object_id, entry.reason, entry.detail["name"]) == (key, "重复录入", "误录公司")
    assert browser.post(address, {"reason": "再次"}).status_code == 404
