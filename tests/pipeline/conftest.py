"""What tests of the pipeline begin with."""

from datetime import date
from decimal import Decimal

import pytest

from outreach.pipeline import operations


@pytest.fixture
def contracted(make):
    """A project with a contract over 8,000 万元 of 2024-03-01."""
    project = make.project()
    operations.enter_milestone(
        project,
        kind="contract",
        happened_on=date(2024, 3, 1),
        amount_wan=Decimal(8_000),
        note="",
        by=make.user(),
    )
    return project
