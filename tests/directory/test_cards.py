"""Their card is theirs: the link, confirming, correcting, choosing, refusing; the printed directory."""

import io
import re

import openpyxl
import pypdf
import pytest
from sqlalchemy import func, select

from outreach.core import clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import card_queries, operations
from outreach.directory.card_models import CardAnswer, Consent, PrintRun
from outreach.directory.models import Person
from outreach.permissions import Role


@pytest.fixture
def card(make):
    return make.person(
        "王毅",
        mobiles=["15411112222"],
        company="深圳雁栖软件有限公司",
        title="总经理",
        city="深圳市",
        province="广东省",
        email="w@example.org",
    )


def _token(make, visit, person) -> str:
    answer = visit(make.user()).post(f"/people/{person.id}/own/link")
    return re.search(r"/c/([A-Za-z0-9_-]+)", answer.text)[1]


def test_the_link_opens_the_card_without_an_account(make, visit, card):
    token = _token(make, visit, card)
    guest = visit()
    text = guest.get(f"/c/{token}").text
    assert "15411112222" in text
    assert "深圳雁栖软件有限公司" in text
    # looking is not yet an answer: mail scanners open links
    assert db.session.get(Person, card.id).notice_at is None
    assert guest.post(f"/c/{token}/confirm").status_code == 303
    assert db.session.get(Person, card.id).notice_at is not None
    assert visit().get("/c/wrong").status_code == 404


def test_a_second_link_ends_the_first_and_any_link_can_be_revoked(make, visit, card):
    first, second = _token(make, visit, card), _token(make, visit, card)
    assert visit().get(f"/c/{first}").status_code == 404
    link = card_queries.link(second)
    assert visit(make.user()).post(f"/people/{card.id}/own/links/{link.id}/revoke").status_code == 303
    assert visit().get(f"/c/{second}").status_code == 404


def test_a_link_ends_by_itself(make, visit, card):
    token = _token(make, visit, card)
    card_queries.link(token).ends_at = clock.now()
    assert visit().get(f"/c/{token}").status_code == 404


def test_a_correction_waits_for_the_county(make, visit, card):
    token = _token(make, visit, card)
    guest = visit()
    data = {
        "name": "王毅",
        "mobile": "15433334444",
        "company": "深圳雁栖软件有限公司",
        "title": "董事长",
        "city": "广州市",
        "home_village": "",
        "wechat": "",
        "email": "w@example.org",
    }
    assert guest.post(f"/c/{token}/correct", {**data, "mobile": "123"}).status_code == 422
    assert guest.post(f"/c/{token}/correct", data).status_code == 303
    assert db.session.get(Person, card.id).city == "深圳市"
    answer = db.session.scalar(select(CardAnswer))
    assert answer.values == {"mobile": "15433334444", "title": "董事长", "city": "广州市"}
    clerk = visit(make.user())
    assert "广州市" in clerk.get("/answers").text
    assert "15433334444" not in clerk.page.text_content()
    assert clerk.post(f"/answers/{answer.id}/accept").status_code == 303
    person = db.session.get(Person, card.id)
    assert (person.city, person.company.title) == ("广州市", "董事长")
    assert "15433334444" in {phone.number for phone in person.phones}
    assert clerk.post(f"/answers/{answer.id}/accept").status_code == 409


def test_a_declined_correction_says_why_on_their_page(make, visit, card):
    token = _token(make, visit, card)
    operations.propose_correction(card_queries.link(token), values={"name": "王义"})
    answer = db.session.scalar(select(CardAnswer))
    db.session.commit()
    clerk = visit(make.user())
    assert clerk.post(f"/answers/{answer.id}/decline", {"reason": ""}).status_code == 422
    assert db.session.get(CardAnswer, answer.id).state == "open"
    clerk.post(f"/answers/{answer.id}/decline", {"reason": "请提供更名证明"})
    assert "请提供更名证明" in visit().get(f"/c/{token}").text


def test_choosing_and_withdrawing(make, visit, card):
    token = _token(make, visit, card)
    guest = visit()
    assert (
        guest.post(
            f"/c/{token}/choose", {"printed": ["company", "city"], "greetings": ["mobile"]}
        ).status_code
        == 303
    )
    person = db.session.get(Person, card.id)
    assert person.consents == {"printed": ["company", "city"], "greetings": ["mobile"]}
    assert person.may_print
    # a number is not offered for a public page
    assert guest.post(f"/c/{token}/choose", {"public": ["mobile"]}).status_code == 422
    assert guest.post(f"/c/{token}/refuse").status_code == 303
    person = db.session.get(Person, card.id)
    assert person.consents == {}
    assert not person.may_print
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 2  # both stay on record
    assert db.session.scalar(select(CardAnswer.kind).where(CardAnswer.state == "open")) == "refuse"


def test_another_countys_clerk_sees_no_answer(make, visit, card):
    token = _token(make, visit, card)
    operations.refuse(card_queries.link(token))
    answer = db.session.scalar(select(CardAnswer))
    db.session.commit()
    other = visit(make.user(unit=make.other_county))
    assert other.post(f"/answers/{answer.id}/accept").status_code == 404
    assert "王*" not in other.get("/answers").text


def _printable(make, name: str, *fields: str, **values):
    person = make.person(name, **values)
    operations.choose(person, choices={"printed": list(fields)}, via="纸质", by=None)
    return person


def _text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_printed_directory_holds_only_what_was_agreed(make, visit):
    user = make.user()
    _printable(
        make, "王沪宁", "company", "mobile", company="甲有限公司", title="董事长", mobiles=["15411110000"]
    )
    _printable(make, "王毅", "city", company="乙有限公司", mobiles=["15422220000"], city="深圳市")
    make.person("李丽", company="丙有限公司")
    browser = visit(user)
    data = {"unit_id": make.county.id, "order": "strokes", "recipient": "县委办公室"}
    assert browser.post("/printed", {**data, "recipient": ""}).status_code == 422
    answer = browser.post("/printed", data)
    text = re.sub(r"\s", "", _text_of(answer.data))
    assert "甲有限公司" in text
    assert "15411110000" in text
    assert "县委办公室" in text
    for hidden in ("乙有限公司", "15422220000", "李丽", "丙有限公司"):
        assert hidden not in text
    assert text.index("王毅") < text.index("王沪宁")
    sheet = openpyxl.load_workbook(io.BytesIO(browser.post("/printed", {**data, "as": "xlsx"}).data)).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "甲有限公司" in cells
    assert "乙有限公司" not in cells
    assert [run.copy for run in db.session.scalars(select(PrintRun).order_by(PrintRun.id))] == [1, 2]
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "directory.print_directory")) == 2


def test_who_withdraws_stands_on_the_list_for_the_next_print(make, visit):
    user = make.user()
    person = _printable(make, "王毅", "mobile")
    db.session.commit()
    browser = visit(user)
    browser.post("/printed", {"unit_id": make.county.id, "order": "strokes", "recipient": "县委办公室"})
    assert "王*" not in browser.get("/printed").text
    operations.choose(db.session.get(Person, person.id), choices={}, via="电话", by=user)
    assert "王*" in browser.get("/printed").text
    assert (
        browser.post(
            "/printed", {"unit_id": make.county.id, "order": "strokes", "recipient": "县委办公室"}
        ).status_code
        == 422
    )


def test_three_hundred_and_sixty_stand_in_one_copy(make, visit):
    for number in range(360):
        _printable(make, f"王{chr(0x4E00 + number)}", "mobile", "company", company=f"某{number}有限公司")
    browser = visit(make.user())
    answer = browser.post("/printed", {"unit_id": make.county.id, "order": "town", "recipient": "县委办公室"})
    assert answer.data.startswith(b"%PDF")
    assert len(db.session.scalar(select(PrintRun)).people) == 360


def test_a_viewer_prints_nothing(make, visit):
    assert visit(make.user(Role.VIEWER)).get("/printed").status_code == 403
