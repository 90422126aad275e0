"""Several processes that share a Redis count throttles together; by themselves each counts apart."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing

import pytest

from outreach.core import versions
from outreach.core.settings import ROOT
from tests import throttle_store
from tests.throwaway import folder

pytest.importorskip("redis", reason="pip install -r requirements-redis.txt")
#: forty requests of a gate without a credential: refused before the database is asked, throttled after sixty
#: a minute
ASK = """
from outreach import create_app
client = create_app({"WTF_CSRF_ENABLED": False}).test_client()
print(*(client.post("/door/wiped", json={}).status_code for _time in range(40)))
"""


@pytest.fixture
def redis_address():
    """A Redis of this test alone."""
    if throttle_store.PROGRAM is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    with throttle_store.started() as (address, _server):
        yield address


def _instance() -> str:
    """A folder with a database of this version, which holds nothing else."""
    made = folder("throttles")
    with closing(sqlite3.connect(made / "yangui.db")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (versions.of_code(),))
    return str(made)


def _asked(storage: str) -> Counter:
    """Status -> how often one process answered so."""
    made = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**os.environ, "RATELIMIT_STORAGE_URI": storage, "YANGUI_INSTANCE": _instance()},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return Counter(made.stdout.split())


def test_two_processes_count_together(redis_address):
    assert _asked(redis_address) == {"401": 40}
    assert _asked(redis_address) == {"401": 20, "429": 20}


def test_without_it_each_process_counts_for_itself():
    assert [_asked("memory://") for _process in range(2)] == [{"401": 40}] * 2
