"""Every write of keeping in touch."""

from outreach.liaison.operations.contacts import (
    cancel_contact,
    finish_follow_up,
    forget_contacts,
    hold_contact,
    move_contact,
    open_file,
    plan_contact,
    record_contact,
    reopen_follow_up,
)
from outreach.liaison.operations.pairings import end_pairing, export_pairings, pair, pair_organisation
from outreach.liaison.operations.posts import add_post, close_post, hand_over
from outreach.liaison.operations.reminding import make_feed, remind_all, revoke_feeds
from outreach.liaison.operations.trips import add_visits, call_off_trip, change_trip, plan_trip, print_trip

__all__ = [
    "add_post",
    "add_visits",
    "call_off_trip",
    "cancel_contact",
    "change_trip",
    "close_post",
    "end_pairing",
    "export_pairings",
    "finish_follow_up",
    "forget_contacts",
    "hand_over",
    "hold_contact",
    "make_feed",
    "move_contact",
    "open_file",
    "pair",
    "pair_organisation",
    "plan_contact",
    "plan_trip",
    "print_trip",
    "record_contact",
    "remind_all",
    "reopen_follow_up",
    "revoke_feeds",
]
