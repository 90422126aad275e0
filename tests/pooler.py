"""A real PgBouncer in front of a real PostgreSQL, where the machine has one."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from tests import throwaway

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def in_front_of(address: str, connections: int) -> Iterator[str]:
    """The address of the same database behind a pool of so many connections,
    each lent for one transaction.
    """
    url = make_url(address)
    folder = throwaway.folder("pooler")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    host = url.query.get("host") or url.host
    (folder / "pool.ini").write_text(
        f"""[databases]
{url.database} = host={host} port={url.port or 5432} user={url.username or "postgres"}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
"""
    )
    user = {}
    if os.geteuid() == 0:  # as root it does not run
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    process = subprocess.Popen([PROGRAM, "-q", str(folder / "pool.ini")], stderr=subprocess.DEVNULL, **user)
    try:
        _until_it_listens(port)
        yield f"postgresql+psycopg://{url.username or 'postgres'}@127.0.0.1:{port}/{url.database}"
    finally:
        process.terminate()
        process.wait(10)


def _until_it_listens(port: int) -> None:
    for _try in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("PgBouncer does not listen")
