"""Check-in and registration through the production server, 32 clients, against a bare route that commits one row."""

import json
import subprocess
import urllib.parse
from datetime import UTC, datetime

from tests.bench import load
from tests.bench.server import Client, environment, flask, serving

BAR = 0.4
CLIENTS, EACH = 32, 120
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
door = make.event(capacity=20000)
gate = make.gate(door)
for start in range(4000):
    db.session.add(Registration(event=door, code=tokens.code(), request_key=f"bench-{start:020d}", state="confirmed", name="李丽", company="甲",
                                mobile=f"144{start:08d}"))
db.session.commit()
from outreach.core.db import Base
import tests.bench.bare
Base.metadata.tables["bench_bare"].create(db.engine)
if db.engine.dialect.name == "postgresql":  # as the database does by itself within a minute
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(db.text("ANALYZE"))
codes = list(db.session.scalars(db.select(Registration.code)))
import json
print("JSON" + json.dumps({"big": big.slug, "small": small.slug, "door": door.id, "gate": gate.id, "codes": codes}))
"""


def _post(path: str, body: bytes, client: Client, token: str, kind: str) -> bytes:
    return load.request("POST", path, body, Cookie=client.cookie, Content_Type=kind, X_CSRFToken=token, Accept="application/json")


def _registrations(client: Client, token: str, slug: str, clients: int, each: int, mark: str) -> list[list[bytes]]:
    batches = []
    for number in range(clients):
        batch = []
        for turn in range(each):
            guest = {
                "request_key": f"{mark}-{number:04d}-{turn:06d}-key", "name": "李丽", "company": "某某有限公司", "post": "经理",
                "mobile": f"154{number:03d}{turn:05d}", "email": "", "consent": "y",
            }  # fmt: skip
            body = urllib.parse.urlencode(guest).encode()
            batch.append(_post(f"/e/{slug}/register", body, client, token, "application/x-www-form-urlencoded"))
        batches.append(batch)
    return batches


def _scans(client: Client, token: str, house: dict) -> list[list[bytes]]:
    batches, codes = [], iter(house["codes"])
    for number in range(CLIENTS):
        batch = []
        for turn in range(EACH):
            scan = {
                "key": f"bench-scan-{number:04d}-{turn:06d}",
                "code": next(codes),
                "gate": house["gate"],
                "at": datetime.now(UTC).isoformat(),
            }
            batch.append(_post(f"/events/{house['door']}/scans", json.dumps(scan).encode(), client, token, "application/json"))
        batches.append(batch)
    return batches


def _line(name: str, measured: dict, floor: float) -> float:
    ratio = measured["rate"] / floor
    print(
        f"  {name:24} {measured['rate']:7.0f}/s  p50 {measured['p50']:6.1f} ms  p99 {measured['p99']:6.1f} ms  {measured['statuses']}  ratio {ratio:.2f}"
    )
    return ratio


def _house(settings: dict) -> dict:
    flask(settings, "set-up")
    import sys

    from outreach.core.settings import ROOT

    script = "from outreach import create_app\napp = create_app()\nwith app.app_context():\n" + "".join(
        f"    {line}\n" for line in PREPARE.splitlines()
    )
    done = subprocess.run([sys.executable, "-c", script], env=settings, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.split("JSON", 1)[1])


def run() -> list[str]:
    """Both databases."""
    missed = []
    for database in ("sqlite", "postgresql"):
        settings = environment(database)
        house = _house(settings)
        print(f"{database}: {CLIENTS} clients, ratios to the bare commit (bar {BAR})")
        with serving(settings, "tests.bench.bare:app") as port:
            bare = load.run(port, [[load.request("POST", "/", b"")] * 400] * CLIENTS)
            floor = bare["rate"]
            _line("bare commit", bare, floor)
        with serving(settings) as port:
            guest = Client(port)
            token = guest.token(f"/e/{house['big']}/register")
            ratio = _line("registration", load.run(port, _registrations(guest, token, house["big"], CLIENTS, EACH, "big")), floor)
            missed += [f"registration on {database}"] if ratio < BAR else []
            fight = load.run(port, _registrations(guest, token, house["small"], 64, 2, "small"), 30)
            staff = Client(port)
            staff.post("/sign-in", csrf_token=staff.token("/sign-in"), login="bench", password="Wild-Goose-7", onwards="")
            token = staff.token("/home")
            ratio = _line("check-in", load.run(port, _scans(staff, token, house)), floor)
            missed += [f"check-in on {database}"] if ratio < BAR else []
            page = Client(port).get("/healthz")
            assert '"ok"' in page
        confirmed = _confirmed(settings, house["small"])
        print(f"  64 clients for 50 places: {confirmed} confirmed, answers {fight['statuses']}")
        missed += [f"exactly 50 places on {database}"] if confirmed != 50 else []
    return missed


def _confirmed(settings: dict, slug: str) -> int:
    import sys

    from outreach.core.settings import ROOT

    script = (
        "from outreach import create_app\nfrom outreach.core.db import db\nfrom outreach.events.models import Event\n"
        "from outreach.registrations.queries import counts\napp = create_app()\nwith app.app_context():\n"
        f"    print(counts(db.session.scalar(db.select(Event.id).where(Event.slug == '{slug}')))['confirmed'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=settings, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout)
