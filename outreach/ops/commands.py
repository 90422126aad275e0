"""``flask set-up``, ``worker``, ``bounce``, ``demo``, ``add-administrator``, ``backup``, ``restore``."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from flask import Blueprint, current_app
from flask_migrate import upgrade
from sqlalchemy import text

from outreach.accounts import operations as accounts
from outreach.accounts import queries as account_queries
from outreach.core import audit_chain, files, mail, private
from outreach.core.db import db, is_sqlite
from outreach.core.settings import GAZETTEER, ROOT
from outreach.directory import operations as directory
from outreach.ops import demo, rosters, supervising
from outreach.permissions import Role

bp = Blueprint("commands", __name__, cli_group=None)
LONGEST_MESSAGE = 10_000_000


@bp.cli.command("set-up")
def set_up():
    """Migrate the database; load places and units that are missing; rank names without a stroke order; draw old pictures anew."""
    upgrade(directory=str(ROOT / "migrations"))
    load_gazetteer()
    directory.rank_names()
    db.session.commit()
    drawn, unread = files.draw_anew()
    if drawn or unread:
        click.echo(
            f"pictures: {drawn} drawn anew without their metadata, {unread} cannot be read and stay as they are"
        )


def load_gazetteer() -> None:
    """Places from the registry package and a unit for each office of the prefecture."""
    prefecture = current_app.config["HOME_PREFECTURE"]
    accounts.load_places(GAZETTEER, prefecture)
    accounts.found_units(prefecture)
    db.session.commit()


@bp.cli.command("worker")
@click.option("--processes", default=2, show_default=True, help="the first leaves imports to the others")
def work(processes: int):
    """Run jobs (mail, text messages, imports, what recurs) until stopped; a process that dies comes again."""
    app = current_app._get_current_object()
    supervising.Supervisor(app.app_context, processes).run()


@bp.cli.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=2, show_default=True)
def serve(host: str, port: int, processes: int):
    """The web server; a process that dies comes again. Refuses a port on which somebody listens."""
    if not supervising.port_is_free(host, port):
        raise click.ClickException(
            f"something listens on {host}:{port} already; stop it or choose another port"
        )
    supervising.serve(host, port, processes)


@bp.cli.command("audit-verify")
@click.option(
    "--noted", default="", help="LINK:DIGEST as an earlier run printed it, to see whether the end was cut off"
)
def audit_verify(noted: str):
    """Look at the chain of the audit; names the first entry that does not fit and ends with 1."""
    number, _colon, digest = noted.partition(":")
    if noted and not (number.isdigit() and len(digest) == 64):
        raise click.ClickException("--noted is LINK:DIGEST, as this command prints it")
    found = audit_chain.verify((int(number), digest) if noted else None)
    click.echo(
        f"{found.entries} entries, links {found.first} to {found.last}; {found.waiting} not linked yet"
    )
    if found.blotted:
        click.echo(f"{found.blotted} reasons had a name taken out at an erasure")
    if found.fault is not None:
        fault = found.fault
        raise click.ClickException(f"broken at link {fault.link}, entry {fault.entry_id or '-'}: {fault.why}")
    click.echo(f"the chain holds; note elsewhere: {found.last}:{found.digest}")


@bp.cli.command("bounce")
def bounce():
    """Read one message from standard input; a mail server pipes here what comes to MAIL_FROM."""
    noted = mail.come_back(sys.stdin.buffer.read(LONGEST_MESSAGE))
    db.session.commit()
    click.echo("noted" if noted else "nothing to note")


@bp.cli.command("demo")
@click.option("--people", default=13_000, help="how many people Puyang County has on register")
def make_demo(people: int):
    """Fill an empty house with the demo; does nothing when it is there already."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("the demo is not for production")
    made = demo.make(people)
    click.echo("demo ready" if made else "demo was there already")
    click.echo(demo.sign_ins())


@bp.cli.command("remove-demo")
def remove_demo():
    """Close the demo's accounts, so that production may start."""
    count = accounts.remove_demo()
    db.session.commit()
    click.echo(f"{count} demo accounts closed")


@bp.cli.command("sample-roster")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def sample_roster(path: Path):
    """Write a roster as townships keep them, to try the import with. Nobody in it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rosters.sample())
    click.echo(path)


@bp.cli.command("add-administrator")
@click.argument("login")
@click.argument("name")
def add_administrator(login: str, name: str):
    """The first administrator of the whole house; prints the first password once."""
    unit = account_queries.unit_by_place(current_app.config["HOME_PREFECTURE"])
    if unit is None:
        raise click.ClickException("run flask set-up first")
    _user, first = accounts.add_user(
        login=login, name=name, post="", email="", unit=unit, role=Role.ADMINISTRATOR, by=None
    )
    db.session.commit()
    click.echo(f"first password: {first}")


def _server_tool(name: str, *arguments: str) -> None:
    """Run ``pg_dump`` or ``pg_restore`` on our database; the password goes through the environment, never the command."""
    if shutil.which(name) is None:
        raise click.ClickException(f"{name} is not installed; it comes with the PostgreSQL client")
    url = db.engine.url
    address = url.set(drivername="postgresql", password=None).render_as_string()
    subprocess.run(
        [name, *arguments, f"--dbname={address}"],
        check=True,
        env={**os.environ, "PGPASSWORD": url.password or ""},
    )


@bp.cli.command("backup")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def backup(path: Path):
    """Database and uploaded files in one archive, taken while the house runs."""
    instance = Path(current_app.config["INSTANCE"])
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "database"
        if is_sqlite():
            with sqlite3.connect(db.engine.url.database) as source, sqlite3.connect(dump) as target:
                source.backup(target)
        else:
            _server_tool("pg_dump", "--format=custom", f"--file={dump}")
        with private.written(path) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(dump, "database")
            if (instance / "files").exists():
                archive.add(instance / "files", "files")
    click.echo(path)


def _copy(source: str, target: str) -> None:
    """One SQLite database over another."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        private.keep(target)
        there.backup(here)


@contextmanager
def _or_as_before(folder: Path) -> Iterator[None]:
    """An empty schema for what is restored; when that fails, the database is as it was before."""
    before, aside = str(folder / "before"), "before_restore"
    if is_sqlite():
        _copy(db.engine.url.database, before)
    else:
        _rename_schema("public", aside)
        _run_sql("CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        db.session.remove()
        db.engine.dispose()
        if is_sqlite():
            _copy(before, db.engine.url.database)
        else:
            _run_sql("DROP SCHEMA IF EXISTS public CASCADE")
            _rename_schema(aside, "public")
        click.echo("Nothing was restored; the database is as it was before.", err=True)
        raise
    db.session.remove()
    db.engine.dispose()
    if not is_sqlite():
        _run_sql(f"DROP SCHEMA {aside} CASCADE")


def _rename_schema(name: str, other: str) -> None:
    _run_sql(f"ALTER SCHEMA {name} RENAME TO {other}")


def _run_sql(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


@bp.cli.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces the present database. Go on?")
def restore(path: Path):
    """Put an archive of ``flask backup`` back, also one of an older version. Stop the web server and the worker first."""
    instance = Path(current_app.config["INSTANCE"])
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        db.session.remove()
        db.engine.dispose()
        with _or_as_before(Path(folder)):
            if is_sqlite():
                _copy(str(Path(folder) / "database"), db.engine.url.database)
            else:
                _server_tool(
                    "pg_restore", "--no-owner", "--single-transaction", str(Path(folder) / "database")
                )
            upgrade(directory=str(ROOT / "migrations"))  # the archive may be of an older version
        if (Path(folder) / "files").exists():
            shutil.copytree(Path(folder) / "files", instance / "files", dirs_exist_ok=True)
    click.echo("restored")
