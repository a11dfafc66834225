"""The command line: each command calls one function that lives elsewhere, imported only when it is needed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pms.settings import Unready

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Octaspace, a property management system."
)


@contextmanager
def services() -> Iterator[None]:
    """For commands that work with data: the database and Redis are there and migrated, started if need be."""
    from pms.kernel import embedded, logs
    from pms.kernel.migrate import migrate
    from pms.launch import checks

    logs.configure("command")
    with embedded.ensure():
        checks.services()
        migrate()
        yield


@cli.command()
def run() -> None:
    """Start everything: embedded servers, migrations, front end, web, worker, relay, scheduler."""
    from pms.launch.run import run

    run()


@cli.command()
def web() -> None:
    """Serve pages, live socket and HTTP API."""
    from pms.launch.web import serve

    serve()


@cli.command()
def worker() -> None:
    """Do background jobs."""
    from workers.queues import work

    work()


@cli.command()
def relay() -> None:
    """Hand on what happened to live screens and background jobs."""
    from workers.relay import relay

    relay()


@cli.command()
def scheduler() -> None:
    """Start what is due by the clock."""
    from workers.schedule import scheduler

    scheduler()


@cli.command()
def migrate() -> None:
    """Bring the database to this version."""
    with services():
        typer.echo("The database is up to date.")


@cli.command()
def build() -> None:
    """Build the front end, if what shapes it changed."""
    from pms.launch.front_end import build

    typer.echo("The front end is built." if build() else "The front end was up to date.")


@cli.command()
def check() -> None:
    """Say what keeps Octaspace from starting here."""
    from pms.launch.checks import report

    complaints = 0
    for name, complaint in report():
        complaints += complaint is not None
        typer.echo(f"{'ok  ' if complaint is None else 'FAIL'}  {name}{': ' + complaint if complaint else ''}")
    raise typer.Exit(min(complaints, 1))


@cli.command("import-bookings")
def import_bookings(
    file: Annotated[Path | None, typer.Argument(help="A CSV, or a zip with one CSV; none with --resume.")] = None,
    property: Annotated[str | None, typer.Option(help="Name or id; not needed when there is only one.")] = None,
    preset: Annotated[str | None, typer.Option(help="resort_hotel, octaspace_csv or custom; else the columns decide.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")] = False,
    shift_to_today: Annotated[bool, typer.Option("--shift-to-today", help="Move dates by whole weeks to around today.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write rejected rows with their reasons into this CSV.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the import that was interrupted.")] = False,
) -> None:
    """Import a property's bookings from a file; running it again imports only what is new."""
    from pms.launch.imports import import_bookings

    with services():
        import_bookings(file, property, preset, dry_run, shift_to_today, report, resume)


@cli.command()
def sample(
    file: Annotated[Path | None, typer.Option(help="Bookings to move to today instead of made-up ones.")] = None,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the made-up house lives in.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another house.")] = 2026,
) -> None:
    """Fill an empty database with a made-up property and two years of bookings."""
    from pms.launch.imports import sample

    with services():
        sample(file, today.date() if today else None, seed)


def main() -> None:
    """Run a command; a refusal to start is one sentence and exit code 1, not a traceback."""
    try:
        cli()
    except Unready as complaint:
        print(f"octaspace: {complaint}", file=sys.stderr, flush=True)
        sys.exit(1)
