"""What the gateway tells us later of messages it had."""

import pytest

from outreach.core import sms
from outreach.core.db import db
from outreach.core.sms import DELIVERED, FAILED, HANDED_OVER, UNWANTED, Sms


@pytest.fixture
def rows(app, monkeypatch):
    """Two messages the gateway has, and one nobody wanted."""
    monkeypatch.setitem(app.config, "SMS_TOKEN", "a-token-of-the-gateway")
    made = [sms.write("x", f"1541111000{number}", "家乡盼您归") for number in range(3)]
    for row, state, reference in zip(
        made, (HANDED_OVER, HANDED_OVER, UNWANTED), ("r1", "r2", "r3"), strict=True
    ):
        row.state, row.reference = state, reference
    db.session.commit()
    return made


def _send(app, receipts, token="a-token-of-the-gateway"):
    return app.test_client().post(
        "/sms/receipts", json=receipts, headers={"Authorization": f"Bearer {token}"}
    )


def _states() -> list[str]:
    db.session.expire_all()
    return [row.state for row in db.session.scalars(db.select(Sms).order_by(Sms.id))]


def test_receipts_change_what_was_handed_over_and_once(app, rows):
    said = [
        {"id": rows[0].id, "state": "delivered"},
        {"reference": "r2", "state": "failed", "fault": "空号"},
        {"reference": "r3", "state": "delivered"},
    ]
    assert _send(app, said).json == {"noted": 2}
    assert _states() == [DELIVERED, FAILED, UNWANTED]
    assert _send(app, [{"id": rows[0].id, "state": "failed"}]).json == {"noted": 0}
    assert db.session.get(Sms, rows[1].id).fault == "空号"


@pytest.mark.parametrize("token", ["", "wrong", "a-token-of-the-gatewaY"])
def test_only_the_gateway_may_tell(app, rows, token):
    assert _send(app, [{"id": rows[0].id, "state": "delivered"}], token).status_code == 401
    assert _states()[0] == HANDED_OVER


def test_without_a_token_nobody_may(app, rows, monkeypatch):
    monkeypatch.setitem(app.config, "SMS_TOKEN", "")
    assert _send(app, [{"id": rows[0].id, "state": "delivered"}], "").status_code == 401


@pytest.mark.parametrize(
    "receipts",
    [
        [None],
        [1],
        [{}],
        [{"id": "x", "state": "delivered"}],
        [{"id": 10**30, "state": "delivered"}],
        [{"reference": "\0", "state": "failed"}],
        [],
    ],
)
def test_nonsense_changes_nothing(app, rows, receipts):
    assert _send(app, receipts).json == {"noted": 0}
    assert _states() == [HANDED_OVER, HANDED_OVER, UNWANTED]


@pytest.mark.parametrize("receipts", [{"id": 1}, "x", [{}] * 1001])
def test_what_is_no_list_is_refused(app, rows, receipts):
    assert _send(app, receipts).status_code == 400
