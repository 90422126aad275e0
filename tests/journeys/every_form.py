"""The walk over every form of some rooms: what it stands on, and what it must find.

Forms are found by walking over the pages and sent empty, with blanks, with fields missing or twice, with ids
that are not there or are another county's, with odd text, with text for files, with more than a field keeps,
with a body of odd shape, filled in, and twice. Never an error page, nothing half written, always a word about
what is wrong.
"""

from outreach.accounts.models import Grant, Unit
from outreach.core import clock, worker
from outreach.core.db import db, writing
from outreach.permissions import Role
from tests.journeys.form_walk import Walk
from tests.workplace import Workplace
from tests.world import World

#: forms that may be sent as they stand: nothing is claimed by it (a filter without a name and a holder
#: without a name are refused by a sentence on the page they lead to)
MAY_BE_EMPTY = {
    "checkin.admit",
    "directory.save_view",
    "directory.tag",
    "events.invite",  # nobody is ticked: nobody is invited
    "events.print_letters",
    "events.sort_invitations",  # nobody is ticked
    "ops.try_jobs",  # nothing is ticked: nothing is tried again
    "ops.try_letters",
    "ops.try_texts",
    "liaison.close_post",  # nobody takes its pairings over
    "pipeline.confirm_ticked",  # nothing is ticked: the page says so
    "pipeline.decide_item",  # nothing was decided
    "pipeline.describe",  # every description may be taken back
    "pipeline.save_view",
    "pipeline.set_papers",  # a milestone that needs no proof
    "public_directory.choose",  # nothing is agreed to
    "reception.give_room",  # no room: the one given is taken away
    "reception.put_in_car",  # likewise
    "registrations.decide_many",  # nobody is ticked
    "registrations.messages_again",  # nothing is ticked: nothing is written
}
#: forms that cannot be accepted here, and why
NEVER_ACCEPTED = {
    "checkin.remove_gate": "the walk may close or remove the gate before",
    "checkin.undo": "the walk may take the arrival back by another form before",
    "pipeline.remap_ledger": "the walk enters the sheet first; tests/pipeline maps its columns again",
    "reception.close_seat": "the walk may remove the hall before",
    "registrations.confirm": "the walk may confirm or cancel the guest before",
    "registrations.edit_guest": "the walk may cancel the guest before",
}
#: over-long text is not refused there: what is typed is sent by another button of the same form, or the page
#: it leads to says what is wrong
MAY_BE_LONG = {
    "directory.save_view",
    "directory.tag",
    "events.send_invitations",
    "liaison.hand_over",
    "pipeline.save_view",
}


def walk_over(app, make, visit, rooms: tuple[str, ...], unreached: dict[str, str]) -> None:
    """Every form of ``rooms``, found by walking over the pages.

    ``unreached``: the routes that no form leads to, and why.
    """
    user, colleague = make.user(None), make.user()
    for role in Role:
        user.grants.append(Grant(unit=make.county, role=role))
    db.session.flush()
    worker.beat(worker.Worker(), clock.now())  # or the page for machines says that nobody works
    here = Workplace(make, make.county, make.township, user, colleague)
    db.session.commit()
    stranger = make.user(Role.ADMINISTRATOR, make.other_county)
    city = make.user(Role.ADMINISTRATOR, make.city)
    clerk = make.user(Role.LIAISON)  # proposes and does not decide
    town = db.session.scalar(db.select(Unit).where(Unit.parent_id == make.other_county.id))
    there = World(make, make.other_county, town, stranger)
    db.session.commit()
    browser, other, above = visit(user), visit(clerk), visit(city)
    own = f"/users/{user.id}/"
    db.session.commit()
    writing.set(False)
    walk = Walk(app, browser, here, rooms=rooms, strangers=there.ids)
    walk.passed_over = (own,)
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    ours = [rule.rule for rule in pages if walk.of_rooms(rule.endpoint)]
    for address in [*here.pages, f"/organisations/{there.ids['organisation_id']}/propose", *ours]:
        walk.visit_later(address, always=True)
    walk.go(2)
    walk.visitor = other
    for address in ("/screening", "/people"):
        walk.visit_later(address, always=True)
    walk.go(1)
    walk.visitor, walk.ways.strangers = above, {}
    for address in ("/rules", "/system", "/system/jobs", "/system/letters", "/system/texts"):
        walk.visit_later(address, always=True)
    walk.go(1)
    writing.set(True)
    anew = Workplace(make, make.county, make.township, user, make.user())
    db.session.commit()
    writing.set(False)
    walk.start_again(browser, anew)
    for address in [*anew.pages, *ours]:
        walk.visit_later(address, always=True)
    walk.go(1)
    db.session.rollback()
    _judge(app, walk, unreached)


def _judge(app, walk: Walk, unreached: dict[str, str]) -> None:
    assert not walk.faults, "\n".join(dict.fromkeys(map(str, walk.faults)))
    assert not walk.foreign_taken, f"another's or no row was taken: {walk.foreign_taken}"
    assert not walk.gaps_taken, f"what is required was not asked for: {walk.gaps_taken}"
    claimed = {sheet.endpoint for sheet in walk.empty_taken} - MAY_BE_EMPTY
    assert not claimed, f"an empty form made something: {sorted(claimed)}"
    long = {sheet.endpoint for sheet in walk.long_taken} - MAY_BE_LONG
    assert not long, f"over-long text was taken: {sorted(long)}"
    assert not walk.ways.unmapped, f"say in form_values what row this names: {sorted(walk.ways.unmapped)}"
    refused = {name: walk.why.get(name) for name in set(walk.sent) - walk.accepted - set(NEVER_ACCEPTED)}
    assert not refused, f"sent with valid values and never accepted: {refused}"
    rules = app.url_map.iter_rules()
    posts = {rule.endpoint for rule in rules if "POST" in rule.methods and walk.of_rooms(rule.endpoint)}
    missed = posts - set(walk.sent)
    assert missed == set(unreached), f"missed and not named, or named and reached: {missed ^ set(unreached)}"
