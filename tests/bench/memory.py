"""Memory of the whole stack: two web processes and a worker, fresh and while people work with the demo.

Megabytes of proportional set size (what processes share is counted once), of everything that ``serving`` and
``flask worker`` start.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from outreach.core.settings import ROOT
from outreach.ops import demo
from tests.bench.server import Client, environment, flask, serving

#: megabytes of a fresh stack, and the most that the last third of the time may add to the second
FRESH_BAR, GROWTH_BAR = 350, 1.05
MINUTES = float(os.environ.get("MEMORY_MINUTES", "10"))
PAUSE = 10.0
LISTS = (
    "/home",
    "/people",
    "/people?text=wang",
    "/people?text=深圳",
    "/screening",
    "/organisations",
    "/events",
    "/events/1/guests",
    "/agreements",
    "/board",
    "/projects",
    "/projects/6",
    "/lights",
    "/cohorts",
    "/unconfirmed",
    "/duplicates",
    "/rosters",
)
#: GET pages that print or export
PAPERS = ("/projects/6/brief.pdf", "/projects/6/brief.docx")


def tree(root: int) -> Iterator[int]:
    """This process and all it started."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except FileNotFoundError:
        return
    for child in children:
        yield from tree(int(child))


def megabytes(roots: list[int]) -> float:
    """What these processes and their children take."""
    total = 0
    for process in (pid for root in roots for pid in tree(root)):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


@contextmanager
def _worker(settings: dict):
    command = [sys.executable, "-m", "flask", "worker"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, env=settings, cwd=ROOT, **quiet)
    try:
        yield running.pid
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def _works(port: int, login: str, until: float, failed: list[str]) -> None:
    """One user who opens page after page."""
    client = Client(port)
    token = client.token("/sign-in")
    client.post("/sign-in", csrf_token=token, login=login, password=demo.PASSWORD)
    for path in cycle(LISTS + PAPERS):
        if time.monotonic() > until:
            return
        try:
            client.opener.open(client.base + urllib.parse.quote(path, safe="/?=&%")).read()
        except OSError as error:
            failed.append(f"{path}: {error}")


def _sampled(roots: list[int], until: float) -> list[float]:
    taken = []
    while time.monotonic() < until:
        time.sleep(PAUSE)
        taken.append(megabytes(roots))
    return taken


def run() -> list[str]:
    """Print megabytes fresh, by thirds of the time, and at the end; the bars that are missed."""
    settings = environment("sqlite")
    flask(settings, "set-up")
    flask(settings, "demo")
    with serving(settings) as port, _worker(settings) as worker:
        time.sleep(20)
        web = next(pid for pid in tree(os.getpid()) if "granian" in Path(f"/proc/{pid}/cmdline").read_text())
        roots, failed = [web, worker], []
        fresh, until = megabytes(roots), time.monotonic() + MINUTES * 60
        users = [
            threading.Thread(target=_works, args=(port, login, until, failed))
            for login in ("admin", "organiser", "officer", "viewer")
        ]
        for user in users:
            user.start()
        samples = _sampled(roots, until)
        for user in users:
            user.join()
    size = len(samples) // 3
    second, third = max(samples[size : 2 * size]), max(samples[2 * size :])
    print(f"fresh {fresh:.0f} MB, bar {FRESH_BAR}")
    print(f"under load: {samples[size]:.0f} MB after a third, {second:.0f} the second, {third:.0f} the last")
    print(f"growth of the last third {third / second:.3f}, bar {GROWTH_BAR}; {len(failed)} requests failed")
    print("\n".join(sorted(set(failed))[:5]))
    missed = ["memory fresh"] if fresh > FRESH_BAR else []
    return missed + (["memory growth"] if third / second > GROWTH_BAR or failed else [])
