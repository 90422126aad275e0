"""Real processes, really killed: workers come again, their job is taken up, a port in use is refused."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from outreach.core.settings import ROOT
from outreach.ops import supervising

BIN = Path(sys.executable).parent


@pytest.fixture
def instance(tmp_path):
    environment = {**os.environ, "YANGUI_INSTANCE": str(tmp_path), "FLASK_APP": "app.py", "DATABASE_URL": ""}
    _run("db", "upgrade", environment=environment)
    return environment, create_engine(f"sqlite:///{tmp_path / 'yangui.db'}")


def _run(*arguments, environment) -> None:
    subprocess.run([BIN / "flask", *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)


def _until(condition, seconds: float = 40):
    alarm = time.monotonic() + seconds
    while time.monotonic() < alarm:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def _processes(engine) -> dict[int, str]:
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM workers")).scalars().all()
    return {int(name.split("-")[-2]): name for name in names}


def test_a_killed_worker_comes_again_and_releases_its_job(instance):
    environment, engine = instance
    supervisor = subprocess.Popen([BIN / "flask", "worker", "--processes", "1"], cwd=ROOT, env=environment)
    try:
        first = next(iter(_until(lambda: _processes(engine))))
        os.kill(first, signal.SIGKILL)
        second = next(iter(_until(lambda: {pid for pid in _processes(engine) if pid != first})))
        assert first not in _processes(engine)
        supervisor.terminate()
        assert supervisor.wait(20) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(second, 0)
        assert not _processes(engine)
    finally:
        supervisor.kill()


def test_a_worker_waits_for_its_database(tmp_path):
    environment = {**os.environ, "YANGUI_INSTANCE": str(tmp_path), "FLASK_APP": "app.py", "DATABASE_URL": ""}
    supervisor = subprocess.Popen([BIN / "flask", "worker", "--processes", "1"], cwd=ROOT, env=environment)
    try:
        time.sleep(3)
        assert supervisor.poll() is None
        _run("db", "upgrade", environment=environment)
        engine = create_engine(f"sqlite:///{tmp_path / 'yangui.db'}")
        assert _until(lambda: _processes(engine))
    finally:
        supervisor.terminate()
        supervisor.wait(20)


def test_a_port_in_use_is_refused(instance):
    environment, _engine = instance
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not supervising.port_is_free("127.0.0.1", port)
        answer = subprocess.run(
            [BIN / "flask", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert answer.returncode != 0
    assert "already" in answer.stderr
    assert supervising.port_is_free("127.0.0.1", port)


def test_a_server_told_to_stop_while_it_starts_stops(instance):
    environment, _engine = instance
    with socket.create_server(("127.0.0.1", 0)) as asked:
        port = asked.getsockname()[1]
    server = subprocess.Popen([BIN / "flask", "serve", "--port", str(port)], cwd=ROOT, env=environment)
    try:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        _until(lambda: len(children.read_text().split()) == 2)
        server.terminate()
        server.wait(supervising.STOPPING + 30)
    finally:
        server.kill()


def test_workers_end_with_a_supervisor_killed_while_they_start(instance):
    environment, _engine = instance
    command = [BIN / "flask", "worker", "--processes", "2"]
    supervisor = subprocess.Popen(command, cwd=ROOT, env=environment)
    started = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children")
    _until(lambda: len(started.read_text().split()) == 2)
    workers = [Path("/proc", pid) for pid in started.read_text().split()]
    supervisor.kill()
    supervisor.wait()
    _until(lambda: not any(worker.exists() for worker in workers))
