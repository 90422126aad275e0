"""Check-in and registration through the production server, 32 clients,
against a bare route that commits one row.

The three take turns, ``ROUNDS`` times, and the middle of the rounds' ratios counts: a machine that is faster
this second than the next is no merit.
"""

import json
import statistics
import subprocess
import urllib.parse
from collections import Counter
from datetime import UTC, datetime

from tests.bench import load
from tests.bench.server import Client, environment, flask, serving

BAR = 0.4
CLIENTS, EACH, ROUNDS, SECONDS = 32, 40, 9, 1.5
#: what a client sends to the bare route
BARE = [load.request("POST", "/", b"")] * 400
PREPARE = """
from tests.make import Maker
from outreach.core.db import db
from outreach.permissions import Role
from outreach.registrations.models import Registration
from outreach.core import tokens
from sqlalchemy import insert
make = Maker()
user = make.user(Role.GATE_STAFF, login="bench")
big, small = make.event(capacity=20000), make.event(capacity=50)
door = make.event(capacity=20000, days=0)
gate = make.gate(door)
for start in range(12000):
    db.session.add(
        Registration(event=door, code=tokens.code(), request_key=f"bench-{start:020d}", state="confirmed",
                     name="李丽", company="甲", mobile=f"144{start:08d}"))
db.session.commit()
from outreach.core.db import Base
import tests.bench.bare
Base.metadata.tables["bench_bare"].create(db.engine)
if db.engine.dialect.name == "postgresql":  # as the database does by itself within a minute
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(db.text("ANALYZE"))
codes = list(db.session.scalars(db.select(Registration.code)))
import json
made = {"big": big.slug, "small": small.slug, "door": door.id, "gate": gate.id, "codes": codes}
print("JSON" + json.dumps(made))
"""


def _post(path: str, body: bytes, client: Client, token: str, kind: str) -> bytes:
    return load.request(
        "POST",
        path,
        body,
        Cookie=client.cookie,
        Content_Type=kind,
        X_CSRFToken=token,
        Accept="application/json",
    )


def _registrations(
    client: Client, token: str, slug: str, clients: int, each: int, mark: int
) -> list[list[bytes]]:
    batches = []
    for number in range(clients):
        batch = []
        for turn in range(each):
            guest = {
                "request_key": f"{mark}-{number:04d}-{turn:06d}-key",
                "name": "李丽",
                "company": "某某有限公司",
                "post": "经理",
                "mobile": f"15{mark}{number:03d}{turn:05d}",
                "email": "",
                "consent": "y",
            }
            body = urllib.parse.urlencode(guest).encode()
            batch.append(
                _post(f"/e/{slug}/register", body, client, token, "application/x-www-form-urlencoded")
            )
        batches.append(batch)
    return batches


def _scans(client: Client, token: str, house: dict, mark: int) -> list[list[bytes]]:
    batches, codes = [], iter(house["codes"][mark * CLIENTS * EACH :])
    for number in range(CLIENTS):
        batch = []
        for turn in range(EACH):
            scan = {
                "key": f"bench-scan-{mark}-{number:04d}-{turn:06d}",
                "code": next(codes),
                "gate": house["gate"],
                "at": datetime.now(UTC).isoformat(),
            }
            batch.append(
                _post(
                    f"/events/{house['door']}/scans",
                    json.dumps(scan).encode(),
                    client,
                    token,
                    "application/json",
                )
            )
        batches.append(batch)
    return batches


def _line(name: str, rounds: list[dict], floors: list[dict]) -> float:
    middle = {figure: statistics.median(one[figure] for one in rounds) for figure in ("rate", "p50", "p99")}
    statuses = sum((Counter(one["statuses"]) for one in rounds), Counter())
    ratio = statistics.median(one["rate"] / floor["rate"] for one, floor in zip(rounds, floors, strict=True))
    print(
        f"  {name:14} {middle['rate']:6.0f}/s  p50 {middle['p50']:6.1f} ms  p99 {middle['p99']:6.1f} ms "
        f" {dict(statuses)}  ratio {ratio:.2f}"
    )
    return ratio


def _house(settings: dict) -> dict:
    flask(settings, "set-up")
    import sys

    from outreach.core.settings import ROOT

    script = "from outreach import create_app\napp = create_app()\nwith app.app_context():\n" + "".join(
        f"    {line}\n" for line in PREPARE.splitlines()
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=settings, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.split("JSON", 1)[1])


def run() -> list[str]:
    """Both databases."""
    missed = []
    for database in ("sqlite", "postgresql"):
        settings = environment(database)
        house = _house(settings)
        print(
            f"{database}: {CLIENTS} clients, the middle of {ROUNDS} rounds, "
            f"ratios to the bare commit (bar {BAR})"
        )
        with serving(settings, "tests.bench.bare:app") as bare, serving(settings) as port:
            guest, staff = Client(port), Client(port)
            token = guest.token(f"/e/{house['big']}/register")
            staff.post(
                "/sign-in",
                csrf_token=staff.token("/sign-in"),
                login="bench",
                password="Wild-Goose-7",
                onwards="",
            )
            passed = staff.token("/home")
            floors, registered, scanned = [], [], []
            for turn in range(ROUNDS):
                floors.append(load.run(bare, [BARE] * CLIENTS, SECONDS))
                guests = _registrations(guest, token, house["big"], CLIENTS, EACH, turn)
                registered.append(load.run(port, guests, SECONDS))
                scanned.append(load.run(port, _scans(staff, passed, house, turn), SECONDS))
            fight = load.run(port, _registrations(guest, token, house["small"], 64, 2, 9), 30)
            assert Client(port).get("/privacy")
        _line("bare commit", floors, floors)
        for name, rounds in (("registration", registered), ("check-in", scanned)):
            missed += [f"{name} on {database}"] if _line(name, rounds, floors) < BAR else []
        confirmed = _confirmed(settings, house["small"])
        print(f"  64 clients for 50 places: {confirmed} confirmed, answers {fight['statuses']}")
        missed += [f"exactly 50 places on {database}"] if confirmed != 50 else []
    return missed


def _confirmed(settings: dict, slug: str) -> int:
    import sys

    from outreach.core.settings import ROOT

    script = (
        "from outreach import create_app\nfrom outreach.core.db import db\n"
        "from outreach.events.models import Event\n"
        "from outreach.registrations.queries import counts\napp = create_app()\nwith app.app_context():\n"
        f"    print(counts(db.session.scalar(db.select(Event.id).where(Event.slug == "
        f"'{slug}')))['confirmed'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=settings, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return int(done.stdout)
