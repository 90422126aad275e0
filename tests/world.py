"""One row of each kind of one county, in states that forms work on.

Two of them stand side by side as each other's strangers.
"""

from datetime import timedelta

from outreach.accounts.models import Unit, User
from outreach.checkin import operations as checkin
from outreach.checkin.device_models import GateLoss
from outreach.checkin.models import DoorProblem
from outreach.core import clock, files
from outreach.core.db import db
from outreach.directory import card_queries, duplicate_queries
from outreach.directory import operations as directory
from outreach.directory.models import Person
from outreach.events import operations as events
from outreach.events.models import Event, Invitation
from outreach.liaison import operations as liaison
from outreach.liaison import queries as liaison_queries
from outreach.ops import operations as ops
from outreach.pipeline import operations as pipeline
from outreach.pipeline.ledger_models import LedgerBatch
from outreach.pipeline.models import Project
from outreach.reception import operations as reception
from outreach.reception.travel_models import Journey, Pickup, Room, Stay
from outreach.registrations import message_queries
from outreach.registrations import operations as registrations
from outreach.registrations.models import Registration

PROOF = b"%PDF-1.7"


class World:
    """The rows of ``county``, entered by ``owner``.

    ``ids``: what an argument of an address means; ``pages``: addresses no page links to.
    """

    def __init__(self, make, county: Unit, town: Unit, owner: User):
        self.make, self.county, self.town, self.owner = make, county, town, owner
        self.ids: dict = {
            "row_id": 1,
            "file_id": 1,
            "instalment_id": 1,
            "job_id": 1,
            "shown": "no-handle",
            "kind": "contract",
            "verb": "publish",
            "unit_id": county.id,
            "town_id": town.id,
            "user_id": owner.id,
            "grant_id": owner.grants[0].id,
        }
        self.pages: list[str] = []
        self.person: Person = make.person(unit=town, company=f"{county.name}某公司")
        self._cards()
        self.event: Event = make.event(county, asks_travel=True, asks_room=True)
        self.registration: Registration = make.registration(self.event)
        self._guests()
        self._travel()
        self._door()
        self._liaison()
        self.project: Project = make.project(make.agreement(county))
        self._papers()
        self._supervision()
        self._meeting()
        db.session.flush()

    def note(self, **rows) -> None:
        """Keep the numbers of rows."""
        db.session.flush()
        self.ids.update({name: getattr(row, "id", row) for name, row in rows.items()})

    def one(self, model, **where):
        """The one row of a model with these values."""
        return db.session.scalar(db.select(model).filter_by(**where))

    def _cards(self) -> None:
        make, by, person = self.make, self.owner, self.person
        twin, third = make.person("王建国", self.town), make.person("王建国", self.town)
        pair = duplicate_queries.pair_between(twin.id, third.id)
        gone = make.person("王建国", self.town)
        merge = directory.merge_people(person, gone, take=set(), reason="x", by=by)
        self.proposal = directory.propose_tier(person, tier=3, grounds="龙头企业", evidence=None, by=by)
        db.session.flush()
        held = person.posts[0]
        view = directory.save_view(self.county, name="甲", query="tier=3", shared=True, by=by)
        change = directory.propose_organisation(
            held.organisation, self.county, name=f"{self.county.name}新公司{person.id}", grounds="更名", by=by
        )
        other = directory.add_organisation(
            kind=held.organisation.kind, name=f"{self.county.name}同一公司{person.id}", credit_code="", by=by
        )
        db.session.flush()
        joining = directory.propose_joining(
            held.organisation, other, self.county, take=[], reason="同一家", by=by
        )
        token = directory.make_link(person, by=by)
        link = card_queries.link(token)
        directory.propose_correction(link, values={"city": "深圳市"})
        batch = directory.upload_roster(self.county, name="a.csv", content=b"a,b\n", by=by)
        self.note(person_id=person, other_id=twin, pair_id=pair, merge_id=merge, proposal_id=self.proposal)
        self.note(joining_id=joining)
        self.note(held_id=held, view_id=view, change_id=change, token=token, link_id=link, batch_id=batch)
        self.note(answer_id=card_queries.open_answers(person)[0], organisation_id=held.organisation_id)
        asked = ops.file_request(person, kind="access", said="请告知")
        self.note(request_id=asked)
        card = f"/people/{person.id}"
        self.pages += [f"/c/{token}", card, f"{card}/duplicates", f"{card}/contacts", f"{card}/own"]
        self.pages += [f"/c/{token}/held", f"/organisations/proposals/{self.ids['change_id']}"]
        self.pages += [f"/c/{token}/requests", f"{card}/requests", f"/requests/{asked.id}"]

    def _guests(self) -> None:
        by, event, registration = self.owner, self.event, self.registration
        events.invite(event, [self.person], by=None)
        invitation = self.one(Invitation, event_id=event.id)
        item = events.add_item(
            event, starts_at=event.starts_at, minutes=10, title="致辞", title_en="", speaker="", by=None
        )
        plain = {"label_en": "", "kind": "text", "choices": [], "hint": "", "required": False, "place": 1}
        also = {"types": [], "when_id": None, "when_value": "", "keep_days": 30}
        question = registrations.save_question(event, None, by=by, label="饮食要求", **plain, **also)
        document = {"purpose": "document", "title": "县情", "title_en": "", "name": "a.pdf", "content": PROOF}
        material = events.add_material(event, by=by, **document)
        message = message_queries.of_guest(registration.id)[0].message
        self.note(event_id=event, item_id=item, type_id=event.types[0], question_id=question)
        self.note(invitation_id=invitation, registration_id=registration, material_id=material)
        self.note(message_id=message, slug=event.slug, code=registration.code)
        self.pages += [f"/t/{registration.page_token}", f"/i/{invitation.code}", f"/e/{event.slug}/register"]

    def _travel(self) -> None:
        by, event, registration = self.owner, self.event, self.registration
        hall = reception.add_hall(
            event, name="主会场", kind="rows", rows=1, seats=1, platform=0, even_rule="A", by=None
        )
        train = {"vehicle": "train", "number": "G71", "station": "深圳北", "wanted": True}
        reception.state_journey(registration, "arrive", at=event.starts_at, by=None, **train)
        reception.propose_pickups(event, "arrive", by=by)
        first, last = clock.today(), event.starts_at.date()
        reception.state_stay(registration, from_on=first, until_on=last, shares_with="", by=None)
        reception.add_rooms(event, hotel="五洲宾馆", numbers=["801"], beds=1, by=by)
        plain = {"signer": "", "counterpart": "", "witness": "", "intended_wan": None}
        line = {"unit": self.county, "company": "甲公司", **plain}
        signing = reception.save_signing(event, None, by=by, title="甲", **line)
        reception.save_signing(event, None, by=by, title="乙", **line)
        stay = self.one(Stay, registration_id=registration.id)
        journey = self.one(Journey, registration_id=registration.id)
        at = f"/events/{event.id}"
        self.pages += [f"{at}/travel", f"{at}/rooms", f"{at}/ceremony", f"/halls/{hall.id}"]
        self.note(hall_id=hall, seat_id=hall.places[0], signing_id=signing, journey_id=journey, stay_id=stay)
        self.note(pickup_id=self.one(Pickup, event_id=event.id), room_id=self.one(Room, event_id=event.id))

    def _door(self) -> None:
        event, by = self.event, self.owner
        gate = self.make.gate(event)
        device, _invitation = checkin.invite_device(gate, name="手机", by=by)
        problem = DoorProblem(event_id=event.id, device_id=device.id, key="x", reason="nobody")
        db.session.add(problem)
        key = f"gate-{gate.id:020d}"
        scan = checkin.admit(event, self.registration, key=key, gate=gate, device_at=None, by=by)
        self.pages += [f"/registrations/{self.registration.id}/undo", f"/events/{event.id}/attendance"]
        self.pages += [f"/events/{event.id}/{name}" for name in ("devices", "conflicts", "missing")]
        loss = GateLoss(device_id=device.id, count=1, note="核实")
        db.session.add(loss)
        db.session.flush()
        self.note(gate_id=gate, device_id=device, problem_id=problem, scan_id=scan, loss_id=loss)

    def _liaison(self) -> None:
        by, day = self.owner, clock.today() - timedelta(days=9)
        post = liaison.add_post(
            self.county, title="县委书记", holder="某某", rank=1, from_on=day, user=None, by=None
        )
        pairing = liaison.pair(post, self.person, rhythm_days=90, clerk=None, by=None)
        where = {"province": "广东省", "city": "深圳市", "from_on": day, "until_on": day, "party": ""}
        trip = liaison.plan_trip(self.county, [self.person], post=post, by=by, **where)
        contact = liaison_queries.programme(trip, by)[0]
        told = {"place": "", "party": "", "said": "", "next_on": None, "wish": "用地", "lead": ""}
        rest = {"promise": "", "owner": None, "due_on": None, "evidence": None}
        liaison.hold_contact(contact, day=day, by=by, **told, **rest)
        self.note(post_id=post, pairing_id=pairing, trip_id=trip, contact_id=contact)
        self.note(follow_up_id=contact.follow_ups[0])

    def _papers(self) -> None:
        by, project = self.owner, self.project
        agreement = project.agreement
        clause = pipeline.add_clause(agreement, side="county", text="三通一平", due_on=None, by=by)
        ledger = LedgerBatch(unit=self.county, file=files.keep("a.csv", b"a", "text/csv", by=None))
        db.session.add(ledger)
        snapshot = pipeline.freeze(self.event, name="半年", way="chain", confirmed=False, by=by)
        self.note(
            agreement_id=agreement, project_id=project, clause_id=clause, part_id=clause, ledger_id=ledger
        )
        self.note(snapshot_id=snapshot, milestone_id=project.milestones[0], fact_id=project.milestones[0])

    def _supervision(self) -> None:
        by, project, due = self.owner, self.project, clock.today() + timedelta(days=9)
        self.pages.append(f"/projects/{project.id}")
        step = pipeline.plan_step(project, text="约谈", due_on=clock.today(), by=None)
        concern = pipeline.raise_concern(project, text="用电", owner="供电公司", due_on=due, by=by)
        letter = {"level": "reminder", "addressee": "商务局", "text": "尽快开工", "due_on": due}
        notice = pipeline.issue_notice(project, by=by, **letter)
        note = pipeline.add_note(
            project,
            key=f"note-{project.id:020d}",
            text="用电",
            seen_by="all",
            attached=[("a.pdf", PROOF + self.county.path.encode())],
            by=by,
        )
        pipeline.set_day(due, works=True, note="", by=by)
        self.note(step_id=step, concern_id=concern, notice_id=notice, note_id=note, day=due.isoformat())
        self.note(entry_id=concern)

    def _meeting(self) -> None:
        plan = {"held_on": clock.today() + timedelta(days=9), "place": "", "chair": ""}
        meeting = pipeline.plan_meeting(self.county, title="联席会议", by=self.owner, **plan)
        self.note(meeting_id=meeting, meeting_item_id=meeting.items[0])
