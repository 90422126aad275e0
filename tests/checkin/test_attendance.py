"""Who came of whom was invited, added up independently of the page."""

import io
import re

import openpyxl

from outreach.checkin import attendance_queries
from outreach.checkin import operations as checkin
from outreach.core.db import db
from outreach.events import operations as events
from outreach.events.models import Invitation
from outreach.registrations import operations


def test_by_type_and_county(make, visit):
    event, user = make.event(), make.user()
    gate = make.gate(event)
    media = make.guest_type(event, "媒体", place=900)
    people = [make.person(f"王{sign}") for sign in "一二三"]
    events.invite(event, people, by=user)
    rows = db.session.scalars(db.select(Invitation).order_by(Invitation.id)).all()
    guests = [
        operations.answer(row, answer="yes", name=row.person.name, company="x", mobile=f"1541111000{number}")
        for number, row in enumerate(rows[:2])
    ]
    operations.answer(rows[2], answer="no")
    press = make.registration(event, type_id=media.id)
    make.begins(event)
    for number, row in enumerate((guests[0], press)):
        checkin.admit(event, row, key=f"scan-0000000000{number:02d}", gate=gate, device_at=None, by=user)
    lines = {
        line.name: (line.invited, line.answered_yes, line.placed, line.arrived)
        for line in attendance_queries.by_type(event)
    }
    assert lines == {"嘉宾": (3, 2, 2, 1), "媒体": (0, 0, 1, 1)}
    counties = {
        line.name: (line.invited, line.answered_yes, line.placed, line.arrived)
        for line in attendance_queries.by_county(event)
    }
    assert counties == {"清丰县": (3, 2, 2, 1), "其他地区": (0, 0, 1, 1)}
    browser = visit(user)
    links = re.findall(
        r'<a href="(/events/\d+/arrivals[^"]*)">(\d+)</a>',
        browser.get(f"/events/{event.id}/attendance").text.replace("&amp;", "&"),
    )
    assert len(links) == 12  # in two tables two figures of two lines and of the whole
    for address, number in links:
        assert len(re.findall(r'href="/registrations/\d+"', browser.get(address).text)) == int(number), (
            address
        )
    assert "50.0%" in browser.get(f"/events/{event.id}/attendance").text
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.post(f"/events/{event.id}/attendance/export").data)
    ).active
    assert "媒体" in {str(cell.value) for row in sheet.iter_rows() for cell in row}
