"""What is wrong in a form stands above it with links; a session that ended loses no form;
odd bodies are no fault.
"""

import io

import pytest

from outreach.permissions import Role

NAMELESS = (
    b'--edge\r\nContent-Disposition: form-data; filename="x"\r\n\r\nx\r\n'
    b"--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--\r\n"
)


def test_each_line_of_the_summary_names_its_field_and_leads_to_it(make, visit):
    browser = visit(make.user())
    answer = browser.post("/people/new", {})
    assert answer.status_code == 422
    assert browser.page.find(".//title").text.startswith("错误：")
    links = browser.page.xpath("//div[@class='error-summary' and @role='alert']//a")
    assert ("#name", "姓名：此项必填。") in [(link.get("href"), link.text_content()) for link in links]
    assert all(browser.page.get_element_by_id(link.get("href")[1:]) is not None for link in links)


def test_a_page_that_was_only_opened_has_no_summary(make, visit):
    answer = visit(make.user()).get("/people/new")
    assert "error-summary" not in answer.text
    assert "错误：" not in answer.text


def test_an_empty_sign_in_says_so_and_its_fields_are_known_to_password_managers(visit):
    browser = visit()
    answer = browser.post("/sign-in", {})
    assert answer.status_code == 422
    assert len(browser.page.xpath("//div[@class='error-summary']//a")) == 2
    known = {node.get("name"): node.get("autocomplete") for node in browser.page.iter("input")}
    assert (known["login"], known["password"]) == ("username", "current-password")


@pytest.mark.parametrize("lost", ["session", "token"])
def test_a_form_sent_after_the_session_ended_leads_through_the_sign_in_back_to_it(make, visit, lost):
    user = make.user()
    browser = visit(user)
    with browser.client.session_transaction() as session:
        session["seen"] = 0
    header = {} if lost == "session" else {"X-CSRFToken": "old"}
    answer = browser.send(
        "POST", "/people/new", headers={"Referer": "http://localhost/people/new?from=menu", **header}
    )
    assert answer.status_code == 401
    assert 'name="onwards" type="hidden" value="/people/new?from=menu"' in answer.text
    assert "登录已到期" in answer.text


def test_the_way_back_never_leads_to_another_site(make, visit):
    answer = visit().send("POST", "/people/new", headers={"Referer": "https://elsewhere.example/people/new"})
    assert answer.status_code == 401
    assert 'name="onwards" type="hidden" value=""' in answer.text


def test_who_is_there_stays_signed_in(make, visit):
    browser = visit(make.user())
    assert 'data-session-seconds="1800"' in browser.get("/home").text
    assert browser.post("/session").json == {"seconds": 1800}


def test_blanks_are_no_amount(make, visit):
    project = make.project()
    browser = visit(make.user(Role.INVESTMENT_OFFICER))
    answer = browser.post(
        f"/projects/{project.id}/instalments",
        {"paid_on": "2025-03-04", "amount_wan": "  ", "origin": "outside"},
    )
    assert answer.status_code == 422
    beside = browser.page.xpath(
        "//form[contains(@action, '/instalments')]//p[contains(@id, 'amount_wan-error')]"
    )
    assert [node.text for node in beside] == ["此项必填。"]


def test_a_part_without_a_name_is_passed_over(make, visit):
    answer = visit(make.user()).post(
        "/people/new", NAMELESS, content_type="multipart/form-data; boundary=edge"
    )
    assert answer.status_code == 422


def test_public_pages_say_who_runs_them(app, visit):
    app.config.update(FOOTER_HOST="濮阳市招商局", ICP_NUMBER="豫ICP备12345678号", POLICE_NUMBER="")
    try:
        for address in ("/", "/sign-in"):
            browser = visit()
            browser.get(address)
            foot = browser.page.get_element_by_id("footer")
            assert "濮阳市招商局" in foot.text_content()
            assert "https://beian.miit.gov.cn/" in foot.xpath(".//a/@href")
            assert "公网安备" not in foot.text_content()
    finally:
        app.config.update(FOOTER_HOST="", ICP_NUMBER="")


def test_a_file_in_the_place_of_a_text_is_no_answer(make, visit):
    sent = {"name": (io.BytesIO(b"x"), "a.txt"), "company": (io.BytesIO(b"y"), "b.txt")}
    browser = visit(make.user())
    assert browser.post("/people/new", sent, content_type="multipart/form-data").status_code == 422
    assert [node.text for node in browser.page.xpath("//p[@id='name-error']")] == ["此项必填。"]


def test_what_a_page_fills_in_beforehand_counts_only_when_it_is_sent(make, visit):
    officer, agreement = make.user(Role.INVESTMENT_OFFICER), make.agreement()
    browser, address = visit(officer), f"/agreements/{agreement.id}"
    browser.get(address)
    assert browser.page.get_element_by_id("name").get("value") == agreement.title
    for sent in ({}, {"officer_id": officer.id, "industry": "", "site": ""}):
        assert browser.post(f"{address}/project", sent).status_code == 422
        assert "此项必填。" in browser.page.get_element_by_id("name-error").text_content()
