"""Every form of projects."""

from tests.journeys.every_form import walk_over

ROOMS = ("pipeline", "ops")
UNREACHED: dict[str, str] = {
    "ops.sms_receipts": "sent by the carrier",
    "ops.try_job": "stands beside a failed job, which the walk has none of; tests/ops tries one again",
}


def test_no_form_breaks_whatever_is_sent(app, make, visit):
    walk_over(app, make, visit, ROOMS, UNREACHED)
