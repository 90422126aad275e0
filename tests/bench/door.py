"""The door: single scans and queued ones through the production server, the roster's size, fifty boards,
and a browser with 5,000 guests.
"""

import itertools
import json
import secrets
import statistics
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import sync_playwright

from tests.bench import load
from tests.bench.requests import BAR, BARE, CLIENTS, EACH, ROUNDS, SECONDS, _line
from tests.bench.server import Client, environment, flask, serving
from tests.browser.conftest import FLAGS, PHONE, chromium

GUESTS = 5000
PREPARE = """
from tests.make import Maker
from outreach.checkin import operations
from outreach.core.db import db, Base
from outreach.core import tokens
from outreach.permissions import Role
from outreach.registrations.models import Registration
from outreach.registrations import tickets
import tests.bench.bare, json
make = Maker()
user = make.user(Role.ORGANISER, login="bench")
door = make.event(capacity=20000, days=0)
gates = [make.gate(door, f"{n}号门") for n in range(CLIENTS)]
for start in range(GUESTS):
    db.session.add(
        Registration(event=door, type_id=door.types[0].id, code=tokens.code(), state="confirmed",
                     request_key=f"bench-{start:020d}", name="李丽欣", company="深圳雁栖软件有限公司",
                     post="总经理", mobile=f"144{start:08d}"))
db.session.commit()
Base.metadata.tables["bench_bare"].create(db.engine)
joined = []
for gate in gates:
    device, token = operations.invite_device(gate, name="bench", by=user)
    joined.append(operations.join_device(token, agent="bench"))
_device, token = operations.invite_device(gates[3], name="browser", by=user)
db.session.commit()
rows = list(db.session.execute(db.select(Registration.door_id, Registration.code)))
print("JSON" + json.dumps({
    "door": door.id,
    "gates": [[device.id, secret] for device, secret in joined],
    "ids": [row[0] for row in rows],
    "token": token,
    "tickets": [tickets.signed(row[1], door.ticket_seed) for row in rows[:60]],
}))
"""


def _house(settings: dict) -> dict:
    flask(settings, "set-up")
    script = (
        f"GUESTS, CLIENTS = {GUESTS}, {CLIENTS}\nfrom outreach import create_app\n"
        f"app = create_app()\nwith app.app_context():\n"
    ) + "".join(f"    {line}\n" for line in PREPARE.splitlines())
    done = subprocess.run(
        [sys.executable, "-c", script], env=settings, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.split("JSON", 1)[1])


def _fact(device: int, guest: str) -> dict:
    return {
        "key": f"d{device}-{secrets.token_hex(10)}",
        "guest": guest,
        "verdict": "admitted",
        "at": int(1000 * time.time()),
        "offset": 0,
    }


def _sync(gate: list, body: dict) -> bytes:
    device, secret = gate
    return load.request(
        "POST",
        "/door/sync",
        json.dumps(body).encode(),
        Authorization=f"Gate {device}.{secret}",
        Content_Type="application/json",
    )


def _ask(port: int, gate: list, body: dict) -> tuple[float, bytes]:
    device, secret = gate
    headers = {"Authorization": f"Gate {device}.{secret}", "Content-Type": "application/json"}
    began = time.perf_counter()
    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/door/sync", json.dumps(body).encode(), headers)
    ) as answer:
        return 1000 * (time.perf_counter() - began), answer.read()


def _single(bare: int, port: int, house: dict) -> float:
    """Every client is a gate of its own, as at a door: one gate sends one request at a time.

    In turns with the bare commit.
    """
    ids = itertools.cycle(house["ids"][3000:])
    floors, synced = [], []
    for _round in range(ROUNDS):
        floors.append(load.run(bare, [BARE] * CLIENTS, SECONDS))
        batches = [
            [_sync(gate, {"scans": [_fact(gate[0], next(ids))]}) for _turn in range(EACH)]
            for gate in house["gates"]
        ]
        synced.append(load.run(port, batches, SECONDS))
    _line("bare commit", floors, floors)
    return _line("sync of one scan", synced, floors)


def _queued(port: int, house: dict) -> None:
    """1,000 scans from each of three gates at once, each guest twice in all, in portions of 200."""
    batches = []
    for number, gate in enumerate(house["gates"][:3]):
        scans = [_fact(gate[0], guest) for guest in house["ids"][number * 500 : number * 500 + 1000]]
        batches.append([_sync(gate, {"scans": scans[start : start + 200]}) for start in range(0, 1000, 200)])
    began = time.perf_counter()
    done = load.run(port, batches, 60)
    print(f"  3 x 1,000 queued scans     {time.perf_counter() - began:.2f} s, answers {done['statuses']}")
    again = load.run(port, batches, 60)
    print(f"  the same 3,000 once more   answers {again['statuses']}")


def _roster(port: int, house: dict) -> bool:
    took, whole = _ask(port, house["gates"][0], {"drawers": {}})
    drawers = json.loads(whole)["drawers"]
    has = {number: digest for number, (digest, _rows) in drawers.items()}
    times = [_ask(port, house["gates"][1], {"drawers": has, "after": 0})[0] for _turn in range(10)]
    print(
        f"  roster of {GUESTS}: {len(whole) / 1000:.0f} kB in {took:.0f} ms; nothing new: "
        f"median {statistics.median(times):.0f} ms"
    )
    return len(whole) < 1_000_000


def _boards(port: int, house: dict, cookie: str) -> None:
    """Fifty screens, each asking ten times without a pause: what one look costs the server."""
    request = load.request("GET", f"/events/{house['door']}/board", Cookie=cookie, HX_Request="true")
    measured = load.run(port, [[request] * 10] * 50, 60)
    print(
        f"  50 live boards             {measured['rate']:.0f} looks/s, "
        f"so 50 boards every 2 s take {25 / measured['rate']:.0%} of the server; "
        f"p99 {measured['p99']:.0f} ms"
    )


def _browser(port: int, house: dict) -> bool:
    """Scan to verdict on the device, 5,000 guests known, through the page's own field."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(**PHONE).new_page()
        page.goto(f"http://127.0.0.1:{port}/door/#{house['token']}")
        page.fill("#join-pin", "246810")
        page.fill("#join-again", "246810")
        page.click("form[data-form=join] button")
        page.locator("#arrived", has_text=f"/ {GUESTS}").wait_for(timeout=60_000)
        times = page.evaluate(
            """async (tickets) => {
              const [field, form, box] =
                ["#code", "#typed", "#verdict"].map((id) => document.querySelector(id));
              const times = [];
              for (const ticket of tickets) {
                box.hidden = true;
                field.value = ticket;
                const began = performance.now();
                const shown = new Promise((done) =>
                  new MutationObserver((_all, self) => {
                    if (!box.hidden) { self.disconnect(); done(); }
                  }).observe(box, { attributes: true }));
                form.requestSubmit();
                await shown;
                times.push(performance.now() - began);
                await new Promise((done) => setTimeout(done, 60));
              }
              return times;
            }""",
            house["tickets"],
        )
        browser.close()
    times.sort()
    p95 = times[int(0.95 * len(times))]
    print(
        f"  scan to verdict at {GUESTS}: p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, "
        f"slowest {times[-1]:.0f} ms (bar 100)"
    )
    return p95 < 100


def run() -> list[str]:
    """Both databases; the browser once."""
    missed = []
    for database in ("sqlite", "postgresql"):
        settings = environment(database)
        house = _house(settings)
        print(f"{database}: {CLIENTS} clients, ratios to the bare commit (bar {BAR})")
        with serving(settings, "tests.bench.bare:app") as bare, serving(settings) as port:
            missed += [f"roster on {database}"] if not _roster(port, house) else []
            missed += [f"sync on {database}"] if _single(bare, port, house) < BAR else []
            _queued(port, house)
            staff = Client(port)
            staff.post(
                "/sign-in",
                csrf_token=staff.token("/sign-in"),
                login="bench",
                password="Wild-Goose-7",
                onwards="",
            )
            _boards(port, house, staff.cookie)
            if database == "sqlite":
                missed += ["scan to verdict"] if not _browser(port, house) else []
    return missed
