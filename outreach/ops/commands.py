"""``flask set-up``, ``worker``, ``bounce``, ``demo``, ``add-administrator``, ``backup``, ``restore``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Blueprint, current_app

from outreach import create_app
from outreach.accounts import operations as accounts
from outreach.accounts import queries as account_queries
from outreach.core import audit_chain, files, mail, versions
from outreach.core.db import db
from outreach.core.settings import GAZETTEER, ROOT
from outreach.directory import operations as directory
from outreach.ops import demo, operations, recovery, rosters, supervising
from outreach.ops.recovery import drills, moving, restoring, sealing, taking
from outreach.permissions import Role

bp = Blueprint("commands", __name__, cli_group=None)
LONGEST_MESSAGE = 10_000_000


@bp.cli.command("set-up")
def set_up():
    """Migrate the database; load places and units that are missing; rank names without a stroke order;
    draw old pictures anew.
    """
    with _in_words():
        if restoring.undo_unfinished():
            click.echo("a restore that did not end was cleared away")
    from flask_migrate import upgrade  # noqa: PLC0415 - Alembic: 8 MB that web processes do without

    upgrade(directory=str(ROOT / "migrations"))
    load_gazetteer()
    directory.rank_names()
    db.session.commit()
    drawn, unread = files.draw_anew()
    if drawn or unread:
        click.echo(
            f"pictures: {drawn} drawn anew without their metadata, "
            f"{unread} cannot be read and stay as they are"
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


def _passphrase(*, new: bool = False) -> str:
    """What encrypts archives: the first line of the file ``BACKUP_PASSPHRASE_FILE``, else what is typed."""
    if file := current_app.config["BACKUP_PASSPHRASE_FILE"]:
        try:
            return Path(file).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise recovery.Failed(f"BACKUP_PASSPHRASE_FILE={file} cannot be read: {error}") from error
    return click.prompt("Passphrase of the archive", hide_input=True, confirmation_prompt=new)


def _folder() -> Path:
    """Where archives lie that nobody named."""
    named = current_app.config["BACKUP_FOLDER"]
    return Path(named) if named else Path(current_app.config["INSTANCE"]) / "backups"


@bp.cli.command("backup")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--encrypt/--plain",
    default=None,
    help="encrypt with the passphrase in BACKUP_PASSPHRASE_FILE, or typed; by default where that file is set",
)
def backup(path: Path | None, encrypt: bool | None):
    """Database and uploaded files in one archive, taken while the house runs;
    without PATH into BACKUP_FOLDER, where old ones go.
    """
    if encrypt is None:
        encrypt = bool(current_app.config["BACKUP_PASSPHRASE_FILE"])
    standing = path is None
    with _in_words():
        path = path or taking.room(_folder()) / taking.name(encrypt)
        manifest = taking.take(path, sealing.checked(_passphrase(new=True)) if encrypt else "")
    for name in manifest.damaged:
        click.echo(f"the file {name} is damaged on the disk; it is in the archive as it is", err=True)
    if manifest.revision == versions.of_code():  # before an update, set-up is still to come
        rows = sum(manifest.counts.values())
        operations.note_backup(path.name, rows=rows, files=manifest.files, encrypted=encrypt)
        db.session.commit()
    so = "encrypted" if encrypt else "not encrypted"
    click.echo(f"{path}: {sum(manifest.counts.values())} rows, {manifest.files} files, {so}")
    if standing and (count := taking.forget_old(_folder(), int(current_app.config["KEEP_BACKUPS_DAYS"]))):
        click.echo(f"{count} older archives deleted")


@bp.cli.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces the present database. Go on?")
def restore(path: Path):
    """Put an archive of ``flask backup`` back, also one of an older version.

    Stop the web server and the worker first.
    """
    with _in_words("Nothing was restored; database and files are as they were before."):
        done = restoring.restore(path, _passphrase)
    counted = "counted as at the backup" if done.manifest else "not compared: the archive is of before counts"
    click.echo(f"rows: {sum(done.counts.values())} in {len(done.counts)} tables, {counted}")
    click.echo(f"files: {done.added} put back, {done.removed} removed that the archive does not know")
    click.echo(f"version: {done.revision or '-'}, brought to {versions.of_code()}")
    click.echo("restored; go on with: flask set-up")


@bp.cli.command("restore-drill")
@click.argument("path", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_drill(path: Path | None):
    """Try an archive (the newest of BACKUP_FOLDER) out beside the house, which goes on;
    ends with 1 when it would not come back.
    """
    with _in_words():
        if (found := versions.standing()) is not versions.Standing.FITS:
            raise recovery.Failed(versions.WAYS_OUT[found])
        path = path or taking.newest(_folder())
        try:
            drilled = drills.drill(path, _passphrase, create_app)
        except recovery.Failed as failed:
            operations.note_drill(path.name, fault=str(failed))
            db.session.commit()
            raise
    operations.note_drill(path.name, seconds=round(drilled.seconds))
    db.session.commit()
    click.echo("\n".join([f"archive: {path}", *drilled.lines, f"time: {drilled.seconds:.0f} s"]))
    click.echo("the drill went well; everything it made is gone")


@bp.cli.command("move-to")
@click.argument("address")
@click.option(
    "--files",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="folder of another instance (YANGUI_INSTANCE) that the files are copied to; "
    "else they stay where they are",
)
def move_to(address: str, folder: Path | None):
    """Copy everything from SQLite into the empty PostgreSQL at ADDRESS.

    Stop the web server and the worker first.
    """
    with _in_words("Nothing was moved; this instance is as it was. Mend it and run the same command again."):
        moved = moving.move(address, folder)
    width = max(len(name) for name in moved.counts)
    click.echo(f"{'table':<{width}}  {'SQLite':>10}  {'PostgreSQL':>10}")
    for name, (there, here) in sorted(moved.counts.items()):
        click.echo(f"{name:<{width}}  {there:>10}  {here:>10}")
    there, here = (sum(pair[place] for pair in moved.counts.values()) for place in (0, 1))
    click.echo(f"{'all':<{width}}  {there:>10}  {here:>10}")
    click.echo(f"files: {moved.files}, compared with their digests")
    for name in moved.damaged:
        click.echo(f"the file {name} is damaged on the disk", err=True)
    click.echo(
        "Go on with DATABASE_URL set to that address" + (f", YANGUI_INSTANCE={folder}" if folder else "")
    )
    click.echo("in the settings of web server, worker and commands; then flask set-up, and start both.")


@contextmanager
def _in_words(after: str = "") -> Iterator[None]:
    """What failed, in words, and what became of everything."""
    try:
        yield
    except recovery.Failed as failed:
        raise click.ClickException(f"{failed}. {after}".rstrip(" ")) from failed
