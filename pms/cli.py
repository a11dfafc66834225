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
    from pms.kernel.refusals import Refusal
    from pms.launch import checks

    logs.configure("command")
    with embedded.ensure():
        checks.services()
        migrate()
        try:
            yield
        except Refusal as refusal:  # a "no" for people, on the terminal as elsewhere
            raise Unready(str(refusal)) from refusal


@cli.command()
def run() -> None:
    """Start everything: embedded servers, migrations, front end, web, worker, relay, channels, scheduler."""
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
def channels() -> None:
    """Speak with booking channels: tell them what is left, take their bookings in."""
    from workers.channels import channels

    channels()


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


@cli.command()
def setup(
    organization: Annotated[str, typer.Option(help="The organization's name.")],
    owner_name: Annotated[str, typer.Option(help="Who owns it.")],
    owner_email: Annotated[str, typer.Option(help="Their address, to sign in with.")],
    property_name: Annotated[str, typer.Option("--property", help="The first property's name.")],
    country: Annotated[str, typer.Option(help="Two letters, such as LT.")],
    timezone: Annotated[str, typer.Option(help="Such as Europe/Vilnius.")],
    currency: Annotated[str, typer.Option(help="Three letters, such as EUR.")],
    city: Annotated[str, typer.Option(help="Where it stands.")] = "",
    check_in: Annotated[str, typer.Option(help="Earliest arrival, local time.")] = "15:00",
    check_out: Annotated[str, typer.Option(help="Latest departure, local time.")] = "11:00",
    rooms: Annotated[
        list[str] | None, typer.Option(help='A room type: "Double = 101-112, 114 @ 90.00"; may be repeated.')
    ] = None,
    beds: Annotated[list[str] | None, typer.Option(help='Beds sold singly: "Dorm = D1-D6 @ 25.00"; may be repeated.')] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the owner's password from standard input.")
    ] = False,
    another: Annotated[bool, typer.Option("--another", help="Open one more organization beside those there are.")] = False,
    language: Annotated[str, typer.Option(help="What the owner reads: en, lt or de.")] = "en",
) -> None:
    """Set up organization, owner, property and rooms.

    The owner's password is asked for, read with --password-stdin, or taken from OCTASPACE_OWNER_PASSWORD.
    """
    from pms.launch import accounts
    from pms.properties.property import PropertyFields

    times = accounts.local_time(check_in), accounts.local_time(check_out)
    house = PropertyFields(property_name, country, timezone, currency, *times, city)
    with services():
        accounts.setup(organization, (owner_name, owner_email), house, rooms or [], beds or [], password_stdin, another, language)


Organization = Annotated[str | None, typer.Option("--organization", help="Name or id; not needed when there is only one.")]
Properties = Annotated[list[str] | None, typer.Option("--property", help="Only in this property (name or id); may be repeated.")]

api_key = typer.Typer(no_args_is_help=True, help="Keys for programs that use the HTTP API.")
cli.add_typer(api_key, name="api-key")


@api_key.command("create")
def create_api_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help="A permission, such as reservation.view; may be repeated.")],
    organization: Organization = None,
    properties: Properties = None,
) -> None:
    """Make a key and print it, this once."""
    from pms.launch import accounts

    with services():
        accounts.create_key(name, scope, organization, properties or [])


@api_key.command("list")
def list_api_keys(organization: Organization = None) -> None:
    """Every key, without its secret part."""
    from pms.launch import accounts

    with services():
        accounts.list_keys(organization)


@api_key.command("revoke")
def revoke_api_key(
    key: Annotated[str, typer.Argument(help="As the list shows it, or its id.")], organization: Organization = None
) -> None:
    """Make a key useless from now on."""
    from pms.launch import accounts

    with services():
        accounts.revoke_key(key, organization)


@cli.command()
def invite(
    email: Annotated[str, typer.Argument(help="Whom.")],
    role: Annotated[str, typer.Option(help="owner, manager, front_desk, housekeeping or accountant.")],
    organization: Organization = None,
    properties: Properties = None,
) -> None:
    """Print a link with which somebody joins, good once and for seven days."""
    from pms.launch import accounts

    with services():
        accounts.invite(email, role, organization, properties or [])


@cli.command("password-link")
def password_link(email: Annotated[str, typer.Argument(help="Who forgot their password.")]) -> None:
    """Print a link to choose a new password with, good once and for some hours."""
    from pms.launch import accounts

    with services():
        accounts.password_link(email)


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


@cli.command("rates-export")
def rates_export(
    property: Annotated[str, typer.Argument(help="The property's name or id.")],
    file: Annotated[Path, typer.Argument(help="Where to write: .csv or .xlsx.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first night.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last night.")],
) -> None:
    """Write prices and restrictions into a spreadsheet, one row per room type, plan and night."""
    from pms.launch.rates import rates_export

    with services():
        rates_export(property, file, first.date(), last.date())


@cli.command("rates-import")
def rates_import(
    file: Annotated[Path, typer.Argument(help="A .csv or .xlsx as rates-export writes it; an empty cell stays, - clears.")],
    property: Annotated[str | None, typer.Option(help="Name or id; not needed when there is only one.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change row by row, change nothing.")] = False,
    skip_refused: Annotated[bool, typer.Option("--skip-refused", help="Change the rest when some rows are refused.")] = False,
) -> None:
    """Set prices and restrictions from a spreadsheet, as one change that can be undone."""
    from pms.launch.rates import rates_import

    with services():
        rates_import(file, property, dry_run, skip_refused)


@cli.command("exchange-rate")
def exchange_rate(
    currency: Annotated[str, typer.Argument(help="The currency prices are in, such as EUR.")],
    display: Annotated[str, typer.Argument(help="The currency to show them in too, such as USD.")],
    rate: Annotated[str, typer.Argument(help="What one unit of the first is worth in the second, such as 1.0845.")],
    source: Annotated[str, typer.Option(help="Whose rate it is, such as 'European Central Bank'.")],
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the rate; today if left out.")] = None,
    property: Annotated[str | None, typer.Option(help="Name or id; not needed when there is only one.")] = None,
) -> None:
    """Write an exchange rate down, to show prices in a second currency. Nothing is charged by it."""
    from pms.launch.rates import exchange_rate

    with services():
        exchange_rate(property, currency, display, rate, day.date() if day else None, source)


channel = typer.Typer(no_args_is_help=True, help="Connections to channels, which sell the rooms too.")
cli.add_typer(channel, name="channel")
ChannelName = Annotated[str, typer.Argument(help="Which one: channex.")]
House = Annotated[str | None, typer.Option("--property", help="Name or id; not needed when there is only one.")]


@channel.command("connect")
def channel_connect(
    name: ChannelName, remote_property: Annotated[str, typer.Argument(help="The property's id there.")], property: House = None
) -> None:
    """Connect a property. What the channel asks for is prompted for, or taken from OCTASPACE_CHANNEL_API_KEY and the like."""
    from pms.launch.channels import channel_connect

    with services():
        channel_connect(name, remote_property, property)


@channel.command("map")
def channel_map(
    name: ChannelName,
    remote_id: Annotated[str, typer.Argument(help="The channel's id of the room type, or of the rate plan.")],
    room_type: Annotated[str, typer.Argument(help="Our room type's name.")],
    plan: Annotated[str | None, typer.Option(help="Our rate plan's code; left out, the room type itself is meant.")] = None,
    property: House = None,
) -> None:
    """Say which of the channel's products is which of ours; from then on it is told rooms left, prices and restrictions."""
    from pms.launch.channels import channel_map

    with services():
        channel_map(name, remote_id, room_type, plan, property)


@channel.command("state")
def channel_state(
    name: ChannelName,
    state: Annotated[str, typer.Argument(help="testing, live, paused, closing or ended.")],
    property: House = None,
) -> None:
    """Test, go live, or pause; close all rooms there and then end the connection (closing), or end it at once (ended).

    Paused or ended, the channel goes on selling what it was told last.
    """
    from pms.launch.channels import channel_state

    with services():
        channel_state(name, state, property)


@channel.command("show")
def channel_show(name: ChannelName, property: House = None) -> None:
    """How it stands, and what the channel refused in its own words."""
    from pms.launch.channels import channel_show

    with services():
        channel_show(name, property)


calendar = typer.Typer(no_args_is_help=True, help="Calendars (iCal) of sites that have no interface.")
channel.add_typer(calendar, name="calendar")
FeedId = Annotated[str, typer.Argument(help="Its number, as `channel calendar list` shows it.")]


@calendar.command("add")
def calendar_add(
    site: Annotated[str, typer.Argument(help="What the site is called: Airbnb.")],
    unit: Annotated[str | None, typer.Option(help="The unit's name: both sides read each other.")] = None,
    room_type: Annotated[str | None, typer.Option(help="The room type's name: the site reads when none of it is left.")] = None,
    property: House = None,
) -> None:
    """Add a calendar. The site's link is asked for, or taken from OCTASPACE_CALENDAR_LINK; ours is printed."""
    from pms.launch.calendars import calendar_add

    with services():
        calendar_add(site, unit, room_type, property)


@calendar.command("list")
def calendar_list(
    property: House = None, links: Annotated[bool, typer.Option("--links", help="Print our secret links too.")] = False
) -> None:
    """Every calendar: when it was read and asked for last, and what there is to tell."""
    from pms.launch.calendars import calendar_list

    with services():
        calendar_list(property, links)


@calendar.command("state")
def calendar_state(
    number: FeedId, state: Annotated[str, typer.Argument(help="live, paused, or empty.")], property: House = None
) -> None:
    """Read it, leave it alone, or say that it is empty indeed after all its entries were gone at once."""
    from pms.launch.calendars import calendar_state

    with services():
        calendar_state(number, state, property)


@calendar.command("remove")
def calendar_remove(number: FeedId, property: House = None) -> None:
    """Forget a calendar: nights closed by it are free again, its reservations stay, our link is void."""
    from pms.launch.calendars import calendar_remove

    with services():
        calendar_remove(number, property)


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
