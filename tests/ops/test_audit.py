"""The audit: read, filtered, exported; a chain that shows what was changed, taken out or cut off."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import delete, select, update

from outreach.core import audit, audit_chain, clock
from outreach.core.audit import AuditEntry
from outreach.core.db import db
from outreach.directory import operations as directory
from outreach.ops import tasks
from outreach.permissions import Role


@pytest.fixture
def linked(make):
    """(user, person, ids of ten linked entries, the first link first)."""
    user, person = make.user(), make.person()
    with clock.at(clock.now() - timedelta(minutes=10)):
        for number in range(9):
            directory.unmask([person], reason=f"电话核实{number}", by=user)
    db.session.execute(update(AuditEntry).values(at=clock.now() - timedelta(minutes=10)))
    count = audit_chain.link(most=4)
    while more := audit_chain.link(most=4):
        count += more
    ids = list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.link)))
    assert count == len(ids) >= 10
    db.session.commit()
    return user, person, ids


def test_an_untouched_chain_holds(linked):
    found = audit_chain.verify()
    assert (found.fault, found.first, found.last, found.waiting) == (None, 1, len(linked[2]), 0)
    assert audit_chain.verify((found.last, found.digest)).fault is None


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "别的"},
        {"verb": "directory.export_people"},
        {"user_id": None},
        {"object_id": 99},
        {"detail": {"x": 1}},
        {"address": "192.0.2.1"},
        {"at": clock.now()},
        {"reason": "别的", "reason_digest": "0" * 64},
    ],
)
def test_a_changed_entry_is_named(linked, change):
    _user, _person, ids = linked
    db.session.execute(update(AuditEntry).where(AuditEntry.id == ids[5]).values(**change))
    db.session.expire_all()
    assert audit_chain.verify().fault.entry_id == ids[5]


def test_what_was_taken_out_or_cut_off_shows(linked):
    _user, _person, ids = linked
    whole = audit_chain.verify()
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == ids[-1]))
    assert audit_chain.verify().fault is None, "only who noted the end can tell"
    assert audit_chain.verify((whole.last, whole.digest)).fault.why == "the noted entry is gone"
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == ids[4]))
    assert audit_chain.verify().fault.entry_id == ids[5]


def test_an_erasure_takes_a_name_out_and_the_chain_holds(make, linked):
    user, _person, ids = linked
    other = make.person("单于鸿雁")
    with clock.at(clock.now() - timedelta(minutes=10)):
        directory.unmask([other], reason="给单于鸿雁打电话", by=user)
    db.session.execute(update(AuditEntry).values(at=AuditEntry.at))
    audit_chain.link()
    directory.erase_person(other, why="asked", by=user)
    db.session.commit()
    db.session.expire_all()
    found = audit_chain.verify()
    assert (found.fault, found.blotted) == (None, 1)
    assert len(ids) < found.entries


def test_entries_just_written_wait(make):
    audit_chain.link()  # what the set-up of a long run wrote
    make.person()
    assert audit_chain.link() == 0
    tasks.link_audit(job_id=0)
    assert audit_chain.verify().waiting > 0


def test_the_command_names_the_first_broken_entry(app, linked):
    run = app.test_cli_runner().invoke
    good = run(args=["audit-verify"])
    assert good.exit_code == 0
    head = good.output.strip().rsplit(" ", 1)[1]
    assert run(args=["audit-verify", "--noted", head]).exit_code == 0
    assert run(args=["audit-verify", "--noted", "nonsense"]).exit_code == 1
    db.session.execute(update(AuditEntry).where(AuditEntry.id == linked[2][3]).values(reason="改了"))
    db.session.commit()
    broken = run(args=["audit-verify"])
    assert broken.exit_code == 1
    assert f"entry {linked[2][3]}" in broken.output


def test_every_entry_knows_where_it_came_from(make, visit):
    browser = visit(make.user())
    person = make.person()
    db.session.commit()
    browser.post(f"/people/{person.id}/unmask", {"reason": "核实"})
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "directory.unmask"))
    assert entry.address == "127.0.0.1"
    audit.record(None, "test.deed")
    assert db.session.scalar(select(AuditEntry.address).where(AuditEntry.verb == "test.deed")) == ""


def test_the_page_filters_and_goes_out_with_a_reason(make, visit, linked):
    user, person, _ids = linked
    assert visit(user).get("/audit").status_code == 403
    boss = make.user(Role.ADMINISTRATOR, make.city)
    browser = visit(boss)
    assert "电话核实3" in browser.get("/audit?group=disclosed").text
    assert "电话核实3" not in browser.get("/audit?group=accounts").text
    assert "电话核实3" not in browser.get(f"/audit?user={boss.id}").text
    assert "电话核实3" in browser.get(f"/audit?object_kind=people&object_id={person.id}").text
    assert "电话核实3" not in browser.get(f"/audit?object_kind=people&object_id={person.id + 1}").text
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert "电话核实3" not in browser.get(f"/audit?first={tomorrow}").text
    assert browser.get("/audit?object_id=x&first=x&group=x").status_code == 200
    assert browser.post("/audit/export", {"reason": ""}).status_code == 422
    answer = browser.post(f"/audit/export?user={user.id}", {"reason": "年度检查"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert any("电话核实3" in str(row) for row in rows)
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == "ops.export_audit"))
    assert (entry.user_id, entry.reason) == (boss.id, "年度检查")


def test_a_county_sees_its_own_users_alone(make, visit, linked):
    other = visit(make.user(Role.ADMINISTRATOR, make.other_county))
    assert "电话核实3" not in other.get("/audit").text
    own = visit(make.user(Role.ADMINISTRATOR, make.county))
    assert "电话核实3" in own.get("/audit?group=disclosed").text
