"""Every write to events and invitations."""

from outreach.events.operations.events import (
    add_event,
    add_item,
    archive,
    cancel,
    clone_event,
    close,
    edit_event,
    edit_item,
    hold,
    publish,
    remove_item,
    remove_type,
    save_type,
    withdraw,
)
from outreach.events.operations.inviting import (
    CHANNELS,
    hand_on,
    invite,
    note_opened,
    print_letters,
    send_invitations,
    sort_invitations,
    stop_messages,
    take_out_sms,
    uninvite,
)
from outreach.events.operations.materials import add_material, remove_material

__all__ = [
    "CHANNELS", "add_event", "add_item", "add_material", "archive", "cancel", "clone_event", "close", "edit_event", "edit_item", "hand_on", "hold", "invite",
    "note_opened", "print_letters", "publish", "remove_item", "remove_material", "remove_type", "save_type", "send_invitations", "sort_invitations", "stop_messages", "take_out_sms",
    "uninvite", "withdraw",
]  # fmt: skip
