"""Answers go out compressed: pages and data by gzip,
built files as the build left them beside each (``.br``, ``.gz``).

A proxy in front need not compress again. A stranger cannot draw a form's token out of the sizes of pages,
which takes thousands of requests in somebody else's name: cookies are SameSite=Lax, so other sites cannot
send them.
"""

import gzip
from pathlib import Path

from flask import current_app, request
from werkzeug.utils import safe_join

#: smaller answers gain nothing
LEAST_BYTES = 1024
#: two thirds of the time of the usual 6, for two hundredths more bytes
_LEVEL = 4
#: encoding -> ending of the file beside, the smaller one first
_BESIDE = {"br": ".br", "gzip": ".gz"}
#: what is text inside; sheets, papers and pictures are compressed already
_KINDS = {
    "text/html",
    "text/plain",
    "text/csv",
    "text/calendar",
    "text/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
}


def _takes(encoding: str) -> bool:
    return request.accept_encodings.quality(encoding) > 0


def _static(filename: str):
    """A file under ``static/`` in the smallest form the browser takes; each form has an ETag of its own."""
    for encoding, ending in _BESIDE.items():
        beside = safe_join(current_app.static_folder, filename + ending)
        if _takes(encoding) and beside and Path(beside).is_file():
            return current_app.send_static_file(filename + ending)
    return current_app.send_static_file(filename)


def _compress(response):
    """Answers of any status, for a refused form is as long as the page;
    not what is sent from a file or piece by piece.
    """
    if response.mimetype not in _KINDS and request.endpoint != "static":
        return response
    response.vary.add("Accept-Encoding")
    whole = not response.is_streamed and response.status_code not in (204, 206, 304)
    if not whole or "Content-Encoding" in response.headers or not _takes("gzip"):
        return response
    body = response.get_data()
    if len(body) < LEAST_BYTES:
        return response
    response.set_data(gzip.compress(body, _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def install(app) -> None:
    """First of all parts: hooks run in the opposite order,
    and this one must see an answer when it is complete.
    """
    app.after_request(_compress)
    app.view_functions["static"] = _static
