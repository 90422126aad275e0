"""Every staff route, tried by a stranger, by somebody in the wrong role, and by a colleague of another county."""

from datetime import timedelta

import pytest

from outreach.permissions import ROLES, Permission, Role
from outreach.registrations import message_queries

KNOWN_TO_ALL = (
    "directory.organisation",
    "directory.edit_organisation_form",
    "directory.edit_organisation",
    "directory.verify_organisation",
    "directory.remove_organisation",
    "directory.propose_organisation_form",
    "directory.propose_organisation",
    "liaison.of_organisation",
    "liaison.pair_organisation",
    "registrations.of_person",
    "pipeline.of_person",
    "pipeline.export_bulletin",
)


@pytest.fixture
def rows(make):
    """One row of each kind, all of 清丰县; what an id in an address means."""
    person = make.person(company="清丰某公司")
    event = make.event()
    item_owner = make.user(Role.ADMINISTRATOR)
    from outreach.checkin import operations as checkin
    from outreach.checkin.models import DoorProblem
    from outreach.core import clock, files
    from outreach.core.db import db
    from outreach.directory import card_queries, duplicate_queries
    from outreach.directory import operations as directory
    from outreach.events import operations as events
    from outreach.events.models import Invitation
    from outreach.liaison import operations as liaison
    from outreach.liaison import queries as liaison_queries
    from outreach.pipeline import operations as pipeline
    from outreach.pipeline.ledger_models import LedgerBatch
    from outreach.reception import operations as reception
    from outreach.reception.travel_models import Journey, Pickup, Room, Stay
    from outreach.registrations import operations as registrations

    invitation = db.session.scalar(db.select(Invitation)) if events.invite(event, [person], by=None) else None
    item = events.add_item(
        event, starts_at=event.starts_at, minutes=10, title="致辞", title_en="", speaker="", by=None
    )
    registration = make.registration(event)
    hall = reception.add_hall(
        event, name="主会场", kind="rows", rows=1, seats=1, platform=0, even_rule="A", by=None
    )
    agreement = make.agreement()
    question = registrations.save_question(
        event,
        None,
        by=item_owner,
        label="饮食要求",
        label_en="",
        kind="text",
        choices=[],
        hint="",
        required=False,
        place=1,
        types=[],
        when_id=None,
        when_value="",
        keep_days=30,
    )
    reception.state_journey(
        registration,
        "arrive",
        at=event.starts_at,
        vehicle="train",
        number="G71",
        station="深圳北",
        wanted=True,
        by=None,
    )
    reception.propose_pickups(event, "arrive", by=item_owner)
    reception.state_stay(
        registration, from_on=agreement.signed_on, until_on=event.starts_at.date(), shares_with="", by=None
    )
    reception.add_rooms(event, hotel="五洲宾馆", numbers=["801"], beds=1, by=item_owner)
    pickup, journey, stay, room = (
        db.session.scalar(db.select(model)) for model in (Pickup, Journey, Stay, Room)
    )
    material = events.add_material(
        event, purpose="document", title="县情", title_en="", name="a.pdf", content=b"%PDF-1.7", by=item_owner
    )
    signing = reception.save_signing(
        event,
        None,
        unit=make.county,
        title="甲",
        company="甲公司",
        signer="",
        counterpart="",
        witness="",
        intended_wan=None,
        by=item_owner,
    )
    gate = make.gate(event)
    device, _invitation = checkin.invite_device(gate, name="手机", by=item_owner)
    problem = DoorProblem(event_id=event.id, device_id=device.id, key="x", reason="nobody")
    scan = checkin.admit(event, registration, key="k" * 20, gate=gate, device_at=None, by=item_owner)
    db.session.add(problem)
    db.session.flush()
    project = make.project(agreement)
    clause = pipeline.add_clause(agreement, side="county", text="三通一平", due_on=None, by=item_owner)
    due = clock.today() + timedelta(days=9)
    concern = pipeline.raise_concern(project, text="用电", owner="供电公司", due_on=due, by=item_owner)
    notice = pipeline.issue_notice(
        project, level="reminder", addressee="商务局", text="尽快开工", due_on=due, by=item_owner
    )
    note = pipeline.add_note(
        project,
        key="n" * 20,
        text="用电",
        seen_by="all",
        attached=[("a.pdf", b"%PDF-1.7 note")],
        by=item_owner,
    )
    meeting = pipeline.plan_meeting(
        make.county, title="联席会议", held_on=due, place="", chair="", by=item_owner
    )
    snapshot = pipeline.freeze(event, name="半年", way="chain", confirmed=False, by=item_owner)
    ledger = LedgerBatch(unit=make.county, file=files.keep("a.csv", b"a", "text/csv", by=None))
    db.session.add(ledger)
    pipeline.set_day(due, works=True, note="", by=item_owner)
    step = pipeline.plan_step(project, text="约谈", due_on=agreement.signed_on, by=None)
    batch = directory.upload_roster(make.county, name="a.csv", content=b"a,b\n", by=item_owner)
    twin, third = make.person("王建国"), make.person("王建国")
    pair = duplicate_queries.pair_between(twin.id, third.id)
    merge = directory.merge_people(person, make.person("王建国"), take=set(), reason="x", by=item_owner)
    post = liaison.add_post(
        make.county, title="县委书记", holder="某某", rank=1, from_on=agreement.signed_on, user=None, by=None
    )
    pairing = liaison.pair(post, person, rhythm_days=90, clerk=None, by=None)
    trip = liaison.plan_trip(
        make.county,
        [person],
        province="广东省",
        city="深圳市",
        from_on=agreement.signed_on,
        until_on=agreement.signed_on,
        party="",
        post=post,
        by=item_owner,
    )
    contact = liaison_queries.programme(trip, item_owner)[0]
    liaison.hold_contact(
        contact,
        day=agreement.signed_on,
        place="",
        party="",
        said="",
        next_on=None,
        wish="用地",
        lead="",
        promise="",
        owner=None,
        due_on=None,
        evidence=None,
        by=item_owner,
    )
    proposal = directory.propose_tier(person, tier=3, grounds="龙头企业", evidence=None, by=item_owner)
    db.session.flush()
    held = person.posts[0]
    change = directory.propose_organisation(
        held.organisation, make.county, name="清丰新公司", grounds="更名", by=item_owner
    )
    db.session.flush()
    view = directory.save_view(make.county, name="甲", query="tier=3", shared=True, by=item_owner)
    token = directory.make_link(person, by=item_owner)
    answers = card_queries.link(token)
    directory.propose_correction(answers, values={"city": "深圳市"})
    db.session.flush()
    return {
        "row_id": 1,
        "shown": "no-handle",
        "held_id": held.id,
        "view_id": view.id,
        "proposal_id": proposal.id,
        "change_id": change.id,
        "post_id": post.id,
        "pairing_id": pairing.id,
        "trip_id": trip.id,
        "contact_id": contact.id,
        "follow_up_id": contact.follow_ups[0].id,
        "link_id": answers.id,
        "answer_id": card_queries.open_answers(person)[0].id,
        "token": token,
        "pair_id": pair.id,
        "other_id": twin.id,
        "merge_id": merge.id,
        "person_id": person.id,
        "event_id": event.id,
        "item_id": item.id,
        "type_id": event.types[0].id,
        "question_id": question.id,
        "pickup_id": pickup.id,
        "journey_id": journey.id,
        "room_id": room.id,
        "stay_id": stay.id,
        "hall_id": hall.id,
        "seat_id": hall.places[0].id,
        "invitation_id": invitation.id,
        "registration_id": registration.id,
        "message_id": message_queries.of_guest(registration.id)[0].message.id,
        "note_id": note.id,
        "meeting_id": meeting.id,
        "meeting_item_id": meeting.items[0].id,
        "gate_id": gate.id,
        "material_id": material.id,
        "signing_id": signing.id,
        "device_id": device.id,
        "problem_id": problem.id,
        "scan_id": scan.id,
        "agreement_id": agreement.id,
        "project_id": project.id,
        "step_id": step.id,
        "milestone_id": project.milestones[0].id,
        "fact_id": project.milestones[0].id,
        "kind": "contract",
        "clause_id": clause.id,
        "part_id": clause.id,
        "concern_id": concern.id,
        "entry_id": concern.id,
        "notice_id": notice.id,
        "snapshot_id": snapshot.id,
        "ledger_id": ledger.id,
        "day": due.isoformat(),
        "instalment_id": 1,
        "file_id": 1,
        "batch_id": batch.id,
        "organisation_id": agreement.organisation_id,
        "user_id": item_owner.id,
        "grant_id": item_owner.grants[0].id,
        "verb": "publish",
        "slug": event.slug,
        "code": registration.code,
    }


def _value(rule, name: str, rows):
    """What an argument of an address means: one of its words, or a row's number."""
    words = getattr(rule._converters[name], "items", None)
    return sorted(words)[0] if words else rows[name]


def _staff_routes(app, rows):
    for rule in app.url_map.iter_rules():
        access = app.view_functions[rule.endpoint].access if rule.endpoint != "static" else "open_to_all"
        if access == "open_to_all":
            continue
        with app.test_request_context():
            address = rule.build({name: _value(rule, name, rows) for name in rule.arguments})[1]
        yield access, "GET" if "GET" in rule.methods else "POST", address, rule


def test_a_stranger_gets_401(app, rows, visit):
    guest = visit()
    for _access, method, address, rule in _staff_routes(app, rows):
        answer = guest.get(address) if method == "GET" else guest.post(address)
        assert answer.status_code == 401, (rule.endpoint, answer.status_code)


def test_the_wrong_role_gets_403(app, make, rows, visit):
    nobody = visit(make.user(role=None))
    gate_staff = visit(make.user(Role.GATE_STAFF))
    for access, method, address, rule in _staff_routes(app, rows):
        if not isinstance(access, Permission):
            continue
        for browser, role in ((nobody, None), (gate_staff, Role.GATE_STAFF)):
            if role and access in ROLES[role]:
                continue
            answer = browser.get(address) if method == "GET" else browser.post(address)
            assert answer.status_code == 403, (rule.endpoint, role, answer.status_code)


def test_another_countys_administrator_gets_404(app, make, rows, visit):
    outsider = visit(make.user(Role.ADMINISTRATOR, unit=make.other_county))
    tried = 0
    for _access, method, address, rule in _staff_routes(app, rows):
        if not rule.arguments or rule.endpoint in KNOWN_TO_ALL:
            continue  # companies are public knowledge; the bulletin is of one's own reach; the fragments are empty for an outsider (tested with the card)
        answer = outsider.get(address) if method == "GET" else outsider.post(address)
        assert answer.status_code == 404, (rule.endpoint, answer.status_code)
        tried += 1
    assert tried > 40
