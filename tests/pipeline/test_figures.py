"""A figure of the home page opens to exactly the agreements it counts."""

from datetime import date
from decimal import Decimal

from outreach.pipeline import sum_queries


def test_figures_open_to_what_they_count(make, visit):
    """A contract without its review is not signed yet; an increase adds to its first signing's summit;
    an agreed amount is a framework's.
    """
    event, later = make.event(), make.event(title="后来的会")
    paper = make.agreement(event=event, title="框架甲", kind="framework", agreed_wan=Decimal(500))
    make.agreement(
        event=later, title="增资乙", counts_as="increase", first=paper, company=paper.organisation.name
    )
    make.agreement(
        event=event,
        title="无审查丙",
        kind="contract",
        signed_on=date(2025, 1, 1),
        intended_wan=None,
        contracted_wan=Decimal(9),
    )
    browser = visit(make.user())
    listed = {
        query: {
            name
            for name in ("框架甲", "增资乙", "无审查丙")
            if name in browser.get(f"/agreements?{query}").text
        }
        for query in (
            "counts=signed",
            "counts=counted",
            "counts=agreed",
            f"counts=counted&event={event.id}",
            f"counts=counted&event={later.id}",
            "",
        )
    }
    assert list(listed.values()) == [
        {"框架甲"},
        {"框架甲", "增资乙"},
        {"框架甲"},
        {"框架甲", "增资乙"},
        set(),
        {"框架甲", "增资乙", "无审查丙"},
    ]


def test_the_intended_amount_opens_to_as_many_rows_as_it_says(make, visit):
    event = make.event()
    first = make.agreement(event=event, title="意向甲")
    make.agreement(event=event, title="劳务乙", kind="labour", intended_wan=None)
    make.agreement(
        event=event,
        title="增资丙",
        counts_as="increase",
        first=first,
        company=first.organisation.name,
        kind="contract",
        intended_wan=None,
        contracted_wan=Decimal(9),
    )
    user = make.user()
    whole, _by_unit, _by_event = sum_queries.sums(user)
    text = visit(user).get("/agreements?counts=intended").text
    assert (whole.signed, whole.intending, [name in text for name in ("意向甲", "劳务乙", "增资丙")]) == (
        2,
        1,
        [True, False, False],
    )
