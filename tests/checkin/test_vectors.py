"""One truth, two languages: the vectors of tests/vectors/ through the house's Python and through the
JavaScript that gates run.
"""

import base64
import json
import os
import subprocess

import pytest

from outreach.checkin import merging, protocol, rules
from outreach.core import phones, tokens
from outreach.core.settings import ROOT
from outreach.registrations import tickets

VECTORS = ROOT / "tests" / "vectors"
TICKETS = json.loads((VECTORS / "tickets.json").read_text(encoding="utf-8"))
DOOR = json.loads((VECTORS / "door.json").read_text(encoding="utf-8"))
PEOPLE = json.loads((VECTORS / "people.json").read_text(encoding="utf-8"))
CODES = ROOT / "static" / "src" / "door" / "calling-codes.json"


@pytest.mark.parametrize("vector", PEOPLE["numbers"], ids=lambda vector: ascii(vector["typed"]))
def test_numbers(vector):
    shown = phones.mobile(vector["typed"])
    assert (shown and phones.stored(shown)) == vector["e164"]


@pytest.mark.parametrize("vector", PEOPLE["names"], ids=lambda vector: ascii(vector["typed"]))
def test_names(vector):
    sent = {"key": f"d1-{'0' * 24}", "guest": "A" * 16, "mobile": "15400085010", "name": vector["typed"]}
    found = protocol.read_walk_in(sent, 1)
    assert getattr(found, "name", None) == vector["name"]


def test_gates_know_the_lengths_of_numbers_of_every_country():
    assert json.loads(CODES.read_text()) == {str(code): sizes for code, sizes in phones.lengths().items()}


@pytest.mark.parametrize("vector", TICKETS["tickets"], ids=lambda vector: vector["say"][-20:])
def test_tickets(vector):
    ticket = tickets.read(vector["say"])
    signed = tickets.genuine(ticket, base64.b64decode(TICKETS["key"])) if ticket.signature else None
    assert (ticket.code, signed, ticket.made_at) == (vector["code"], vector["signed"], vector["made_at"])
    assert tokens.alias(ticket.code) == vector["door_id"]
    assert base64.b64encode(tickets.row_key(ticket.code)).decode() == vector["row_key"]


@pytest.mark.parametrize("said", TICKETS["none"])
def test_no_tickets(said):
    assert tickets.read(said) is None


@pytest.mark.parametrize("vector", DOOR["rules"], ids=lambda vector: vector["why"])
def test_rules(vector):
    assert rules.judge(**vector["asked"]) == vector["verdict"]


@pytest.mark.parametrize("vector", DOOR["merges"], ids=lambda vector: vector["why"])
def test_merges(vector):
    merged = merging.merge(merging.Fact(**fact) for fact in vector["facts"])
    assert sorted([*place, key] for place, key in merged.inside.items()) == vector["inside"]
    assert [list(pair) for pair in merged.doubles] == vector["doubles"]


def test_the_gates_javascript_says_the_same(tmp_path):
    bundle = tmp_path / "vectors.mjs"
    build = [
        str(ROOT / "node_modules/.bin/esbuild"),
        str(ROOT / "tests/js/vectors.mjs"),
        "--bundle",
        "--platform=node",
        "--format=esm",
    ]
    subprocess.run([*build, f"--outfile={bundle}", "--log-level=error"], check=True, cwd=ROOT)
    environment = {**os.environ, "VECTORS": (ROOT / "tests/js/vectors.mjs").as_uri()}
    said = subprocess.run(["node", str(bundle)], check=True, capture_output=True, text=True, env=environment)
    found = json.loads(said.stdout)
    assert found["wrong"] == []
    tickets_asked = 5 * len(TICKETS["tickets"]) + len(TICKETS["none"])
    door_asked = len(DOOR["rules"]) + 4 * len(DOOR["merges"])
    assert found["ran"] == tickets_asked + door_asked + len(PEOPLE["numbers"]) + len(PEOPLE["names"])


def test_the_address_stays_short_enough_for_a_small_code():
    address = tickets.address(
        "https://yangui.puyang.gov.cn", tokens.code(), tickets.new_seed(), made_at=1_790_000_000
    )
    assert len(address) <= 180
    assert address == address.upper()
