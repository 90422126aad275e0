"""Who works at the door admits only whom a search or a ticket showed to them,
and only on the days of the event.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from outreach.accounts.models import Role
from outreach.checkin import hallcodes, hours, queries
from outreach.checkin.models import Scan
from outreach.checkin.views import handles
from outreach.core import clock
from outreach.core.db import db
from outreach.core.refusals import Refused
from tests.checkin.gatekeeper import Gatekeeper


def _admit_of(browser, event, row) -> str:
    page = f"/events/{event.id}/find?surname={row.name}&tail={row.mobile[-4:]}"
    return re.search(r'action="(/events/\d+/admit/[^"]+)"', browser.get(page).text)[1]


def _scans() -> int:
    return db.session.scalar(select(func.count()).select_from(Scan).where(Scan.registration_id.is_not(None)))


def test_who_counts_numbers_reads_and_admits_nobody(make, visit):
    event = make.event()
    gate, rows = make.gate(event), [make.registration(event, name=f"客人{n}") for n in "甲乙丙丁"]
    make.begins(event)
    browser = visit(make.user(Role.GATE_STAFF))
    for number in range(rows[0].id, rows[-1].id + 1):
        body = {"key": f"count-{number:020d}", "registration": number, "gate": gate.id}
        said = browser.post(f"/events/{event.id}/scans", json=body, headers={"Accept": "application/json"})
        assert (said.json["verdict"], said.json["name"]) == ("unknown", "")
        for path in (f"/events/{event.id}/admit/{number}", f"/registrations/{number}/undo"):
            assert browser.post(path, {"key": "k" * 32, "reason": "x"}).status_code in (403, 404)
        assert browser.post(f"/registrations/{number}/label").status_code == 403
        assert browser.get(f"/registrations/{number}").status_code == 403
    assert _scans() == 0


def test_a_handle_is_good_in_the_session_that_found_the_guest_and_not_for_long(make, visit, monkeypatch):
    event, other = make.event(), make.event()
    row = make.registration(event)
    make.begins(event)
    one, two = visit(make.user(Role.GATE_STAFF)), visit(make.user(Role.GATE_STAFF))
    admit = _admit_of(one, event, row)
    _admit_of(two, event, row)
    sent = {"key": "k" * 32}
    assert two.post(admit, sent).status_code == 404
    assert one.post(admit[:-2] + "xx", sent).status_code == 404
    assert one.post(admit.replace(f"/events/{event.id}/", f"/events/{other.id}/"), sent).status_code == 404
    monkeypatch.setattr(handles, "LASTS", -1)
    assert one.post(admit, sent).status_code == 409
    monkeypatch.undo()
    assert "欢迎光临" in one.post(admit, sent).text
    assert _scans() == 1


def test_nobody_is_admitted_by_hand_weeks_before(make, visit):
    event = make.event(days=21)
    row, browser = make.registration(event), visit(make.user(Role.GATE_STAFF))
    make.gate(event)
    assert browser.post(_admit_of(browser, event, row), {"key": "k" * 32}).status_code == 409
    data = {"key": "w" * 20, "name": "王五", "mobile": "15412345678", "company": "甲"}
    assert browser.post(f"/events/{event.id}/walk-in", data).status_code in (409, 422)
    assert _scans() == 0


# 14:00 to 17:00 on 14 December in New York
@pytest.mark.parametrize(
    ("moment", "opens", "good"),
    [
        (datetime(2026, 12, 14, 4, 59, tzinfo=UTC), None, False),
        (datetime(2026, 12, 14, 5, 0, tzinfo=UTC), None, True),
        (datetime(2026, 12, 15, 10, 59, tzinfo=UTC), None, True),
        (datetime(2026, 12, 15, 11, 0, tzinfo=UTC), None, False),
        (datetime(2026, 12, 13, 23, 0, tzinfo=UTC), timedelta(hours=-20), True),
        (datetime(2026, 12, 13, 22, 59, tzinfo=UTC), timedelta(hours=-20), False),
    ],
)
def test_the_days_are_those_of_the_event_in_its_zone(make, moment, opens, good):
    starts = datetime(2026, 12, 14, 19, 0, tzinfo=UTC)
    event = make.event(zone="America/New_York", starts_at=starts, ends_at=starts + timedelta(hours=3))
    gate = make.gate(event)
    gate.opens_at = starts + opens if opens else None
    with clock.at(moment):
        if good:
            hours.check_day(event, gate)
        else:
            with pytest.raises(Refused):
                hours.check_day(event, gate)


@pytest.mark.parametrize(("days", "verdict"), [(21, "early"), (-3, "late")])
def test_a_genuine_code_admits_on_the_days_of_the_event_only(app, make, visit, days, verdict):
    event = make.event()
    row = make.registration(event)
    gate, poster = make.gate(event), make.gate(event, "海报")
    poster.poster = True
    event.starts_at, event.ends_at = (clock.now() + timedelta(days=days, hours=more) for more in (0, 3))
    gatekeeper = Gatekeeper(app, gate, make.user())
    staff = visit(make.user(Role.GATE_STAFF))
    for number, at in enumerate((gate.id, None)):
        body = {"key": f"scan-{number:020d}", "code": row.code, "gate": at}
        said = staff.post(f"/events/{event.id}/scans", json=body, headers={"Accept": "application/json"})
        assert said.json["verdict"] == verdict
    shown = hallcodes.current(event.ticket_seed, clock.now().timestamp())
    sent = {"surname": row.name, "tail": row.mobile[-4:], "shown": shown}
    assert visit().post(f"/e/{event.slug}/here", sent).status_code in (404, 409)
    told = gatekeeper.sync(drawers={}).json["gate"]
    stamps = [int(1000 * at.timestamp()) for at in hours.of_event(event)]
    assert [told["opens"], told["closes"]] == stamps
    assert queries.arrived_count(event.id) == 0


def test_a_gate_without_network_hears_that_the_day_has_moved(app, make):
    event = make.event(days=0)
    gatekeeper = Gatekeeper(app, make.gate(event), make.user())
    before = gatekeeper.sync(drawers={}).json["gate"]
    event.starts_at, event.ends_at = event.starts_at + timedelta(days=9), event.ends_at + timedelta(days=9)
    after = gatekeeper.sync(drawers={}).json["gate"]
    assert after["opens"] - before["opens"] == 9 * 24 * 3_600_000


def test_guests_without_a_number_are_found_at_the_desk(make, visit):
    event = make.event(most_companions=1)
    main = make.registration(event, name="李丽", mobile="15412345678")
    make.registration(event, name="张小妹", mobile="").companion_of_id = main.id
    make.registration(event, name="史怀玉", mobile="")
    make.registration(event, name="史怀", mobile="15400001111")
    make.begins(event)
    browser = visit(make.user(Role.GATE_STAFF))

    def found(surname: str, tail: str = "") -> list[str]:
        page = browser.get(f"/events/{event.id}/find?surname={surname}&tail={tail}")
        assert page.status_code == (422 if len(surname) < 2 and not tail else 200)
        return [name for name in ("李丽", "张小妹", "史怀玉") if f"<strong>{name}</strong>" in page.text]

    assert found("张", "5678") == ["张小妹"]
    assert found("张小妹") == found("張小妹") == ["张小妹"]
    assert found("史怀玉") == ["史怀玉"]
    assert found("史") == found("史怀") == found("李丽") == found("张", "1111") == []
