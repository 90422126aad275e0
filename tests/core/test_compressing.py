"""What a browser that takes compressed answers gets, and what one that does not gets."""

import gzip
import io
import json
from contextvars import Context

import brotli
import openpyxl
import pytest

from outreach.core.db import db
from outreach.core.settings import ROOT
from outreach.permissions import Role

DIST = ROOT / "static" / "dist"
BUILT = json.loads((DIST / "manifest.json").read_text())
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


def _get(app, address: str, accepted: str = "", **headers):
    headers = {
        "Accept-Encoding": accepted,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Context().run(app.test_client().get, address, headers=headers)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("name", ["guest.css", "app.js", "icons.svg", "zxing_reader.wasm"])
def test_a_built_file_comes_as_the_build_compressed_it(app, name, encoding):
    address = f"/static/dist/{BUILT[name]}"
    plain, packed = _get(app, address), _get(app, address, encoding)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == encoding
    assert packed.mimetype == plain.mimetype
    assert UNPACK[encoding](packed.data) == plain.data == (DIST / BUILT[name]).read_bytes()
    assert packed.content_length < plain.content_length * 0.5
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "immutable" in packed.headers["Cache-Control"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_form_the_browser_has_already_is_not_sent_again(app):
    address = f"/static/dist/{BUILT['guest.css']}"
    mark = _get(app, address, "gzip").headers["ETag"]
    assert _get(app, address, "gzip", If_None_Match=mark).status_code == 304
    assert _get(app, address, "br", If_None_Match=mark).status_code == 200


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0, gzip;q=0", "deflate"])
def test_who_takes_nothing_compressed_gets_it_plain(app, make, accepted):
    event = make.event()
    db.session.commit()
    for address in (f"/e/{event.slug}", f"/static/dist/{BUILT['guest.css']}"):
        answer = _get(app, address, accepted)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_no_file_outside_the_folder_is_looked_for(app):
    for address in (
        "/static/../outreach/__init__.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/dist/none.css",
    ):
        assert _get(app, address, "br, gzip").status_code == 404


def test_a_page_is_compressed(app, make):
    event = make.event()
    db.session.commit()
    address = f"/e/{event.slug}/register"
    plain, packed = _get(app, address), _get(app, address, "gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(packed.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) * 0.5
    for answer in (plain, packed):
        assert {"Accept-Encoding", "HX-Request"} <= set(answer.headers["Vary"].split(", "))
    assert packed.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]


def test_a_page_that_says_no_is_compressed_too(app):
    answer = _get(app, "/e/no-such-event", "gzip")
    assert answer.status_code == 404
    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_small_answer_stays_as_it_is(app):
    answer = _get(app, f"/static/dist/{BUILT['favicon.svg']}", "br, gzip")
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_workbook_is_not_compressed_twice(make, visit):
    user = make.user(Role.ORGANISER)
    make.person()
    answer = visit(user).post("/people/export", {"reason": "走访"}, headers={"Accept-Encoding": "br, gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).active.max_row > 1
