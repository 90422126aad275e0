"""Requests whose ``Host`` no address can be: told so in a line, before anything is looked up or logged."""

import re
from collections.abc import Callable, Iterable

from flask import Flask

#: labels of at most 63 signs, or an address in brackets, and a port
_HOST = re.compile(
    r"([\w-]{1,63}(\.[\w-]{1,63})*\.?|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?", re.ASCII | re.IGNORECASE
)
_SAID = b"This is no host name.\n"


def is_host(said: str) -> bool:
    """Whether it is the form of a host name (RFC 1123, IDNA) or an address, with or without a port."""
    if len(said) > 255 or not _HOST.fullmatch(said):
        return False
    try:
        said.encode().decode("idna")
    except UnicodeError:
        return False
    return True


def install(app: Flask) -> None:
    """Put the check before the application, behind the proxies it trusts."""
    inner = app.wsgi_app

    def checked(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if is_host(environ.get("HTTP_HOST") or "localhost"):
            return inner(environ, start_response)
        start_response(
            "400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", str(len(_SAID)))]
        )
        return [_SAID]

    app.wsgi_app = checked  # type: ignore[method-assign]
