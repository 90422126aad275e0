"""What is shown at the door opens the door; only the guest's own link opens the guest's page."""

import base64
import io
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from outreach.accounts.models import Role
from outreach.core import clock
from outreach.core.db import db
from outreach.core.sms import Sms
from outreach.registrations import links, operations, tickets
from outreach.registrations.models import Registration

PAGES = ("", "/qr.png", "/event.ics", "/change", "/cancel", "/proxy", "/stay", "/feedback")
DEEDS = ("/change", "/cancel", "/accept", "/proxy", "/stay", "/feedback", "/items/1", "/items/1/give-up")


def _shown(row) -> str:
    return links.door_address(row).rsplit("/", 1)[-1]


def test_the_two_secrets_have_nothing_in_common(make):
    row = make.registration(make.event())
    assert len(row.page_token) == 26
    assert row.page_token != row.code
    assert row.page_token not in _shown(row)
    assert links.page_link(row).endswith(f"/t/{row.page_token}")


def test_who_photographs_a_badge_reads_changes_and_draws_nothing(make, visit):
    event = make.event()
    kind = make.guest_type(event, "签约客商", moving=True)
    row = make.registration(event, name="李丽萍", type_id=kind.id)
    taken = (row.code, row.code.lower(), _shown(row), _shown(row)[:26])
    for code in taken:
        for page in PAGES[1:]:
            assert visit().get(f"/t/{code}{page}").status_code == 404, page
        for deed in DEEDS:
            assert visit().post(f"/t/{code}{deed}").status_code == 404, deed
        for path in (f"/t/{code}", f"/T/{code}", f"/t/{code}/", f"/T/{code}/"):
            answer = visit().get(path, follow_redirects=True)
            assert answer.status_code == 200, path
            assert "请向工作人员出示" in answer.text
            assert "李丽萍" not in answer.text
            assert row.page_token not in answer.text
    db.session.refresh(row)
    assert row.state == "confirmed"


def test_staff_who_scan_get_the_button_and_no_way_to_the_page(make, visit):
    row = make.registration(make.event())
    make.gate(row.event)
    answer = visit(make.user(Role.GATE_STAFF)).get(f"/T/{_shown(row)}")
    assert "李丽" in answer.text
    assert row.page_token not in answer.text


def test_an_old_link_opens_the_page_until_the_event_is_over(make, visit):
    event = make.event()
    row = make.registration(event, name="李丽萍")
    row.code_opens_page = True
    db.session.flush()
    for page in ("", "/change", "/qr.png"):
        assert visit().get(f"/t/{row.code}{page}").status_code == 200
    assert "李丽萍" in visit().get(f"/t/{row.code}").text
    event.starts_at, event.ends_at = clock.now() - timedelta(hours=3), clock.now() - timedelta(minutes=1)
    db.session.commit()
    answer = visit().get(f"/t/{row.code}", follow_redirects=True)
    assert (answer.status_code, "请向工作人员出示" in answer.text) == (200, True)
    assert "李丽萍" not in answer.text
    assert visit().get(f"/t/{row.code}/change").status_code == 404
    assert "李丽萍" in visit().get(f"/t/{row.page_token}").text


@pytest.mark.parametrize("old_link", [False, True])
def test_a_replaced_ticket_changes_both(make, visit, old_link):
    row = make.registration(make.event())
    row.code_opens_page = old_link
    before = row.code, row.page_token
    operations.replace_ticket(row, reason="拍了照", by=make.user())
    assert not {*before} & {row.code, row.page_token}
    assert "请向工作人员出示" in visit().get(f"/t/{before[0]}", follow_redirects=True).text
    assert visit().get(f"/t/{before[1]}").status_code == 404
    assert visit().get(f"/t/{row.page_token}").status_code == 200
    said = db.session.scalars(select(Sms.text).order_by(Sms.id.desc())).first()
    assert links.page_link(row) in said


def test_messages_and_calendars_carry_the_page_link_and_never_the_door_code(make, visit):
    row = make.registration(make.event())
    operations.send_ticket_again(row.event, row.mobile)
    texts = [text for text in db.session.scalars(select(Sms.text)) if "/t/" in text]
    texts.append(visit().get(f"/t/{row.page_token}/event.ics").text.replace("\r\n ", ""))
    assert len(texts) >= 2
    for text in texts:
        assert links.page_link(row) in text
        assert row.code not in text


def test_a_label_and_a_walk_in_show_the_door_code_alone(make, visit):
    event = make.event()
    row, gate = make.registration(event), make.gate(event)
    label = visit(make.user()).post(f"/registrations/{row.id}/label").text
    make.begins(event)
    data = {"key": "k" * 20, "gate": str(gate.id), "name": "王五", "mobile": "15412345678", "company": "甲"}
    walk_in = visit(make.user(Role.GATE_STAFF)).post(f"/events/{event.id}/walk-in", data).text
    guests = {
        guest.name: guest
        for guest in db.session.scalars(select(Registration).where(Registration.event_id == event.id))
    }
    for page, guest in ((label, row), (walk_in, guests["王五"])):
        assert guest.page_token not in page
        picture = page.split("data:image/png;base64,", 1)[1].split('"', 1)[0]
        assert "/t/" not in page.replace(picture, "")
        [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(picture))))
        assert tickets.code_in(found.text) == guest.code


def test_a_moving_code_is_drawn_by_the_page_alone(make, visit):
    event = make.event()
    kind = make.guest_type(event, "签约客商", moving=True)
    row = make.registration(event, type_id=kind.id)
    picture = visit().get(f"/t/{row.page_token}/qr.png")
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    assert tickets.read(found.text).made_at is not None
    assert picture.headers["Cache-Control"] == "no-store"
    assert visit().get(f"/t/{row.code}/qr.png").status_code == 404
