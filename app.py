"""The WSGI entry: ``app`` is what a server imports."""

import gc

from outreach import create_app

app = create_app()

gc.collect()
gc.freeze()  # what the start made is never garbage: looking at it again costs a request 0.1 s now and then
