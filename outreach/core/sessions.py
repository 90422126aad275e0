"""The signed session cookie with one signer for the whole process:
Flask makes one to read it and another to write it, at each request.
"""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class SignedSessions(SecureCookieSessionInterface):
    """Flask's own sessions for one application, whose secret does not change while the process lives."""

    def __init__(self, app: Flask):
        self._signer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask):
        """As Flask makes it, once."""
        return self._signer


def install(app: Flask) -> None:
    """The sessions of the application."""
    app.session_interface = SignedSessions(app)
