"""The signed session cookie, with one signer for the whole process: Flask makes a new one to read it and another to write it, each request."""

from functools import lru_cache

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class SignedSessions(SecureCookieSessionInterface):
    """Flask's own sessions; the secret does not change while the process lives."""

    @lru_cache(maxsize=8)  # noqa: B019 - one for each application, of which a process has one
    def get_signing_serializer(self, app: Flask):
        """As Flask makes it, once."""
        return super().get_signing_serializer(app)
