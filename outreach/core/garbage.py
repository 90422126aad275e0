"""When a process looks for rings of objects that nobody reaches any more.

Everything else Python frees by itself, at once.
"""

import gc
from contextlib import contextmanager

#: new objects between two looks while a roster is read or entered: it makes a million, hardly a ring among
#: them. At Python's own 700 a quarter of the time goes into looking. Not for exports: a workbook is one large
#: ring
NEW_OBJECTS = 50_000


def settle() -> None:
    """Called when a process has started: what the start made is never garbage, and is looked at no more."""
    gc.collect()
    gc.freeze()


@contextmanager
def looked_for_seldom():
    """Within, rings are looked for every ``NEW_OBJECTS``.

    In the whole process, so for the worker, who does one thing at a time.
    """
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
