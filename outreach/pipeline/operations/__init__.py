"""Every write to agreements and projects."""

from outreach.pipeline.operations.facts import (
    add_evidence,
    confirm,
    correct_instalment,
    enter_milestone,
    pay_in,
    withdraw_milestone,
)
from outreach.pipeline.operations.freezing import freeze
from outreach.pipeline.operations.importing import enter_ledger, remap_ledger, revert_ledger, upload_ledger
from outreach.pipeline.operations.meeting import (
    add_topic,
    call_off_meeting,
    close_meeting,
    decide_item,
    drop_item,
    plan_meeting,
    renew_agenda,
)
from outreach.pipeline.operations.noting import add_note, withdraw_note
from outreach.pipeline.operations.reporting import lock_month, report_month
from outreach.pipeline.operations.ruling import forget_day, set_day, set_light, set_papers
from outreach.pipeline.operations.signing import (
    add_clause,
    add_paper,
    add_party,
    keep_clause,
    open_lead,
    review,
    sign,
    start_project,
)
from outreach.pipeline.operations.supervising import (
    answer_notice,
    close_notice,
    issue_notice,
    raise_concern,
    receive_notice,
    settle_concern,
)
from outreach.pipeline.operations.working import (
    change_state,
    describe,
    export_pipeline,
    finish_step,
    hand_over,
    open_file,
    plan_step,
    postpone_step,
)

__all__ = [
    "add_note",
    "add_topic",
    "call_off_meeting",
    "renew_agenda",
    "close_meeting",
    "decide_item",
    "drop_item",
    "plan_meeting",
    "withdraw_note",
    "add_clause",
    "add_evidence",
    "add_paper",
    "add_party",
    "answer_notice",
    "change_state",
    "close_notice",
    "confirm",
    "correct_instalment",
    "describe",
    "enter_ledger",
    "enter_milestone",
    "export_pipeline",
    "finish_step",
    "forget_day",
    "freeze",
    "hand_over",
    "issue_notice",
    "keep_clause",
    "lock_month",
    "open_file",
    "open_lead",
    "pay_in",
    "plan_step",
    "postpone_step",
    "raise_concern",
    "receive_notice",
    "report_month",
    "remap_ledger",
    "revert_ledger",
    "review",
    "set_day",
    "set_light",
    "set_papers",
    "settle_concern",
    "sign",
    "start_project",
    "upload_ledger",
    "withdraw_milestone",
]
