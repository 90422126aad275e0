"""The schema after the upgrade equals the models, and goes down and up again, on both databases."""

from datetime import timedelta
from decimal import Decimal

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from outreach.core import clock
from outreach.core.db import Base, db
from outreach.core.settings import ROOT
from outreach.directory.models import Organisation, Person, PersonTerm
from outreach.directory.operations import add_organisation, restrict_person
from outreach.pipeline import operations as pipeline
from outreach.pipeline.meeting_models import Meeting
from outreach.pipeline.models import Project
from outreach.registrations.models import Registration
from outreach.registrations.question_models import Answer, Question

FOLDER = str(ROOT / "migrations")


def _differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def test_upgrade_equals_the_models(app):
    assert _differences() == []


def test_down_and_up_again(app):
    db.session.remove()
    downgrade(directory=FOLDER, revision="base")
    upgrade(directory=FOLDER)
    assert _differences() == []


def test_areas_leave_the_money_type_with_their_values(app, make):
    project = make.project()
    project.land_mu, project.plant_m2 = Decimal("35.5"), Decimal("12000.25")
    db.session.commit()
    key = project.id
    db.session.remove()
    downgrade(directory=FOLDER, revision="0038")
    stored = db.session.execute(db.text("SELECT land_mu, plant_m2 FROM projects")).one()
    assert tuple(stored) == (35_500_000, 12_000_250_000)
    db.session.remove()
    upgrade(directory=FOLDER)
    project = db.session.get_one(Project, key)
    assert (project.land_mu, project.plant_m2) == (Decimal("35.5"), Decimal("12000.25"))


def test_meetings_closed_before_can_be_opened_again(app, make):
    officer, due = make.user(), clock.today() + timedelta(days=9)
    for project, words in ((make.project(), "用电"), (make.project(), "用地")):
        pipeline.raise_concern(project, text=words, owner="供电公司", due_on=due, by=officer)
    meeting = pipeline.plan_meeting(
        make.county, title="联席会议", held_on=clock.today(), place="", chair="", by=officer
    )
    first, second = meeting.items
    pipeline.decide_item(first, decision="架设专线", owner="某局", due_on=due, settled=False, by=officer)
    pipeline.decide_item(second, decision="已供地", owner="", due_on=None, settled=True, by=officer)
    pipeline.close_meeting(meeting, present="甲", by=officer)
    db.session.commit()
    key = meeting.id
    db.session.remove()
    downgrade(directory=FOLDER, revision="0046")
    upgrade(directory=FOLDER)
    first, second = db.session.get_one(Meeting, key).items
    assert (first.applied, second.applied) == (True, True)
    assert (first.was_owner, first.was_due_on) == ("供电公司", due)
    assert "架设专线" in first.step.text


def test_only_what_gave_a_wechat_id_away_is_no_longer_found(app, make):
    ids = {"goose88": "王建国", "15411110001": "李丽", "wangjianguo": "王建国"}
    for wechat, name in ids.items():
        person = make.person(name, mobiles=["15411110001"] if wechat.isdigit() else [], wechat=wechat)
        db.session.flush()
        db.session.merge(PersonTerm(term=wechat, person_id=person.id))
    db.session.commit()
    db.session.remove()
    downgrade(directory=FOLDER, revision="0027")
    upgrade(directory=FOLDER)
    assert set(ids) & set(db.session.scalars(db.select(PersonTerm.term))) == {"15411110001", "wangjianguo"}


def test_names_of_either_script_are_found_by_the_other_after_the_upgrade(app, make):
    person, other = make.person("張偉明"), make.person("王毅")
    old, new = (
        add_organisation(name=name, kind="company", by=make.user())
        for name in ("香港濮陽貿易有限公司", "澳门濮阳贸易有限公司")
    )
    db.session.flush()
    before = person.name_key, old.name_key
    person.name_key, old.name_key = "張偉明", "香港濮陽貿易有限公司"
    db.session.execute(db.delete(PersonTerm).where(PersonTerm.person_id == person.id))
    db.session.commit()
    ids = person.id, other.id, old.id, new.id
    db.session.remove()
    downgrade(directory=FOLDER, revision="0030")
    upgrade(directory=FOLDER)
    assert (
        db.session.get_one(Person, ids[0]).name_key,
        db.session.get_one(Organisation, ids[2]).name_key,
    ) == before
    assert "张伟明" in set(
        db.session.scalars(db.select(PersonTerm.term).where(PersonTerm.person_id == ids[0]))
    )


def test_guests_of_before_get_a_page_of_their_own_and_keep_their_links(app, make):
    event = make.event()
    codes = {make.registration(event).code for _number in range(3)}
    db.session.commit()
    db.session.remove()
    downgrade(directory=FOLDER, revision="0033")
    upgrade(directory=FOLDER)
    rows = db.session.scalars(db.select(Registration)).all()
    assert {row.code for row in rows} == codes
    assert len({row.page_token for row in rows} - codes) == 3
    assert all(len(row.page_token) == 26 and row.code_opens_page for row in rows)


def test_yes_and_no_of_old_answers_become_values(app, make):
    event = make.event()
    plain = {"event": event, "label": "住宿"}
    parent, free = Question(kind="yes_no", **plain), Question(kind="text", **plain)
    db.session.add_all([parent, free])
    db.session.flush()
    child = Question(kind="text", when_id=parent.id, when_value="yes", **plain)
    other = Question(kind="text", when_id=free.id, when_value="是", **plain)
    rows = [make.registration(event) for _guest in range(2)]
    answers = [
        Answer(registration_id=row.id, question_id=parent.id, value=value)
        for row, value in zip(rows, ("yes", "no"), strict=True)
    ]
    answers.append(Answer(registration_id=rows[0].id, question_id=free.id, value="yes"))
    db.session.add_all([child, other, *answers])
    db.session.commit()
    db.session.remove()
    values, conditions = db.select(Answer.value).order_by(Answer.id), db.select(Question.when_value)
    downgrade(directory=FOLDER, revision="0034")
    assert list(db.session.scalars(values)) == [True, False, "yes"]
    assert set(db.session.scalars(conditions)) == {"", "是"}
    db.session.remove()
    upgrade(directory=FOLDER)
    assert list(db.session.scalars(values)) == ["yes", "no", "yes"]
    assert set(db.session.scalars(conditions)) == {"", "yes", "是"}


def test_cards_stay_when_restrictions_are_taken_down_and_up(app, make):
    person, user = make.person(), make.user()
    restrict_person(person, reason="本人异议", by=user)
    db.session.commit()
    key = person.id
    db.session.remove()
    downgrade(directory=FOLDER, revision="0053")
    upgrade(directory=FOLDER)
    person = db.session.get_one(Person, key)
    assert (person.name, person.restricted_at) == ("王建国", None)
