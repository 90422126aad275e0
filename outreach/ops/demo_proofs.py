"""The demo's proofs: a page for every fact that is confirmed; none looks like a real paper, and each says so."""

from functools import lru_cache

from outreach.core import pdf
from outreach.pipeline import operations, rule_queries
from outreach.pipeline.models import Instalment, Milestone, Project


def add(project: Project, fact: Milestone | Instalment) -> None:
    """Who entered the fact hands in what proves it. No slip proves two payments, so each is a page of its own."""
    if isinstance(fact, Instalment):
        slip = (
            ("项目", project.name),
            ("企业", project.organisation.name),
            ("日期", fact.paid_on.isoformat()),
            ("金额", f"{fact.amount_wan:f} 万元"),
        )
        title, content = "银行回单", _page("银行回单", slip)
    elif papers := rule_queries.papers_for(fact.kind):
        title, content = papers[0], _page(papers[0])
    else:
        return
    operations.add_evidence(project, fact, file_name=f"{title}.pdf", content=content, by=project.officer)


@lru_cache
def _page(title: str, rows: tuple = ()) -> bytes:
    page = {
        "title": f"{title}（样张）",
        "rows": rows,
        "foot": "演示数据：项目、企业与金额均系虚构，本页不是任何真实凭证。",
    }
    return pdf.render("specimen.typ", page)
