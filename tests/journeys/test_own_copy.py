"""A person sees all that is kept and takes it along; the officer sees the same, with a reason."""

import json
import re

import pytest
from sqlalchemy import select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.held import entry
from outreach.directory import operations as directory
from outreach.permissions import Role
from outreach.registrations.models import Registration
from tests.journeys.test_erasing import MAIL, NAME, NUMBER, attached

__all__ = ["attached"]


@pytest.fixture
def token(attached):
    return directory.make_link(attached[0], by=attached[1])


def test_the_person_reads_everything_and_who_looked(visit, attached, token):
    guest = visit()
    shown = guest.get(f"/c/{token}/held")
    text = guest.page.text_content()
    for said in (
        NAME,
        NUMBER,
        MAIL,
        "鸿雁投资",
        f"{NAME}说要回来",
        f"{NAME}要地",
        f"{NAME}返乡项目",
        "来年恳谈会",
        "县委",
    ):
        assert said in text, said
    assert "清丰县" in text
    assert attached[1].name not in text, "who looked is told by role, not by name"
    assert shown.status_code == 200
    assert f"/c/{token}/held" in guest.get(f"/c/{token}").text
    assert guest.get("/c/nothing/held").status_code == 404


def test_it_goes_along_as_a_file(visit, attached, token):
    guest = visit()
    answer = guest.post(f"/c/{token}/held/json")
    kept = json.loads(answer.data)["kept"]
    assert {"乡贤卡片", "卡片"} & {one["title"] for one in kept} or len(kept) > 10
    assert NUMBER in answer.data.decode()
    text = guest.post(f"/c/{token}/held/txt").data.decode("utf-8-sig")
    assert NAME in text
    assert NUMBER in text
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "directory.give_copy")).all()
    assert [(row.user_id, row.detail["form"]) for row in entries] == [(None, "json"), (None, "txt")]


def test_the_officer_says_why(make, visit, attached):
    person, user = attached
    browser = visit(user)
    page = f"/people/{person.id}/dossier"
    assert NUMBER not in browser.get(page).text
    assert browser.post(page, {"reason": ""}).status_code == 422
    assert NUMBER in browser.post(page, {"reason": "本人来函"}).text
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "directory.show_dossier"))
    assert (entry.object_id, entry.reason) == (person.id, "本人来函")
    assert browser.post(f"{page}/txt").status_code == 422
    assert 'name="reason" value="本人来函"' in browser.post(page, {"reason": "本人来函"}).text
    copy = browser.post(f"{page}/txt", {"reason": "本人来函"}).data.decode("utf-8-sig")
    assert NUMBER in copy
    assert not re.search(r"/[tic]/[A-Za-z0-9]{8}", copy), "who reads it may not act for the guest"
    taken = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "directory.give_copy"))
    assert taken.reason == "本人来函"
    assert visit(make.user(Role.VIEWER)).get(page).status_code == 403
    assert visit(make.user(unit=make.other_county)).post(page, {"reason": "x"}).status_code == 404


def test_nobody_elses_rows_stand_in_it(make, visit, attached, token):
    make.registration(
        db.session.scalars(select(Registration)).first().event, name="赵旁人", mobile="15400009999"
    )
    assert "赵旁人" not in visit().get(f"/c/{token}/held").text


def test_no_copy_holds_what_opens_the_pages_of_a_guest():
    told = "凭证：https://yangui.example/t/XLK5NC6QE5KMIZNKZXTA34XY5M，地图 https://maps.example/a/b"
    assert entry(("短信", told)) == [
        ("短信", "凭证：https://yangui.example/t/…，地图 https://maps.example/a/b")
    ]
