"""One project, one identity, across counties and at the same moment;
papers that are of no project yet, or not of their summit.
"""

import threading
import time
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from outreach.core.audit import AuditEntry
from outreach.core.clock import today
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.permissions import Role
from outreach.pipeline import board_queries, identity, operations, queries
from outreach.pipeline.agreement_models import Agreement

COMPANY = "深圳市某新能源有限公司"


def _form(make, **changes):
    return {
        "unit_id": make.county.id,
        "kind": "letter",
        "company": COMPANY,
        "title": "新能源电池外壳项目",
        "signed_on": "2024-03-01",
        "intended_wan": "60000",
        "counts_as": "first",
        "currency": "CNY",
        "event_id": 0,
        "first_id": 0,
        **changes,
    }


def test_a_project_of_another_county_is_asked_about_and_not_shown(make, visit):
    secret = make.agreement(
        make.other_county, company=COMPANY, title="新能源电池外壳生产线", intended_wan=Decimal(60_000)
    )
    browser = visit(make.user(Role.INVESTMENT_OFFICER))
    page = browser.post("/agreements/new", _form(make))
    assert page.status_code == 409
    assert "濮阳县" in page.text
    assert "生产线" not in page.text
    assert f"/agreements/{secret.id}" not in page.text
    assert browser.post("/agreements/new", _form(make, another="y")).status_code == 303
    city = make.user(Role.INVESTMENT_OFFICER, unit=make.city)
    signing = identity.Signing(COMPANY, "新能源电池外壳项目", "", Decimal(60_000), None)
    assert [one.mine for one in queries.similar_signings(city, signing)] == [True, True]


def test_two_forms_at_once_do_not_both_pass_the_question(make, visit, app, monkeypatch):
    sign = operations.sign
    # long enough between the question and the row that the other form would be asked meanwhile, were it not
    # held up
    monkeypatch.setattr(operations, "sign", lambda *given, **said: time.sleep(0.5) or sign(*given, **said))
    browsers = [visit(make.user(Role.INVESTMENT_OFFICER)) for _each in range(2)]
    form, answers = _form(make), []
    # known already, so that it is not the company's name that holds the second form up
    directory.organisation_named(COMPANY)
    db.session.commit()
    start = threading.Barrier(2)

    def send(browser):
        with app.app_context():
            start.wait()
            headers = {"X-CSRFToken": browser._token()}
            answers.append(browser.client.post("/agreements/new", data=form, headers=headers).status_code)
            db.session.remove()

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 1


def test_a_paper_says_when_it_is_not_of_its_summit(make, visit):
    event = make.event(days=-30, published=True)
    day = event.starts_at.date()
    for signed, apart in (
        (day, 0),
        (day + timedelta(days=5), 0),
        (day + timedelta(days=20), 20),
        (day - timedelta(days=200), -200),
    ):
        row = make.agreement(event=event, signed_on=signed)
        assert abs(row.days_apart - apart) <= 1
    assert "天" in visit(make.user()).get(f"/agreements/{row.id}").text
    assert make.agreement(signed_on=date(2020, 1, 1)).days_apart == 0


def test_signatures_that_are_no_project_yet_open_to_their_rows(make, visit):
    plain, started = make.agreement(title="还不是项目"), make.agreement(title="已是项目", signed_on=today())
    make.project(started)
    make.agreement(title="二期", counts_as="increase", first=plain, signed_on=today())
    officer = make.user()
    assert board_queries.without_project(officer) == 1
    browser = visit(officer)
    assert "1 个签约尚未立项" in browser.get("/board").text
    page = browser.get("/agreements?project=none").text
    assert "还不是项目" in page
    assert "已是项目" not in page


def test_promises_of_all_papers_stand_in_one_list(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    late = operations.add_clause(
        make.agreement(), side="county", text="三通一平", due_on=today() - timedelta(days=3), by=officer
    )
    operations.add_clause(
        make.agreement(), side="company", text="年内开工", due_on=today() + timedelta(days=30), by=officer
    )
    operations.add_clause(
        make.agreement(make.other_county),
        side="county",
        text="别县的承诺",
        due_on=today() - timedelta(days=3),
        by=officer,
    )
    browser = visit(officer)
    page = browser.get("/promises").text
    assert page.index("三通一平") < page.index("年内开工")
    assert "别县的承诺" not in page
    assert "启用" not in page  # an open matter is no account in use
    assert "启用" not in browser.get("/notices").text
    assert "年内开工" not in browser.get("/promises?state=late").text
    assert "三通一平" not in browser.get("/promises?side=company").text
    assert "承诺" in browser.get("/home").text
    operations.keep_clause(late, outcome="已完成", by=officer)
    assert "三通一平" not in browser.get("/promises").text
    assert "已完成" in browser.get("/promises?state=closed").text


def test_a_registered_company_without_its_code_is_asked_for(make, visit):
    project, officer = make.project(), make.user()
    operations.enter_milestone(
        project, kind="registered", happened_on=date(2024, 4, 1), amount_wan=None, note="", by=officer
    )
    operations.enter_milestone(
        project, kind="filed", happened_on=date(2024, 4, 2), amount_wan=None, note="", by=officer
    )
    assert project.missing_codes == ["credit", "project"]
    assert "信用代码" in visit(officer).get(f"/projects/{project.id}").text
    operations.describe(project, code="2406-410922-04-01-123456", by=officer)
    project.organisation.credit_code = "91410922MA40A1B2C3"
    assert project.missing_codes == []


def test_who_brought_a_project_is_called_with_one_reason_on_record(make, visit):
    officer = make.user(Role.INVESTMENT_OFFICER)
    person = make.person("王建国", mobiles=["15411112222"])
    project = make.project(make.agreement(person=person))
    browser = visit(officer)
    assert "15411112222" not in browser.get(f"/projects/{project.id}").text
    [form] = browser.page.xpath(f"//form[@action='/people/{person.id}/unmask']")
    reason = form.xpath("./input[@name='reason']")[0].get("value")
    assert 'href="tel:15411112222"' in browser.post(f"/people/{person.id}/unmask", {"reason": reason}).text
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "directory.unmask"))
    assert project.name in entry.reason
    stranger = make.person("赵强", unit=make.other_county)
    project.agreement.person = stranger
    db.session.commit()
    browser.get(f"/projects/{project.id}")
    assert browser.page.xpath(f"//form[@action='/people/{stranger.id}/unmask']") == []
