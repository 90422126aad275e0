"""The demo's proofs, scans and pictures; none looks like a real paper, and each says what it is."""

from decimal import Decimal
from functools import lru_cache

from outreach.core import pdf
from outreach.pipeline import operations, rule_queries
from outreach.pipeline.agreement_models import Agreement
from outreach.pipeline.models import Instalment, Milestone, Project

_FOOT = "演示数据：项目、企业与金额均系虚构，本页不是任何真实凭证。"


def prove(project: Project, fact: Milestone | Instalment) -> None:
    """Who entered the fact hands in what proves it.

    No slip proves two payments, so each is a page of its own.
    """
    if isinstance(fact, Instalment):
        name, content = "银行回单", slip(project, fact.paid_on.isoformat(), fact.amount_wan)
    elif rule_queries.papers_for(fact.kind):
        name, content = proof(fact.kind)
    else:
        return
    operations.add_evidence(project, fact, file_name=f"{name}.pdf", content=content, by=project.officer)


def proof(kind: str) -> tuple[str, bytes]:
    """(name, page) of the first paper that proves a milestone of this kind."""
    name = rule_queries.papers_for(kind)[0]
    return name, _page(name)


def slip(project: Project, day: str, amount_wan: Decimal) -> bytes:
    """The bank slip of one payment."""
    rows = (
        ("项目", project.name),
        ("企业", project.organisation.name),
        ("日期", day),
        ("金额", f"{amount_wan:f} 万元"),
    )
    return _page("银行回单", rows)


def scan(agreement: Agreement, kind: str) -> bytes:
    """The scan of a signed paper."""
    rows = (
        ("项目", agreement.title),
        ("企业", agreement.organisation.name),
        ("签订日期", agreement.signed_on.isoformat()),
    )
    return _page(kind, rows)


@lru_cache
def _page(title: str, rows: tuple[tuple[str, str], ...] = ()) -> bytes:
    return pdf.render("specimen.typ", {"title": f"{title}（样张）", "rows": rows, "foot": _FOOT})


@lru_cache
def poster(title: str, line: str, colour: str) -> bytes:
    """The cover of a summit's page, 1200 x 630 points, as PNG."""
    return pdf.picture("poster.typ", {"title": title, "line": line, "colour": colour})


@lru_cache
def photograph(caption: str, floors: int) -> bytes:
    """A drawn picture of a building site with ``floors`` floors standing, as PNG."""
    return pdf.picture("site.typ", {"caption": caption, "floors": floors})
