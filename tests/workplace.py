"""A county at work: the rows of a world, and further ones in the states that every form works on."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from outreach.accounts.models import Unit, User
from outreach.checkin import operations as checkin
from outreach.checkin.device_models import Brief
from outreach.checkin.models import ADMITTED, DoorProblem, Scan
from outreach.core import clock, sms
from outreach.core.db import db
from outreach.core.jobs import Job, Lane
from outreach.directory import card_queries
from outreach.directory import operations as directory
from outreach.directory.card_models import PRINTED
from outreach.events import operations as events
from outreach.liaison import operations as liaison
from outreach.pipeline import operations as pipeline
from outreach.registrations import message_queries
from outreach.registrations import operations as registrations
from tests.world import PROOF, World

HIDDEN = Path(__file__).parent / "cases" / "b16_hidden.xlsx"


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
        self._entries()
        self._door_left_over()
        self._machines()
        db.session.flush()

    def _rosters(self) -> None:
        by = self.owner
        rows = "姓名,手机,单位\n张三丰,15400009991,某公司\n李四光,1540000,另一公司\n".encode()
        sheets = [("hidden.xlsx", HIDDEN.read_bytes()), *((f"名册{one}.csv", rows) for one in (1, 2, 3))]
        for name, content in sheets:
            batch = directory.upload_roster(self.town, name=name, content=content, by=by)
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
        empty = directory.add_organisation(
            kind="company", name=f"误录公司{person.id}", credit_code="", by=self.owner
        )
        db.session.flush()
        self.pages.append(f"/organisations/{empty.id}")
        kept = self.make.person("限制处理人", self.town)
        directory.restrict_person(kept, reason="本人要求", by=self.owner)
        self.pages.append(f"/people/{kept.id}")
        self._companies_twice(person.id)
        directory.choose(person, choices={PRINTED: ["company"]}, via="电话", by=self.owner)

    def _companies_twice(self, number: int) -> None:
        """Pairs of companies: to be joined, joined, and proposed by the visitor and by somebody else."""
        by, county = self.owner, self.county
        for place, proposer in enumerate((None, by, self.colleague, self.colleague, by)):
            both = [directory.organisation_named(f"重复{number}号{place}{end}") for end in ("公司", "集团")]
            for one in both:
                self.make.person(f"员工{'甲乙丙丁戊'[place]}", self.town, company=one.name)
            told = {"take": [], "reason": "同一企业"}
            if place == 4:
                directory.join_organisations(*both, county, by=by, **told)
            elif proposer is not None:
                row = directory.propose_joining(*both, county, by=proposer, **told)
                change = directory.propose_organisation(
                    both[0], county, name=f"{both[0].name}（新）", grounds="更名", by=self.colleague
                )
                self.note(joining_id=row)
                self.pages.append(f"/organisations/proposals/{change.id}")
            db.session.flush()
            self.pages.append(f"/organisations/{both[0].id}")
            if place == 0:
                self.pages.append(f"/organisations/{both[0].id}/join/{both[1].id}")

    def _summit_ahead(self) -> None:
        make, by = self.make, self.owner
        asks = {"most_companions": 2, "asks_travel": True, "asks_room": True, "offer_hours": 24}
        event = make.event(self.county, capacity=2, title="清丰县恳谈会（二）", title_en="Homecoming", **asks)
        make.guest_type(event)
        entry = {"starts_at": event.starts_at, "minutes": 30, "title_en": "", "speaker": "", "by": by}
        item = events.add_item(event, title="参观企业", sign_up=True, capacity=9, **entry)
        events.add_item(event, title="座谈", sign_up=True, capacity=9, **entry)
        events.invite(event, [self.make.person("待邀请", self.town)], by=by)
        self.pages.append(f"/events/{event.id}/invited")
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
        self.waiting, self.seed = guests[1], event.ticket_seed
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
        checkin.admit(event, guest, key=f"held-{gate.id:020d}", gate=gate, device_at=None, by=by)
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
            person.tier = 2
            db.session.flush()
            self.pages += [f"/trips/{trip.id}", f"/people/{person.id}", f"/people/{person.id}/contacts"]
        plan = {"way": "phone", "day": day, "place": "", "party": "", "post": None, "by": by}
        for _number in range(3):
            contact = liaison.plan_contact(person, **plan)
            db.session.flush()
            self.pages.append(f"/contacts/{contact.id}/hold")
        self.pages.append(f"/contacts/{self.ids['contact_id']}/hold")
        told = {"place": "", "party": "", "said": "", "next_on": None, "wish": "用工", "lead": ""}
        rest = {"promise": "", "owner": None, "due_on": None, "evidence": None}
        held = liaison.plan_contact(person, **plan)
        liaison.hold_contact(held, day=clock.today(), by=by, **told, **rest)
        db.session.flush()
        liaison.finish_follow_up(held.follow_ups[0], outcome="已对接", by=by)
        place = f"province=广东省&city=深圳市&from_on={day}&until_on={day}&at_least=2"
        self.pages.append(f"/trips/new?{place}")
        self.to_visit = person.id

    def _money(self) -> None:
        make, by, other = self.make, self.owner, self.colleague
        today = clock.today()
        project = make.project(make.agreement(self.county), officer=by, name="智能家居项目")
        plain = {"note": "", "file_name": "", "content": b""}
        signed = today - timedelta(days=40)
        entry = {"kind": "contract", "happened_on": signed, "amount_wan": Decimal(800)}
        pipeline.enter_milestone(project, review="豫公审1", by=other, **entry, **plain)
        for number, paid in enumerate((300, 200, 100)):
            slip = {"note": "", "file_name": "回单.pdf", "content": PROOF + f"{project.id} {number}".encode()}
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
        answered = make.project(make.agreement(self.county), officer=self.colleague, name="绿色食品项目")
        pipeline.answer_notice(pipeline.issue_notice(answered, by=by, **letter), answer="已开工", by=by)
        self.pages.append(f"/projects/{answered.id}")

    def _entries(self) -> None:
        """Entries of the visitor that a second person returned, and what was settled by mistake."""
        make, by, today = self.make, self.owner, clock.today()
        project = make.project(make.agreement(self.county), officer=by, name="羽绒制品项目")
        slip = {"note": "", "file_name": "执照.pdf", "content": PROOF + f"执照{project.id}".encode()}
        entry = {"kind": "registered", "happened_on": today, "amount_wan": None, "review": ""}
        fact = pipeline.enter_milestone(project, by=by, **entry, **slip)
        db.session.flush()
        pipeline.return_fact(project, fact, reason="执照不清", by=self.colleague)
        meeting = pipeline.plan_meeting(
            self.county, title="联席会议（二）", held_on=today, place="", chair="", by=by
        )
        pipeline.close_meeting(meeting, present="县领导", by=by)
        self.pages += [f"/projects/{project.id}", f"/meetings/{meeting.id}"]

    def _door_left_over(self) -> None:
        """What a summit leaves to decide: a ticket admitted twice, scans that never came, arrivals."""
        make, by = self.make, self.owner
        event = make.event(self.county, title="清丰县恳谈会（刚结束）")
        guest = make.registration(event, "郑一")
        gates = [make.gate(event), make.gate(event, "二号门")]
        make.begins(event)
        for number, gate in enumerate(gates):
            device, _invitation = checkin.invite_device(gate, name=f"手机{number}", by=by)
            moment = clock.now() - timedelta(hours=number + 1)
            device.joined_at = device.last_contact_at = moment
            device.numbered, device.queue = 9, 9
            scan = {"key": f"twice-{device.id:020d}", "event_id": event.id, "gate_id": gate.id, "at": moment}
            db.session.add(
                Scan(
                    device_id=device.id,
                    registration_id=guest.id,
                    door_id=guest.door_id,
                    verdict=ADMITTED,
                    **scan,
                )
            )
        guest.person = self.person
        db.session.add(Brief(registration_id=guest.id, user_id=by.id, arrived_at=clock.now()))
        self.pages += [f"/events/{event.id}/conflicts", f"/events/{event.id}/missing", "/briefs"]

    def _machines(self) -> None:
        """Letters and text messages that did not go out."""
        guests = [
            self.make.registration(self.event, name, email="zheng@example.com") for name in ("郑二", "郑三")
        ]
        letters = [message_queries.of_guest(guest.id)[0].message for guest in guests]
        for message in letters:
            message.mail.fault, message.mail.refused_at = "nobody answers", clock.now()
        text = self.make.registration(self.event, "郑四")
        said = message_queries.of_guest(text.id)[0]
        said.message.sms.state = sms.FAILED
        db.session.flush()
        registrations.mark_told(message_queries.entry(said.message), way="phone", by=self.owner)
        sms.write("x", "15400001111", "词", lane=Lane.BULK).state = sms.FAILED
        for job in db.session.scalars(db.select(Job).where(Job.task == "mail.deliver").limit(2)):
            job.fault = "nobody answers"
        self.pages += [f"/events/{self.event.id}/messages", f"/messages/{letters[0].id}"]
        self.pages.append(f"/messages/{said.message.id}")
