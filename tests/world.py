"""One row of each kind of one county, in states that forms work on.

Two of them stand side by side as each other's strangers.
"""

from datetime import timedelta
from decimal import Decimal

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
            held.organisation, self.county, name=f"{self.county.name}新公司", grounds="更名", by=by
        )
        token = directory.make_link(person, by=by)
        link = card_queries.link(token)
        directory.propose_correction(link, values={"city": "深圳市"})
        batch = directory.upload_roster(self.county, name="a.csv", content=b"a,b\n", by=by)
        self.note(person_id=person, other_id=twin, pair_id=pair, merge_id=merge, proposal_id=self.proposal)
        self.note(held_id=held, view_id=view, change_id=change, token=token, link_id=link, batch_id=batch)
        self.note(answer_id=card_queries.open_answers(person)[0], organisation_id=held.organisation_id)
        card = f"/people/{person.id}"
        self.pages += [f"/c/{token}", card, f"{card}/duplicates", f"{card}/contacts", f"{card}/own"]

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
        key = f"{self.county.id:020d}"
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
        step = pipeline.plan_step(project, text="约谈", due_on=clock.today(), by=None)
        concern = pipeline.raise_concern(project, text="用电", owner="供电公司", due_on=due, by=by)
        letter = {"level": "reminder", "addressee": "商务局", "text": "尽快开工", "due_on": due}
        notice = pipeline.issue_notice(project, by=by, **letter)
        note = pipeline.add_note(
            project,
            key=f"{self.county.id:020d}",
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


class Workplace(World):
    """A world with further rows, in the states that the rest of the forms work on."""

    def __init__(self, make, county: Unit, town: Unit, owner: User, colleague: User):
        super().__init__(make, county, town, owner)
        self.colleague = colleague
        self._rosters()
        self._more_cards()
        self._summit_ahead()
        self._summit_today()
        self._summit_held()
        self._visits()
        self._money()
        self._notices()
        db.session.flush()

    def _rosters(self) -> None:
        by = self.owner
        rows = "姓名,手机,单位\n张三丰,15400009991,某公司\n李四光,1540000,另一公司\n".encode()
        for number in (1, 2):
            batch = directory.upload_roster(self.town, name=f"名册{number}.csv", content=rows, by=by)
            db.session.commit()
            directory.read_batch(batch)
            db.session.flush()
            self.pages.append(f"/rosters/{batch.id}")
        directory.apply_batch(batch, by=by)
        db.session.commit()
        directory.apply_portions(batch)
        heading = "项目名称,投资方,总投资（万元）,签约时间,合同类型"
        for number, name in ((1, "甲"), (2, "丙")):
            ledger = f"{heading}\n{name},{name}公司,500,2024-06-20,意向书\n乙,,3,,\n".encode()
            batch = pipeline.upload_ledger(self.county, name=f"台账{number}.csv", content=ledger, by=by)
            db.session.flush()
            self.pages.append(f"/ledgers/{batch.id}")
        pipeline.enter_ledger(batch, by=by)

    def _more_cards(self) -> None:
        for number in range(3):
            person = self.make.person(f"推荐人{'甲乙丙'[number]}", self.town)
            evidence = ("证明.pdf", PROOF + person.name.encode())
            directory.propose_tier(person, tier=2, grounds="企业主", evidence=evidence, by=self.owner)
            directory.propose_correction(
                card_queries.link(directory.make_link(person, by=self.owner)), values={"city": "深圳市"}
            )
            self.pages.append(f"/people/{person.id}")

    def _summit_ahead(self) -> None:
        make, by = self.make, self.owner
        asks = {"most_companions": 2, "asks_travel": True, "asks_room": True, "offer_hours": 24}
        event = make.event(self.county, capacity=2, title="清丰县恳谈会（二）", title_en="Homecoming", **asks)
        make.guest_type(event)
        entry = {"starts_at": event.starts_at, "minutes": 30, "title_en": "", "speaker": "", "by": by}
        item = events.add_item(event, title="参观企业", sign_up=True, capacity=9, **entry)
        events.add_item(event, title="座谈", sign_up=True, capacity=9, **entry)
        guests = [make.registration(event, name) for name in ("钱一", "钱二", "钱三", "钱四")]
        registrations.sign_up(guests[0], item)
        registrations.cancel(guests[1], by=by)  # the third is offered the place
        by_word = make.guest_type(event, "专家", approval=True, capacity=9)
        asked = [make.registration(event, name, type_id=by_word.id) for name in ("孙一", "孙二")]
        db.session.flush()
        self.pages += [f"/t/{guest.page_token}" for guest in guests]
        self.pages += [f"/registrations/{guest.id}" for guest in (*asked, *guests)]
        self.pages += [f"/events/{event.id}/items/{item.id}/guests", f"/events/{event.id}/messages"]

    def _summit_today(self) -> None:
        make, by = self.make, self.owner
        event = make.event(self.county, title="清丰县恳谈会（今日）")
        guests = [make.registration(event, name) for name in ("周一", "周二", "周三")]
        one, two = make.gate(event), make.gate(event, "二号门")
        two.poster = True
        make.begins(event)
        for gate in (one, two):
            device, invitation = checkin.invite_device(gate, name="手机", by=by)
            checkin.join_device(invitation, agent="x")
            key = f"today-{gate.id:020d}"
            checkin.admit(event, guests[0], key=key, gate=gate, device_at=None, by=by)
            problem = DoorProblem(
                event_id=event.id, device_id=device.id, key=key, reason="nobody", content="15400009993"
            )
            db.session.add(problem)
        self.pages += [f"/events/{event.id}/door", f"/events/{event.id}/conflicts", f"/e/{event.slug}/here"]
        self.pages.append(f"/events/{event.id}/find?surname=周&tail={guests[1].mobile[-4:]}")
        self.pages.append(f"/events/{event.id}/devices")

    def _summit_held(self) -> None:
        make, by = self.make, self.owner
        event = make.event(self.county, title="清丰县恳谈会（上月）")
        guest = make.registration(event, "吴一", email="wu@example.com")
        registrations.ask_the_usual(event, by=by)
        gate = make.gate(event)
        make.begins(event)
        checkin.admit(event, guest, key="held" * 5, gate=gate, device_at=None, by=by)
        event.starts_at -= timedelta(days=2)
        event.ends_at -= timedelta(days=2)
        db.session.flush()
        events.hold(event, by=by)
        agreement = make.agreement(self.county, event=event, signed_on=clock.today() - timedelta(days=2))
        self.pages += [f"/t/{guest.page_token}/feedback", f"/t/{guest.page_token}", f"/cohorts/{event.id}"]
        self.pages += [f"/events/{event.id}/thanks", f"/agreements/{agreement.id}"]

    def _visits(self) -> None:
        by, day = self.owner, clock.today() + timedelta(days=9)
        where = {"province": "广东省", "city": "深圳市", "from_on": day, "until_on": day, "party": ""}
        for number in range(2):
            person = self.make.person(f"走访人{'甲乙'[number]}", self.town, province="广东省", city="深圳市")
            trip = liaison.plan_trip(self.county, [person], post=None, by=by, **where)
            db.session.flush()
            self.pages += [f"/trips/{trip.id}", f"/people/{person.id}", f"/people/{person.id}/contacts"]
        plan = {"way": "phone", "day": day, "place": "", "party": "", "post": None, "by": by}
        for _number in range(3):
            contact = liaison.plan_contact(person, **plan)
            db.session.flush()
            self.pages.append(f"/contacts/{contact.id}/hold")
        self.pages.append(f"/contacts/{self.ids['contact_id']}/hold")

    def _money(self) -> None:
        make, by, other = self.make, self.owner, self.colleague
        today = clock.today()
        project = make.project(make.agreement(self.county), officer=by, name="智能家居项目")
        plain = {"note": "", "file_name": "", "content": b""}
        entry = {"kind": "contract", "happened_on": today, "amount_wan": Decimal(800)}
        pipeline.enter_milestone(project, review="豫公审1", by=other, **entry, **plain)
        for number, paid in enumerate((300, 200, 100)):
            slip = {"note": "", "file_name": "回单.pdf", "content": PROOF + str(number).encode()}
            pipeline.pay_in(project, paid_on=today, amount_wan=Decimal(paid), by=other, **slip)
        db.session.flush()
        pipeline.return_fact(project, project.instalments[0], reason="回单不清", by=by)
        free = make.agreement(self.county, title="未立项目")
        void = make.agreement(self.county, title="作废协议")
        signed = {"kind": "contract", "contracted_wan": Decimal(9_000), "intended_wan": None}
        bare = make.agreement(self.county, title="未审查合同", signed_on=today, **signed)
        pipeline.void_agreement(void, reason="重复登记", by=by)
        self.pages += [f"/projects/{project.id}", f"/agreements/{free.id}", f"/agreements/{void.id}"]
        self.pages.append(f"/agreements/{bare.id}")
        self.pages += ["/unconfirmed", "/unconfirmed?returned=y"]

    def _notices(self) -> None:
        make, by, due = self.make, self.owner, clock.today() + timedelta(days=9)
        project = make.project(make.agreement(self.county), officer=by, name="冷链物流项目")
        letter = {"level": "reminder", "addressee": "商务局", "text": "尽快开工", "due_on": due}
        notice = pipeline.issue_notice(project, by=by, **letter)
        pipeline.receive_notice(notice, by=by)
        done = pipeline.plan_step(project, text="送达函件", due_on=due, by=by)
        pipeline.finish_step(done, outcome="已送", by=by)
        gone = pipeline.plan_step(project, text="约谈", due_on=due, by=by)
        pipeline.withdraw_step(gone, reason="重复", by=by)
        self.pages.append(f"/projects/{project.id}")
