"""Every write of the house itself: what waits and failed, and what people ask about their data."""

from outreach.ops.operations.machines import (
    note_backup,
    note_drill,
    send_all_waiting,
    set_job_aside,
    tidy_jobs,
    try_job,
    try_letter,
    try_text,
)
from outreach.ops.operations.requests import (
    answer_request,
    check_identity,
    correct_request,
    export_requests,
    file_request,
    forget_asking,
    forget_requests,
    pass_on_erasure,
    register_request,
    reopen_request,
    take_over,
    withdraw_request,
)

__all__ = [
    "answer_request",
    "check_identity",
    "correct_request",
    "export_requests",
    "file_request",
    "forget_asking",
    "forget_requests",
    "note_backup",
    "note_drill",
    "pass_on_erasure",
    "register_request",
    "reopen_request",
    "send_all_waiting",
    "set_job_aside",
    "take_over",
    "tidy_jobs",
    "try_job",
    "try_letter",
    "try_text",
    "withdraw_request",
]
