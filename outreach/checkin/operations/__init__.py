"""Every write at the door."""

from outreach.checkin.operations.briefing import brief, choose_brief, see_briefs
from outreach.checkin.operations.deciding import decide, forget_words, settle_problem, unmask_problem
from outreach.checkin.operations.gates import (
    add_gate,
    close_gate,
    edit_gate,
    invite_device,
    join_device,
    note_wiped,
    print_paper_list,
    remove_gate,
    revoke_device,
)
from outreach.checkin.operations.losing import reopen_missing, settle_missing
from outreach.checkin.operations.rehearsing import end_rehearsal, report_rehearsal, start_rehearsal
from outreach.checkin.operations.scanning import admit, export_attendance, scan, undo
from outreach.checkin.operations.syncing import Withdrawn, lend_passes, note_contact, take

__all__ = [
    "Withdrawn",
    "add_gate",
    "admit",
    "brief",
    "choose_brief",
    "close_gate",
    "decide",
    "edit_gate",
    "end_rehearsal",
    "export_attendance",
    "forget_words",
    "invite_device",
    "join_device",
    "lend_passes",
    "note_contact",
    "note_wiped",
    "print_paper_list",
    "remove_gate",
    "reopen_missing",
    "report_rehearsal",
    "revoke_device",
    "scan",
    "see_briefs",
    "settle_missing",
    "settle_problem",
    "start_rehearsal",
    "take",
    "undo",
    "unmask_problem",
]
