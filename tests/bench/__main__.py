"""``make bench``: every figure as a ratio to a floor measured in the same run.

Prints tables; exits 1 when a bar is missed.
"""

import sys

from tests.bench import (
    door,
    growth,
    guests,
    imports,
    letters,
    memory,
    outbox,
    pages,
    pipeline,
    prints,
    requests,
    search,
)


def main() -> int:
    """Run all, or those named on the command line."""
    parts = {
        "imports": imports,
        "search": search,
        "growth": growth,
        "pages": pages,
        "prints": prints,
        "guests": guests,
        "letters": letters,
        "outbox": outbox,
        "requests": requests,
        "door": door,
        "memory": memory,
        "pipeline": pipeline,
    }
    missed = []
    for name in sys.argv[1:] or parts:
        print(f"\n== {name}", flush=True)
        missed += parts[name].run()
    print("\nmissed: " + ", ".join(missed) if missed else "\nevery bar is met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
