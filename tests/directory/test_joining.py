"""Two organisations that are one: joined with everything that points at them, proposed by others, undone."""

import pytest
from sqlalchemy import select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.core.refusals import Refused
from outreach.directory import joining_queries, operations, organisation_queries
from outreach.directory.joining_models import OrganisationMerge
from outreach.directory.models import Organisation, Post
from outreach.liaison import operations as liaison
from outreach.permissions import Role
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Project

CODE = "91410922MA45ABCD1X"


@pytest.fixture
def user(make):
    return make.user()


def _two(make) -> tuple[Organisation, Organisation]:
    """One company under two names, with a person each, and one who holds the same post at both."""
    make.person("王建国", company="河南豫新家居有限公司", title="经理")
    make.person("李四光", company="豫新家居公司", title="董事长")
    both = make.person("赵一", company="河南豫新家居有限公司", title="监事")
    kept = operations.organisation_named("河南豫新家居有限公司")
    gone = operations.organisation_named("豫新家居公司")
    both.posts.append(Post(organisation=gone, title="监事"))
    db.session.flush()
    return kept, gone


def test_every_pointer_to_an_organisation_is_known():
    """Whoever adds one decides here what a merge does with it."""
    assert {f"{table.name}.{column.name}" for table, column in joining_queries.pointers()} == {
        "agreements.organisation_id",
        "organisation_proposals.organisation_id",
        "pairings.organisation_id",
        "posts.organisation_id",
        "projects.chamber_id",
        "projects.organisation_id",
    }


def test_names_without_place_and_legal_form_are_alike(make):
    kept, gone = _two(make)
    operations.organisation_named("豫新家居设计公司")
    assert joining_queries.alike(kept)[0] is gone
    assert joining_queries.core("河南省豫新家居（集团）有限公司") == "豫新家居"
    gone.credit_code = CODE
    db.session.flush()
    assert joining_queries.alike(kept, CODE.lower()) == [gone]
    assert joining_queries.alike(kept, "%") == []


def test_everything_follows_and_comes_back(make, visit, user):
    kept, gone = _two(make)
    gone.credit_code, gone.city, kept.city = CODE, "郑州市", "濮阳市"
    paper = make.agreement(company=gone.name)
    project = make.project(paper)
    day = paper.signed_on
    post = liaison.add_post(
        make.county, title="县委书记", holder="某", rank=1, from_on=day, user=None, by=user
    )
    pairing = liaison.pair_organisation(post, gone, rhythm_days=90, clerk=None, by=user)
    db.session.commit()
    kept_id, gone_id, gone_name = kept.id, gone.id, gone.name
    browser = visit(user)
    assert gone_name in browser.get(f"/organisations/{kept_id}/alike").text
    address = f"/organisations/{kept_id}/join/{gone_id}"
    assert "郑州市" in browser.get(address).text
    refused = browser.post(address, {"take": ["city"], "reason": ""})
    assert refused.status_code == 422
    assert browser.page.xpath("//input[@name='take' and @checked]/@value") == ["city"]
    assert browser.post(address, {"take": ["city"], "reason": "同一企业"}).status_code == 303
    assert browser.post(address, {"take": ["city"], "reason": "同一企业"}).status_code == 404
    kept = db.session.get(Organisation, kept_id)
    assert (kept.name, kept.credit_code, kept.city) == ("河南豫新家居有限公司", CODE, "郑州市")
    assert db.session.get(Organisation, gone_id) is None
    assert {
        db.session.get(model, row.id).organisation_id
        for model, row in ((Agreement, paper), (Project, project))
    } == {kept_id}
    assert pairing.organisation_id == kept_id
    titles = db.session.scalars(select(Post.title).where(Post.organisation_id == kept_id)).all()
    assert sorted(titles) == ["监事", "经理", "董事长"]
    assert browser.get(f"/organisations/{gone_id}").location.endswith(f"/organisations/{kept_id}")
    assert operations.organisation_named(gone_name).id == kept_id, "the old name means the one that stays"
    with pytest.raises(Refused, match="河南豫新家居"):
        operations.add_organisation(name=gone_name, kind="company", by=user)
    merge = db.session.scalar(select(OrganisationMerge))
    assert browser.post(f"/organisations/joining/{merge.id}/undo", {"reason": ""}).status_code == 422
    assert browser.post(f"/organisations/joining/{merge.id}/undo", {"reason": "两家企业"}).status_code == 303
    assert browser.post(f"/organisations/joining/{merge.id}/undo", {"reason": "再次"}).status_code == 409
    db.session.expire_all()
    back = db.session.get(Organisation, gone_id)
    assert (back.name, back.credit_code, kept.credit_code, kept.city) == (gone_name, CODE, None, "濮阳市")
    assert {paper.organisation_id, project.organisation_id, pairing.organisation_id} == {gone_id}
    titles = db.session.scalars(select(Post.title).where(Post.organisation_id == gone_id)).all()
    assert sorted(titles) == ["监事", "董事长"]
    verbs = set(db.session.scalars(select(AuditEntry.verb)))
    assert {"directory.join_organisations", "directory.undo_joining"} <= verbs


def test_the_name_that_is_taken_over_is_found(make, user):
    kept, gone = _two(make)
    name = gone.name
    merge = operations.join_organisations(
        kept, gone, make.county, take=["name"], reason="以执照为准", by=user
    )
    assert kept.name == name
    assert operations.organisation_named("河南豫新家居有限公司") is kept
    kept.note = "改过"
    back = operations.undo_joining(merge, reason="两家", by=user)
    assert (back.name, kept.name, kept.note) == (name, "河南豫新家居有限公司", "改过")


def test_two_credit_codes_are_two_companies(make, user):
    kept, gone = _two(make)
    kept.credit_code, gone.credit_code = CODE, "91410922MA45ABCD2A"
    db.session.flush()
    with pytest.raises(Refused, match="信用代码"):
        operations.join_organisations(kept, gone, make.county, take=[], reason="x", by=user)
    assert db.session.get(Organisation, gone.id) is gone
    with pytest.raises(Refused):
        operations.join_organisations(kept, kept, make.county, take=[], reason="x", by=user)


def test_another_county_only_proposes(make, visit, user):
    kept, gone = _two(make)
    db.session.commit()
    other = make.user(unit=make.other_county)
    stranger, browser = visit(other), visit(user)
    assert not organisation_queries.may_edit_organisation(kept, other)
    address = f"/organisations/{kept.id}/join/{gone.id}"
    assert stranger.post(address, {"reason": "同一企业"}).status_code == 303
    assert stranger.post(address, {"reason": "再次"}).status_code == 409
    row = db.session.scalar(select(OrganisationMerge))
    assert (row.state, db.session.get(Organisation, gone.id)) == ("open", gone)
    at = f"/organisations/joining/{row.id}"
    assert stranger.post(f"{at}/accept").status_code == 409
    assert stranger.post(f"{at}/decline", {"reason": "x"}).status_code == 409
    assert visit(make.user(Role.VIEWER)).post(f"{at}/accept").status_code == 403
    assert browser.post(f"{at}/withdraw").status_code == 409
    assert "同一企业" in browser.get(f"/organisations/{gone.id}").text
    assert browser.post(f"{at}/decline", {"reason": ""}).status_code == 422
    assert browser.post(f"{at}/decline", {"reason": "两家企业"}).status_code == 303
    assert stranger.post(address, {"reason": "见执照"}).status_code == 303
    again = db.session.scalar(select(OrganisationMerge).where(OrganisationMerge.state == "open"))
    assert browser.post(f"/organisations/joining/{again.id}/accept").status_code == 303
    assert stranger.post(f"/organisations/joining/{again.id}/undo", {"reason": "x"}).status_code == 409
    db.session.expire_all()
    assert again.state == "merged"
