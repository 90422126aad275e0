"""An application over a fresh database for benchmarks inside one process."""

import os
import statistics
import time

from tests import postgres, throwaway


def median_ms(deed, turns: int) -> float:
    """Milliseconds of one deed, the median of some turns."""
    times = []
    for _turn in range(turns):
        began = time.perf_counter()
        deed()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def build(database: str):
    """(application, folder): migrated, with the gazetteer."""
    os.environ["YANGUI_INSTANCE"] = str(throwaway.folder("bench", durable=True))
    from flask_migrate import upgrade

    from outreach import create_app
    from outreach.core import db, garbage, settings
    from outreach.ops.commands import load_gazetteer

    config = {
        "TESTING": True,
        "INSTANCE": os.environ["YANGUI_INSTANCE"],
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{os.environ['YANGUI_INSTANCE']}/bench.db",
    }
    if database == "postgresql":
        server = postgres.start(durable=True)
        name = f"bench_{os.path.basename(config['INSTANCE']).replace('-', '_').lower()}"
        postgres.run(server, f"CREATE DATABASE {name}")
        config["SQLALCHEMY_DATABASE_URI"] = server.format(name=name)
    app = create_app(config)
    db.writing.set(True)  # a request of the part before may have left it off
    with app.app_context():
        upgrade(directory=str(settings.ROOT / "migrations"))
        load_gazetteer()
    garbage.settle()  # as the server and the worker do when they start
    return app
