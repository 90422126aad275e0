"""Who may not change an organisation proposes the change; who may decides, field by field, once."""

import io
import re
import threading
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from outreach.accounts.models import Grant
from outreach.accounts.queries import unit_by_place
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import operations, organisation_queries
from outreach.directory.models import Organisation, Person, Post
from outreach.directory.organisation_models import OrganisationProposal
from outreach.permissions import Role

NAME = "深圳雁栖软件有限公司"


@pytest.fixture
def company(make):
    """A company where somebody of 清丰县 is posted."""
    make.person("王建国", company=NAME)
    row = db.session.scalar(select(Organisation))
    row.city, row.province = "深圳市", "广东省"
    db.session.flush()
    return row


def _sent(**values) -> dict:
    plain = {"kind": "company", "name": NAME, "province": "广东省", "city": "深圳市", "industry": ""}
    return {**plain, "credit_code": "", "term_ends_on": "", "note": "", "grounds": "营业执照为准", **values}


def _proposed(browser, company, **values) -> OrganisationProposal:
    """What the clerk of ``browser`` proposed."""
    answer = browser.post(f"/organisations/{company.id}/propose", _sent(**values))
    assert answer.status_code == 303, answer.text
    return db.session.scalar(select(OrganisationProposal).order_by(OrganisationProposal.id.desc()))


def _seen(browser, proposal) -> str:
    page = browser.get(f"/organisations/proposals/{proposal.id}").text
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def _accept(browser, proposal, take, **values):
    sent = {"take": take, "seen": _seen(browser, proposal), "reason": "", **values}
    return browser.post(f"/organisations/proposals/{proposal.id}/accept", sent)


@pytest.fixture
def proposer(make, visit):
    return visit(make.user(unit=make.other_county))


@pytest.fixture
def decider(make, visit):
    return visit(make.user())


def test_what_one_may_not_change_one_proposes(company, proposer, decider):
    page = f"/organisations/{company.id}"
    assert f"{page}/propose" in proposer.get(page).text
    assert f"{page}/propose" not in decider.get(page).text
    assert decider.get(f"{page}/propose").location.endswith(f"{page}/edit")
    form = proposer.get(f"{page}/propose").text
    assert NAME in form
    assert "马庄桥镇" in form
    assert proposer.post(f"{page}/propose", _sent(city="广州市", grounds="")).status_code == 422
    assert proposer.post(f"{page}/propose", _sent()).status_code == 409  # nothing was changed
    proposal = _proposed(proposer, company, city="广州市", industry="I")
    assert (proposal.before, proposal.values) == (
        {"city": "深圳市", "industry": ""},
        {"city": "广州市", "industry": "I"},
    )
    assert db.session.get(Organisation, company.id).city == "深圳市"
    assert "广州市" in decider.get("/organisations/proposals?side=decide").text
    assert "广州市" not in proposer.get("/organisations/proposals?side=decide").text
    assert "广州市" in proposer.get("/organisations/proposals?side=ours").text
    assert "organisations/proposals?side=decide" in decider.get("/home").text
    assert "organisations/proposals?side=decide" not in proposer.get("/home").text


def test_a_proposal_is_accepted_whole(company, proposer, decider):
    proposal = _proposed(
        proposer, company, name="深圳雁归软件有限公司", term_ends_on="2027-05-01", note="甲\r\n乙"
    )
    assert _accept(decider, proposal, ["name", "term_ends_on", "note"]).status_code == 303
    db.session.expire_all()
    assert (company.name, company.term_ends_on, company.note) == (
        "深圳雁归软件有限公司",
        date(2027, 5, 1),
        "甲\n乙",
    )
    assert (company.city, company.province) == ("深圳市", "广东省")  # what nobody proposed stays
    assert proposal.state == "accepted"
    assert "深圳雁归软件" in decider.get("/organisations?text=雁归").text
    assert "已采纳" in proposer.get(f"/organisations/{company.id}").text
    verbs = list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))
    assert verbs[-2:] == ["directory.edit_organisation", "directory.accept_organisation_proposal"]
    assert "directory.propose_organisation" in verbs


def test_a_part_is_accepted_with_a_reason_for_the_rest(company, proposer, decider):
    proposal = _proposed(proposer, company, city="广州市", industry="I")
    assert _accept(decider, proposal, []).status_code == 422
    assert _accept(decider, proposal, ["city"]).status_code == 422
    assert _accept(decider, proposal, ["city", "kind"], reason="x").status_code == 422  # was not proposed
    assert _accept(decider, proposal, ["city"], reason="行业以执照为准").status_code == 303
    db.session.expire_all()
    assert (company.city, company.industry, proposal.state, proposal.taken) == (
        "广州市",
        "",
        "partly",
        ["city"],
    )
    assert "行业以执照为准" in proposer.get(f"/organisations/proposals/{proposal.id}").text


def test_a_proposal_is_declined_with_a_reason(company, proposer, decider):
    proposal = _proposed(proposer, company, city="广州市")
    address = f"/organisations/proposals/{proposal.id}/decline"
    assert decider.post(address, {"reason": ""}).status_code == 422
    assert decider.post(address, {"reason": "注册地未变"}).status_code == 303
    db.session.expire_all()
    assert (company.city, proposal.state) == ("深圳市", "declined")
    assert "注册地未变" in proposer.get(f"/organisations/{company.id}").text
    assert decider.post(address, {"reason": "再次"}).status_code == 409


def test_a_proposal_is_corrected_and_taken_back_by_who_made_it(make, visit, company, proposer, decider):
    proposal = _proposed(proposer, company, city="广州市")
    assert "广州市" in proposer.get(f"/organisations/{company.id}/propose").text  # what was proposed before
    again = _proposed(proposer, company, city="东莞市")
    assert (again.id, again.values) == (proposal.id, {"city": "东莞市"})
    address = f"/organisations/proposals/{proposal.id}"
    assert decider.post(f"{address}/withdraw").status_code == 409
    stranger = visit(make.user(unit=make.city, role=Role.GATE_STAFF))
    assert stranger.get(address).status_code == 403
    assert proposer.post(f"{address}/withdraw").status_code == 303
    assert db.session.get(OrganisationProposal, proposal.id).state == "withdrawn"
    assert _accept_raw(decider, proposal).status_code == 409


def _accept_raw(browser, proposal):
    return browser.post(
        f"/organisations/proposals/{proposal.id}/accept",
        {"take": list(proposal.values), "seen": proposal.seen},
    )


def test_another_units_proposal_is_not_found(make, visit, company, proposer, decider):
    proposal = _proposed(proposer, company, city="广州市")
    address = f"/organisations/proposals/{proposal.id}"
    township = visit(make.user(unit=make.township))
    assert township.get(address).status_code == 200  # the township whose person is posted there decides too
    assert _accept_raw(proposer, proposal).status_code == 404  # who proposes does not decide
    other = visit(make.user(unit=unit_by_place("410923")))
    for answer in (
        other.get(address),
        _accept_raw(other, proposal),
        other.post(f"{address}/decline", {"reason": "x"}),
        other.post(f"{address}/withdraw"),
    ):
        assert answer.status_code == 404
    assert "广州市" not in other.get(f"/organisations/{company.id}").text
    assert "广州市" not in other.get("/organisations/proposals?state=").text


def test_what_was_changed_meanwhile_is_shown_and_not_ticked(company, proposer, decider):
    proposal = _proposed(proposer, company, city="广州市", industry="I")
    seen = _seen(decider, proposal)
    decider.post(f"/organisations/{company.id}/edit", _sent(city="东莞市"))
    assert proposal.overtaken == ["city"]
    late = _accept(decider, proposal, ["city", "industry"], seen=seen)
    assert late.status_code == 409  # the decider looked at what stood there before
    page = decider.get(f"/organisations/proposals/{proposal.id}").text
    assert "东莞市" in page
    assert "深圳市" in page
    assert re.search(r'value="industry"[^>]*checked', page)
    assert not re.search(r'value="city"[^>]*checked', page)
    assert _accept(decider, proposal, ["city", "industry"]).status_code == 303
    assert db.session.get(Organisation, company.id).city == "广州市"


def test_a_proposal_that_was_corrected_is_not_accepted_unseen(company, proposer, decider):
    proposal = _proposed(proposer, company, city="广州市")
    seen = _seen(decider, proposal)
    _proposed(proposer, company, city="东莞市")
    assert _accept(decider, proposal, ["city"], seen=seen).status_code == 409
    assert db.session.get(Organisation, company.id).city == "深圳市"


def test_a_name_that_another_has_is_refused_early_and_late(company, proposer, decider):
    operations.organisation_named("深圳清丰商会")
    db.session.flush()
    address = f"/organisations/{company.id}/propose"
    assert proposer.post(address, _sent(name="深圳清丰商会")).status_code == 422
    proposal = _proposed(proposer, company, name="深圳南乐商会", city="广州市")
    operations.organisation_named("深圳南乐商会")
    db.session.commit()
    assert _accept(decider, proposal, ["name", "city"]).status_code == 422
    db.session.expire_all()
    assert (company.name, company.city, proposal.state) == (NAME, "深圳市", "open")
    assert _accept(decider, proposal, ["city"], reason="名称已被占用").status_code == 303


def test_the_deciders_follow_the_people(make, visit, company, proposer, decider):
    """A merge moves the post to the kept card: the company is then the city's to decide,
    and the proposal waits there.
    """
    proposal = _proposed(proposer, company, city="广州市")
    gone = db.session.scalar(select(Organisation)).id
    card = make.person("王建国", unit=make.other_county, company=NAME)
    db.session.flush()
    here, there, city = (make.user(unit=unit) for unit in (make.county, make.other_county, make.city))
    waiting = [
        db.session.scalars(organisation_queries.select_organisation_proposals(user, side="decide")).all()
        for user in (here, there, city)
    ]
    assert waiting == [[], [], [proposal]]
    assert organisation_queries.keeper(company) == make.city
    kept = card
    other = next(person for person in _posted(gone) if person.id != card.id)
    operations.merge_people(kept, other, take=set(), reason="同一人", by=city)
    db.session.flush()
    waiting = [
        db.session.scalars(organisation_queries.select_organisation_proposals(user, side="decide")).all()
        for user in (here, there, city)
    ]
    assert waiting == [[], [proposal], [proposal]]


def _posted(organisation_id: int):
    return db.session.scalars(
        select(Person).join(Post, Post.person_id == Person.id).where(Post.organisation_id == organisation_id)
    ).unique()


def test_two_deciders_at_once_decide_once(app, make, visit, company, proposer):
    proposal = _proposed(proposer, company, city="广州市")
    browsers = [visit(make.user()), visit(make.user())]
    db.session.commit()
    sent = {"take": ["city"], "seen": _seen(browsers[0], proposal), "reason": ""}
    address, answers, start = f"/organisations/proposals/{proposal.id}", [], threading.Barrier(2)
    db.session.remove()

    def send(browser, deed, data):
        with app.app_context():
            start.wait()
            headers = {"X-CSRFToken": browser._token()}
            answers.append(browser.client.post(f"{address}/{deed}", data=data, headers=headers).status_code)
            db.session.remove()

    deeds = (("accept", sent), ("decline", {"reason": "注册地未变"}))
    threads = [
        threading.Thread(target=send, args=(browser, *deed))
        for browser, deed in zip(browsers, deeds, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    decided = select(func.count()).select_from(AuditEntry)
    verbs = ("directory.accept_organisation_proposal", "directory.decline_organisation_proposal")
    assert db.session.scalar(decided.where(AuditEntry.verb.in_(verbs))) == 1


def test_the_queue_is_searched_filtered_and_exported(make, visit, company, proposer, decider):
    _proposed(proposer, company, city="广州市", industry="I")
    assert NAME in decider.get("/organisations/proposals?text=雁栖").text
    assert NAME not in decider.get("/organisations/proposals?text=商会").text
    assert NAME not in decider.get("/organisations/proposals?kind=chamber").text
    assert NAME not in decider.get("/organisations/proposals?state=declined").text
    assert decider.post("/organisations/proposals/export", {"reason": ""}).status_code == 422
    answer = decider.post("/organisations/proposals/export", {"reason": "核对"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {"深圳市", "广州市", "营业执照为准"} <= cells


def test_a_remark_with_numbers_is_not_shown_to_who_may_not_see_them(make, visit, company):
    company.note = "联系人 15400001234"
    db.session.flush()
    user = make.user(Role.ORGANISER, make.other_county)
    user.grants.append(Grant(unit=make.city, role=Role.VIEWER))
    clerk = visit(user)
    form = clerk.get(f"/organisations/{company.id}/propose").text
    assert "15400001234" not in form
    assert 'name="note"' not in form
    proposal = _proposed(clerk, company, city="广州市")
    assert proposal.values == {"city": "广州市"}
