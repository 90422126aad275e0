from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from outreach.core import clock
from outreach.core.db import Area, db
from outreach.core.i18n import percent, span, wan, yi
from outreach.events.models import Event
from outreach.pipeline.agreement_models import Agreement


def test_sums_of_money_are_exact(make):
    for _time in range(10):
        make.agreement(intended_wan=Decimal("0.1"))
    assert db.session.scalar(select(func.sum(Agreement.intended_wan))) == Decimal(1)


def test_a_tenth_of_a_cent_is_refused(make):
    with pytest.raises(StatementError, match="6 decimals"):
        make.agreement(intended_wan=Decimal("0.0000001"))


def test_a_moment_without_zone_is_refused(make):
    event = make.event()
    event.starts_at = datetime(2026, 1, 1, 9)
    with pytest.raises(StatementError, match="time zone"):
        db.session.flush()


def test_moments_come_back_in_utc(make):
    event = make.event(
        starts_at=clock.local(datetime(2026, 12, 1, 9), "Asia/Shanghai"),
        ends_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    )
    db.session.commit()
    assert db.session.get(Event, event.id).starts_at == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_amounts_are_written_with_their_unit(app):
    with app.test_request_context():
        assert wan(Decimal("1234.5")) == "1,234.50 万元"
        assert yi(Decimal(711_500)) == "71.15 亿元"
        assert wan(None) == "–"
        assert percent(3902, 4500) == "86.7%"
        assert percent(1, 0) == "–"
    with app.test_request_context(), force_locale("en"):  # no reader of English counts in 万
        assert (wan(Decimal("1234.56")), wan(Decimal(12_000)), wan(Decimal("0.01"))) == (
            "¥12.3456 million",
            "¥120 million",
            "¥0.0001 million",
        )
        assert (yi(Decimal(711_500)), yi(Decimal(-300)), wan(Decimal("-1.5"))) == (
            "¥7,115 million",
            "-¥3 million",
            "-¥0.015 million",
        )


def test_a_span_names_its_day_once(app):
    start = datetime(2026, 12, 1, 1, tzinfo=UTC)
    with app.test_request_context():
        assert span(start, datetime(2026, 12, 1, 4, tzinfo=UTC)) == "2026年12月1日 09:00 – 12:00"
        assert (
            span(start, datetime(2026, 12, 2, 4, tzinfo=UTC)) == "2026年12月1日 09:00 – 2026年12月2日 12:00"
        )


def test_an_area_is_exact_and_no_money():
    assert [Area().process_bind_param(Decimal(text), None) for text in ("35.5", "0.01")] == [3_550, 1]
    assert Area().process_result_value(3_550, None) == Decimal("35.5")
    with pytest.raises(ValueError, match="two decimals"):
        Area().process_bind_param(Decimal("0.001"), None)
