"""What is printed, read back from the PDF: names, numbers, codes that decode, orders."""

import io

import pypdf
import pypdfium2
import pytest
import python_calamine
import zxingcpp
from sqlalchemy import func, select

from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.events import operations as events
from outreach.reception import ceremony_queries, operations, papers, queries
from outreach.reception.models import Badge
from outreach.registrations import tickets


@pytest.fixture
def event(make):
    event = make.event(capacity=50)
    events.add_item(
        event,
        starts_at=event.starts_at,
        minutes=10,
        title="领导致辞",
        title_en="",
        speaker="清丰县人民政府",
        by=None,
    )
    for name in ("王毅", "欧阳少东", "丁小丽"):
        make.registration(
            event, name=name, company="濮阳某某家居产业集团股份有限公司", guest_book=name != "丁小丽"
        )
    return event


def _text(answer) -> str:
    assert answer.headers["Content-Type"] == "application/pdf", answer.text
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def _print(browser, event, paper, which="all"):
    return browser.post(f"/events/{event.id}/papers", {"paper": paper, "which": which, "reason": "会务"})


@pytest.mark.parametrize("paper", ["badges", "tents", "sign_in", "roster", "book"])
def test_every_paper_names_every_guest(make, visit, event, paper):
    browser = visit(make.user())
    assert (
        browser.post(f"/events/{event.id}/papers", {"paper": paper, "which": "all", "reason": ""}).status_code
        == 422
    )
    text = _text(_print(browser, event, paper)).replace("　", "").replace(" ", "")
    for name in ("王毅", "欧阳少东", "丁小丽"):
        # the book names who agreed to that
        assert (name in text) is (paper != "book" or name != "丁小丽"), paper
    assert ("1位嘉宾按本人意愿未列名" in text) is (paper == "book")
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "reception.print_paper")) == 1


def test_badges_keep_their_numbers_and_only_new_ones_are_printed(make, visit, event):
    browser = visit(make.user())
    _print(browser, event, "badges")
    late = make.registration(event, name="赵强")
    db.session.commit()
    text = _text(_print(browser, event, "badges", "new"))
    assert "0004" in text
    assert "王" not in text
    assert _print(browser, event, "badges", "new").status_code == 422
    first = db.session.scalar(select(Badge).order_by(Badge.number))
    again = _text(browser.post(f"/registrations/{first.registration_id}/badge"))
    assert "0001" in again
    assert db.session.get(Badge, first.id).times == 2
    assert late.id in queries.badges(event)


def test_the_code_on_a_badge_opens_the_ticket(make, event):
    rows = operations.number_badges(event, queries.guests(event), by=make.user())
    pdf = pypdfium2.PdfDocument(papers.badges(event, rows, {}))
    found = {result.text for result in zxingcpp.read_barcodes(pdf[0].render(scale=3).to_pil())}
    assert {tickets.code_in(text) for text in found} == {row.registration.code for row in rows}


def test_strokes_order_the_roster_and_seats_stand_in_the_lists(make, visit, event):
    hall = operations.add_hall(
        event, name="主会场", kind="rows", rows=2, seats=5, platform=0, even_rule="A", by=None
    )
    operations.propose(hall, platform_type=0, block="type", keep_rows=0, by=make.user())
    browser = visit(make.user())
    roster = _text(_print(browser, event, "roster")).replace("　", "")
    assert roster.index("丁小丽") < roster.index("王毅") < roster.index("欧阳少东")
    seats = _text(_print(browser, event, "seats")).replace(" ", "")
    assert "1排3号" in seats
    plan = browser.post(f"/halls/{hall.id}/plan", {"reason": "布置会场"})
    assert "丁小丽" in _text(plan)
    assert browser.post(f"/halls/{hall.id}/plan", {"reason": ""}).status_code == 422


def test_a_name_of_two_stands_as_wide_as_three():
    assert papers.spaced("王毅") == "王　毅"
    assert papers.spaced("欧阳少东") == "欧阳少东"
    assert papers.spaced("Li") == "Li"


def test_lists_come_as_excel_too_and_drawings_do_not(make, visit, event):
    browser = visit(make.user())
    answer = browser.post(
        f"/events/{event.id}/papers",
        {"paper": "sign_in", "which": "all", "format": "sheet", "reason": "会务"},
    )
    rows = python_calamine.load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "签到表"
    assert {row[2].replace("　", "") for row in rows[3:]} == {"王毅", "欧阳少东", "丁小丽"}
    assert (
        browser.post(
            f"/events/{event.id}/papers",
            {"paper": "badges", "which": "all", "format": "sheet", "reason": "会务"},
        ).status_code
        == 422
    )


def test_the_order_of_the_signing_is_kept_moved_and_printed(make, visit, event):
    browser = visit(make.user())
    assert browser.post(f"/events/{event.id}/ceremony", {"title": ""}).status_code == 422
    for title in ("甲项目", "乙项目", "丙项目"):
        values = {
            "title": title,
            "unit_id": event.unit_id,
            "company": f"{title}公司",
            "signer": "县长",
            "counterpart": "董事长",
            "witness": "书记",
            "intended_wan": "1.2亿",
        }
        assert browser.post(f"/events/{event.id}/ceremony", values).status_code == 303
    first, second, third = (row.id for row in ceremony_queries.lines(event))
    browser.post(f"/events/{event.id}/ceremony/{third}/up")
    browser.post(f"/events/{event.id}/ceremony/{first}/up")  # the first stays first
    browser.post(f"/events/{event.id}/ceremony/{second}/remove")
    assert [(row.title, row.place) for row in ceremony_queries.lines(event)] == [("甲项目", 1), ("丙项目", 2)]
    text = _text(_print(browser, event, "ceremony")).replace(" ", "")
    assert text.index("甲项目") < text.index("丙项目")
    assert "1.2亿元" in text
    signed = browser.get(
        f"/agreements/new?event={event.id}&title=甲项目&company=甲项目公司&intended=12000&"
        f"unit={event.unit_id}"
    )
    assert 'value="甲项目公司"' in signed.text
    assert 'value="12000"' in signed.text
    other = make.event(make.other_county)
    assert browser.post(f"/events/{other.id}/ceremony/{first}/up").status_code == 404
