"""Every form of projects."""

from tests.journeys.every_form import walk_over

_OPERATOR = "for who looks after the whole installation; tests/ops sends it"
ROOMS = ("pipeline", "ops")
UNREACHED: dict[str, str] = {
    "ops.sms_receipts": "sent by the carrier",
    "ops.send_waiting": _OPERATOR,
    "ops.set_job_aside": _OPERATOR,
    "ops.try_job": _OPERATOR,
    "ops.try_jobs": _OPERATOR,
    "ops.try_letters": _OPERATOR,
    "ops.try_texts": _OPERATOR,
    "pipeline.present_again": "stands beside an entry that its own officer sees returned",
    "pipeline.return_fact": "stands beside a picture of the evidence",
}


def test_no_form_breaks_whatever_is_sent(app, make, visit):
    walk_over(app, make, visit, ROOMS, UNREACHED)
