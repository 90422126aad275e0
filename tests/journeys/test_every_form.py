"""Every form of the application, found by walking over its pages: sent empty, with blanks, with ids that are not there, with a body of odd
shape, filled in with the last of every choice, and twice. Never an error page, nothing half written, always a word about what is wrong."""

from outreach.accounts.models import Grant
from outreach.core import clock, worker
from outreach.core.db import db
from outreach.permissions import Role
from tests.journeys.form_walk import Walk

#: forms that may be sent as they stand: nothing is claimed by it (a filter without a name and a holder without a name are refused by a
#: sentence on the page they lead to)
MAY_BE_EMPTY = {
    "checkin.admit",
    "directory.save_view",
    "directory.tag",
    "events.invite",  # nobody is ticked: nobody is invited
    "liaison.hand_over",
    "pipeline.confirm_ticked",  # nothing is ticked: the page says so
    "pipeline.decide_item",  # nothing was decided
    "pipeline.describe",  # every description may be taken back
    "pipeline.save_view",
    "pipeline.set_papers",  # a milestone that needs no proof
    "registrations.decide_many",  # nobody is ticked
}
#: what is typed there is sent by another button of the same form
TYPED_FOR_ANOTHER = {"events.send_invitations"}
#: these say what is wrong on the page they lead to
SAY_IT_THERE = {
    "directory.save_view",
    "directory.tag",
    "liaison.hand_over",
    "pipeline.save_view",
}
#: kinds of forms that the walk reached when it was written; fewer mean that it has lost its way
REACHED = 120


def _world(make):
    """One row of each kind that forms need to begin with, and a user who may do everything."""
    user = make.user(None)
    for role in Role:
        user.grants.append(Grant(unit=make.city, role=role))
    event = make.event(title_en="Homecoming", most_companions=2)
    make.guest_type(event)
    code = make.registration(event).code
    make.person(company="深圳雁栖软件有限公司", title="总经理")
    make.person("李四")
    make.person("李四")
    make.project(officer=user)
    make.gate(event)
    worker.beat(worker.Worker(), clock.now())  # or the page for machines says that nobody works
    return user, [f"/e/{event.slug}/register", f"/t/{code}"]


def test_no_form_breaks_whatever_is_sent(app, make, visit):
    user, addresses = _world(make)
    browser = visit(user)
    pages = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    walk = Walk(app, browser)
    for address in [*pages, *addresses]:
        walk.visit_later(address)
    walk.go(2)
    db.session.rollback()
    assert not walk.faults, "\n".join(dict.fromkeys(map(str, walk.faults)))
    assert len(walk.sent) >= REACHED, sorted(walk.sent)
    claimed = {sheet.endpoint for sheet in walk.empty_taken} - MAY_BE_EMPTY
    taken = {sheet.endpoint for sheet in walk.long_taken} - TYPED_FOR_ANOTHER - SAY_IT_THERE
    assert not taken, f"over-long text was taken: {sorted(taken)}"
    assert not claimed, f"an empty form made something: {sorted(claimed)}"
