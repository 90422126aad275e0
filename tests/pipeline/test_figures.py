"""A figure of the home page opens to exactly the agreements it counts."""

from datetime import date
from decimal import Decimal


def test_figures_open_to_what_they_count(make, visit):
    """A contract without its review is not signed yet; an increase adds to its first signing's summit; an agreed amount is a framework's."""
    event, later = make.event(), make.event(title="后来的会")
    paper = make.agreement(event=event, title="框架甲", kind="framework", agreed_wan=Decimal(500))
    make.agreement(event=later, title="增资乙", counts_as="increase", first=paper, company=paper.organisation.name)
    make.agreement(event=event, title="无审查丙", kind="contract", signed_on=date(2025, 1, 1), intended_wan=None, contracted_wan=Decimal(9))
    browser = visit(make.user())
    listed = {
        query: {name for name in ("框架甲", "增资乙", "无审查丙") if name in browser.get(f"/agreements?{query}").text}
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
