"""One rule for server and page whether a question is asked; yes and no are values, a blank is a blank."""

import json
import os
import subprocess
from types import SimpleNamespace

import pytest

from outreach.core.settings import ROOT
from outreach.registrations import operations, queries, question_queries
from outreach.registrations.asked import asked
from outreach.registrations.question_models import YES_NO, words
from tests.registrations.test_questions import GUEST, _ask

VECTORS = json.loads((ROOT / "tests/vectors/asked.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["why"])
def test_the_server_asks(vector):
    plain = {"types": [], "when_id": None, "when_value": ""}
    rows = [SimpleNamespace(**{**plain, **row}) for row in vector["questions"]]
    given = {int(key): value for key, value in vector["given"].items()}
    assert asked(rows, vector["type"], given) == set(vector["asked"])


def test_the_page_asks_the_same(tmp_path):
    bundle, source = tmp_path / "asked.mjs", ROOT / "tests/js/asked.mjs"
    build = [
        str(ROOT / "node_modules/.bin/esbuild"),
        str(source),
        "--bundle",
        "--platform=node",
        "--format=esm",
    ]
    subprocess.run([*build, f"--outfile={bundle}", "--log-level=error"], check=True, cwd=ROOT)
    environment = {**os.environ, "VECTORS": source.as_uri()}
    said = subprocess.run(["node", str(bundle)], check=True, capture_output=True, text=True, env=environment)
    assert json.loads(said.stdout) == {"ran": len(VECTORS), "wrong": []}


@pytest.mark.parametrize(("sent", "kept"), [("yes", "yes"), ("no", "no"), ("", None), (None, None)])
def test_yes_no_and_nothing_are_three_answers(make, visit, sent, kept):
    event = make.event()
    question = _ask(event, make.user(), label="是否住宿", kind=YES_NO)
    form = {**GUEST, "type_id": event.types[0].id}
    if sent is not None:
        form[f"q{question.id}"] = sent
    code = visit().post(f"/e/{event.slug}/register", data=form).headers["Location"].rsplit("/", 1)[1]
    assert question_queries.given_by(queries.by_page_key(code).id).get(question.id) == kept


def test_a_condition_on_yes_is_written_in_either_language_and_kept_as_a_value(make, visit):
    event, user = make.event(), make.user()
    parent = _ask(event, user, label="是否住宿", kind=YES_NO)
    browser, address = visit(user), f"/events/{event.id}/questions"
    sent = {"label": "房型", "kind": "text", "place": 2, "when_id": parent.id}
    for typed in ("是", "Yes", "yes"):
        assert browser.post(address, data={**sent, "label": typed, "when_value": typed}).status_code == 303
    assert browser.post(address, data={**sent, "when_value": "也许"}).status_code == 422
    assert [row.when_value for row in question_queries.questions(event)[1:]] == ["yes"] * 3


def test_a_condition_names_an_answer_that_can_be_given(make, visit):
    event, user = make.event(), make.user()
    parent = _ask(event, user, label="交通", kind="choice", choices=["飞机", "高铁"])
    sent = {"label": "车次", "kind": "text", "place": 2, "when_id": parent.id}
    browser, address = visit(user), f"/events/{event.id}/questions"
    assert browser.post(address, data={**sent, "when_value": "轮船"}).status_code == 422
    assert browser.post(address, data={**sent, "when_value": "高铁"}).status_code == 303


def test_the_page_knows_the_guest_type_where_there_is_nothing_to_choose(make, visit):
    event = make.event()
    _ask(event, make.user(), types=[event.types[0].id])
    row = make.registration(event)
    for address in (f"/e/{event.slug}/register", f"/t/{row.page_token}/change"):
        assert f'data-type="{event.types[0].id}"' in visit().get(address).text


def test_lists_show_yes_in_the_language_of_the_page(app, make):
    with app.test_request_context():
        assert words("yes", YES_NO) == "是"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert words("no", YES_NO) in ("No", "否")
    assert words("yes", "text") == "yes"
    event = make.event()
    row = make.registration(event)
    question = _ask(event, make.user(), label="是否住宿", kind=YES_NO)
    operations.keep_answers(row, {question.id: "no"})
    assert question_queries.given_by(row.id) == {question.id: "no"}
