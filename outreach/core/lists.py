"""A list: what is asked for in the address, one page of it, and the links to the others."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Integer, Select, bindparam, func, select

from outreach.core.db import db, fetch, plan_for_these_values

PER_PAGE = 50
MOST_PAGES = 100_000


@dataclass
class Page:
    """One page of rows; ``total`` counts all of them."""

    rows: list
    number: int
    total: int
    per_page: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first_row(self) -> int:
        """The number of the first row on this page, counted from 1."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        """The number of the last row on this page."""
        return min(self.number * self.per_page, self.total)

    def link(self, number: int) -> str:
        """The address of another page of the same list."""
        return "?" + urlencode([*_kept("page"), ("page", number)])


def _kept(*without: str) -> list[tuple[str, str]]:
    return [
        (key, value) for key, value in request.args.items(multi=True) if key not in without and value != ""
    ]


def sort_link(key: str, current: str) -> str:
    """The address that sorts by ``key``, turning the direction when it is the present one."""
    wanted = f"-{key}" if current == key else key
    return "?" + urlencode([*_kept("page", "sort"), ("sort", wanted)])


def without_link(name: str) -> str:
    """The address without one filter."""
    return "?" + urlencode(_kept("page", name))


def page_number() -> int:
    """``?page=`` as a number from 1; nonsense is 1."""
    try:
        return min(max(1, int(request.args.get("page", 1))), MOST_PAGES)
    except ValueError:
        return 1


def page_of(chosen: Select, per_page: int = PER_PAGE, *, rows_of=None) -> Page:
    """One page of ``chosen`` and the count of all its rows: two queries, whatever the size.

    ``rows_of`` takes the result where a row is more than one object; by default each row is its first column.
    """
    number = page_number()
    total = db.session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
    number = min(number, max(1, -(-total // per_page)))
    part = chosen.limit(per_page).offset((number - 1) * per_page)
    rows = rows_of(db.session.execute(part)) if rows_of else db.session.scalars(part).unique().all()
    return Page(list(rows), number, total, per_page)


_IN_ALL = func.count().over()


def page_of_lines(
    chosen: Select, lines, per_page: int = PER_PAGE, *, counted: bool = False, values: dict | None = None
) -> Page:
    """As :func:`page_of`, for lists where objects would be too slow:
    only keys are chosen, ``lines(ids)`` reads plain rows.

    ``counted`` counts in the same pass: for a search, where finding the rows is the work. A list in the order
    of an index is quicker counted apart, because its page can stop early. ``values`` go with a statement that
    was built before they were known.
    """
    number, values = page_number(), values or {}
    if not counted:
        return _page_apart(chosen, lines, per_page, values)
    plan_for_these_values()
    rows = fetch(_counted(chosen), {**values, "per_page": per_page, "before": (number - 1) * per_page}).all()
    if not rows and number > 1:  # asked for a page past the end: the last one
        return _page_apart(chosen, lines, per_page, values)
    return Page(
        lines([row[0] for row in rows]) if rows else [],
        number if rows else 1,
        rows[0][1] if rows else 0,
        per_page,
    )


def _keys(chosen: Select) -> Select:
    return chosen.with_only_columns(chosen.column_descriptions[0]["entity"].id, maintain_column_froms=True)


@lru_cache
def _counted(chosen: Select) -> Select:
    """The keys of a page and the count of all; built once for a statement that comes again with other
    values.
    """
    return (
        _keys(chosen)
        .add_columns(_IN_ALL)
        .limit(bindparam("per_page", type_=Integer))
        .offset(bindparam("before", type_=Integer))
    )


def _page_apart(chosen: Select, lines, per_page: int, values: dict) -> Page:
    found = page_of(_keys(chosen).params(**values) if values else _keys(chosen), per_page)
    return Page(lines(found.rows), found.number, found.total, per_page)


def ordered_by(chosen: Select, sort: str, columns: dict, default: str) -> Select:
    """Apply ``sort`` (a key of ``columns``, a leading minus turns it);
    unknown keys fall back to ``default``.
    """
    key = sort if sort.removeprefix("-") in columns else default
    column = columns[key.removeprefix("-")]
    model = chosen.column_descriptions[0]["entity"]
    return chosen.order_by(column.desc() if key.startswith("-") else column.asc(), model.id)


def install(app) -> None:
    """Template globals ``sort_link`` and ``without_link``."""
    app.jinja_env.globals.update(sort_link=sort_link, without_link=without_link)
