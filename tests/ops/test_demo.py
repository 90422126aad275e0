"""The demo agrees with the reply it grew from, and is always the same."""

from sqlalchemy import func, select

from outreach.accounts import queries as accounts
from outreach.accounts.models import Unit
from outreach.accounts.queries import user_by_login
from outreach.core.db import db
from outreach.desk import funnel
from outreach.directory.models import Person
from outreach.directory.queries import chamber_regions
from outreach.ops import demo
from outreach.ops.invented import Invented


def test_the_figures_of_the_seed(app):
    """濮人社办〔2024〕56号: 1.3万 / 4000 / 360; 商协会31家、30个省市地区; 237人、13家、71.15亿元; 落地27，千万19，亿3，百亿1."""
    assert demo.make(13_000)
    assert demo.make(13_000) is False
    whole, counties, summits = funnel.lines(user_by_login("admin"))
    puyang = next(line for line in counties if line.unit.place_code == "410928")
    assert (puyang.people, puyang.screened, puyang.key) == (13_000, 4_000, 360)
    assert chamber_regions() == (31, 30)
    beijing = next(line for line in summits if "北京" in line.name)
    assert (beijing.arrived, beijing.sums.signed) == (237, 13)
    assert beijing.sums.intended_wan / 10_000 == beijing.sums.intended_wan.__class__("71.15")
    assert whole.sums.landed == 27
    assert whole.sums.bands == {"100y": 1, "50y": 1, "10y": 1, "5y": 1, "1y": 3, "5kw": 12, "1kw": 19}
    assert any("深圳" in line.name and line.event.state == "published" for line in summits)
    township = accounts.unit_by_place("410928101")
    assert db.session.scalar(select(func.count()).where(Person.unit_id == township.id)) == 650
    assert (
        db.session.scalar(
            select(func.count()).where(Unit.level == "township", Unit.parent_id == puyang.unit.id)
        )
        == 20
    )


def test_the_same_seed_gives_the_same_people():
    first, second = Invented(7), Invented(7)
    assert [first.values("x", 1) for _person in range(50)] == [second.values("x", 1) for _person in range(50)]


def test_nobody_in_it_can_be_called():
    assert all(Invented(3).mobile().startswith(("154", "144")) for _number in range(100))
