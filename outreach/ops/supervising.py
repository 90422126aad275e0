"""Processes that stay up: workers that come again when they die, a web server on a port that is free."""

import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

from sqlalchemy.exc import OperationalError

from outreach.core import garbage, mail, versions, worker
from outreach.core.db import db
from outreach.core.jobs import Lane, set_recurring
from outreach.core.settings import ROOT

#: makes an application context
Context = Callable[[], AbstractContextManager]

log = logging.getLogger("yangui.worker")

#: seconds before a dead process comes again; longer each time it dies within a minute
SHORTEST_PAUSE, LONGEST_PAUSE = 1, 30
DATABASE_PAUSE = 2
#: seconds a web process may finish what it does when it is told to stop
STOPPING = 10


def lanes_of(number: int, processes: int) -> tuple[Lane, ...]:
    """Where several processes work, the first leaves imports to the others,
    so that letters never wait for a roster.
    """
    everything = tuple(Lane)
    return everything[:-1] if processes > 1 and number == 0 else everything


def wait_for_database(parent: int) -> None:
    """Until the database answers and is of the version of the code, or ``parent`` has ended;
    one line when it is not, one when it is.
    """
    told = False
    while os.getppid() == parent:
        try:
            with db.engine.connect() as connection:
                found = versions.judged(versions.of_database(connection))
            if found is versions.Standing.FITS:
                break
            reason = versions.WAYS_OUT[found]
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
        if not told:
            log.warning("waiting for the database: %s", reason)
            told = True
        time.sleep(DATABASE_PAUSE)
    if told:
        log.warning("the database answers")


def work(context: Context, name: str, lanes: tuple[Lane, ...], parent: int) -> None:
    """What one worker process does, as long as ``parent`` lives."""
    wait_for_database(parent)
    set_recurring()
    mail.send_waiting()
    garbage.settle()
    worker.watch(context, worker.Worker(name=name, lanes=lanes), parent=parent)


class Supervisor:
    """Forks worker processes and forks each again when it dies. SIGTERM and SIGINT end all of them."""

    def __init__(self, context: Context, processes: int):
        self._context, self._processes = context, processes
        self._children: dict[int, tuple[int, str, float]] = {}
        self._pauses = dict.fromkeys(range(processes), SHORTEST_PAUSE)
        self._stopping = Event()

    def run(self) -> None:
        """Until told to stop, or until the process that started this one has ended."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_said: self._stopping.set())
        parent = os.getppid()
        for number in range(self._processes):
            self._start(number)
        while not self._stopping.is_set() and os.getppid() == parent:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                self._died(pid, status)
            else:
                self._stopping.wait(0.2)
        self._end()

    def _start(self, number: int, dead: str = "") -> None:
        chance = secrets.token_hex(4)
        db.session.remove()
        db.engine.dispose()  # no connection is shared with a child
        parent, pid = os.getpid(), os.fork()
        if pid:
            self._children[pid] = (number, worker.name_of(pid, chance), time.monotonic())
            return
        try:
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            wait_for_database(parent)
            if dead:
                worker.release(dead)
            name, lanes = worker.name_of(os.getpid(), chance), lanes_of(number, self._processes)
            work(self._context, name, lanes, parent)
        except BaseException:
            log.exception("worker")
            os._exit(1)
        os._exit(0)

    def _died(self, pid: int, status: int) -> None:
        number, name, began = self._children.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        lasted = time.monotonic() - began
        self._pauses[number] = SHORTEST_PAUSE if lasted > 60 else min(2 * self._pauses[number], LONGEST_PAUSE)
        log.error("a worker process ended with %s and starts again", code)
        self._stopping.wait(self._pauses[number])
        if not self._stopping.is_set():
            self._start(number, dead=name)

    def _end(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)
        for pid in self._children:
            os.waitpid(pid, 0)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there: granian itself would share the port with whoever does,
    and half of the requests.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(host: str, port: int, processes: int) -> None:
    """Become the web server; its processes come again when they die."""
    granian = str(Path(sys.executable).with_name("granian"))
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(processes),
        "--blocking-threads": "2",
        "--respawn-interval": "1",
        # one that is told to stop while it starts never hears it
        "--workers-kill-timeout": str(STOPPING),
    }
    flags = [part for pair in options.items() for part in pair]
    os.chdir(ROOT)
    os.execv(granian, [granian, *flags, "--respawn-failed-workers", "--no-ws", "app:app"])  # noqa: S606
