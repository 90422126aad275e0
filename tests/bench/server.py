"""The production server over a database of its own, started and ended by the benchmark."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from outreach.core.settings import ROOT
from tests import postgres, throwaway


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def environment(database: str) -> dict:
    """Settings of a house of its own on SQLite or PostgreSQL."""
    folder = str(throwaway.folder("bench", durable=True))
    url = ""
    if database == "postgresql":
        server = postgres.start(durable=True)
        postgres.run(server, "CREATE DATABASE bench")
        url = server.format(name="bench")
    return {
        **os.environ,
        "YANGUI_INSTANCE": folder,
        "DATABASE_URL": url,
        "RATELIMIT_ENABLED": "0",
        "FLASK_APP": "app.py",
        "PYTHONPATH": str(ROOT),
    }


def flask(settings: dict, *arguments: str) -> str:
    """Run a command of the house."""
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(command, env=settings, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@contextmanager
def serving(settings: dict, target: str = "app:app"):
    """The port of the server as `make run` starts it: 2 workers of 2 blocking threads."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("granian")),
        "--interface",
        "wsgi",
        target,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "error"]
    process = subprocess.Popen(command, env=settings, cwd=ROOT)
    try:
        for _try in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1.5)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Client:
    """A browser's cookies and token, to prepare requests with."""

    def __init__(self, port: int):
        self.base = f"http://127.0.0.1:{port}"
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        """A page's text."""
        return self.opener.open(self.base + path).read().decode()

    def post(self, path: str, **data) -> str:
        """Post a form with its token."""
        body = urllib.parse.urlencode(data).encode()
        return self.opener.open(self.base + path, body).read().decode()

    def token(self, path: str) -> str:
        """The token of a page."""
        return re.search(r'name="csrf_token" value="([^"]+)"', self.get(path))[1]

    @property
    def cookie(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
