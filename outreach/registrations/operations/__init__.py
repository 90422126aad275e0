"""Every write to registrations."""

from outreach.registrations.operations.answers import answer, send_proxy, send_ticket_again
from outreach.registrations.operations.asking import (
    ask_the_usual,
    copy_questions,
    forget_answers,
    keep_answers,
    retire_question,
    save_question,
)
from outreach.registrations.operations.places import (
    accept_offer,
    add_to_directory,
    approve,
    cancel,
    change,
    confirm,
    decline,
    export_guests,
    fill,
    lapse_offers,
    release_reserved,
    replace_ticket,
    sort_guests,
    tell_cancelled,
    tell_changed,
    unmask,
)
from outreach.registrations.operations.registering import register, register_by_hand, register_walk_in
from outreach.registrations.operations.signing_up import give_up, sign_up, tell_item_moved
from outreach.registrations.operations.thanking import thank

__all__ = [
    "accept_offer",
    "add_to_directory",
    "answer",
    "approve",
    "ask_the_usual",
    "give_up",
    "sign_up",
    "tell_item_moved",
    "thank",
    "cancel",
    "change",
    "confirm",
    "copy_questions",
    "decline",
    "export_guests",
    "fill",
    "forget_answers",
    "keep_answers",
    "retire_question",
    "save_question",
    "lapse_offers",
    "register",
    "release_reserved",
    "register_by_hand",
    "register_walk_in",
    "replace_ticket",
    "send_proxy",
    "send_ticket_again",
    "sort_guests",
    "tell_cancelled",
    "tell_changed",
    "unmask",
]
