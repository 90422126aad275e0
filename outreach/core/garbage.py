"""When a process looks for rings of objects that nobody reaches any more. Everything else Python frees by itself, at once."""

import gc

#: new objects between two looks. A request makes some thousands and a roster a million, hardly a ring among them; at Python's own 700 a worker
#: that enters a roster spends a quarter of its time looking
NEW_OBJECTS = 50_000


def settle() -> None:
    """Called when a process has started: what the start made is never garbage, and is looked at no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
