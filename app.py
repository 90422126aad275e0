"""The WSGI entry: ``app`` is what a server imports."""

from outreach import create_app

app = create_app()
