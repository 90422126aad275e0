"""Numbers and texts in an address that no column can hold are simply not there."""

import pytest

from outreach.permissions import Role


@pytest.mark.parametrize(
    "address",
    [
        "/people/99999999999999999999999",
        "/e/%00",
        "/t/%00",
        "/e/" + "x" * 3000,
        "/events/9223372036854775808",
        "/projects/9223372036854775808",
    ],
)
def test_impossible_ids_are_404(make, visit, address):
    assert visit(make.user(Role.ADMINISTRATOR, unit=make.city)).get(address).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "text=%00",
        "text=" + "王" * 2000,
        "unit=999999999999999999999999",
        "home=%25%27",
        "tier=x",
        "industry=ZZ",
        "sort=-password_hash",
        "at_least=x",
        "city=%F0%9F%98%80",
    ],
)
def test_odd_filters_do_no_harm(make, visit, query):
    make.person()
    answer = visit(make.user()).get(f"/people?{query}")
    assert answer.status_code in (200, 404)


def test_digits_of_other_scripts_are_no_ids(make, visit):
    assert visit(make.user()).get("/people/١٢").status_code == 404
