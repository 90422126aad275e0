"""The WSGI entry: ``app`` is what a server imports."""

from outreach import create_app
from outreach.core import garbage

app = create_app()
garbage.settle()
