"""What `import-bookings` and `sample` print."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import typer

from pms.imports import commands, sample_house
from pms.imports.commands import Wish
from pms.imports.plan import Plan
from pms.imports.queries import Report, csv_of, sentence
from pms.imports.run import Progress
from pms.kernel.money import to_decimal
from pms.kernel.refusals import Refusal
from pms.settings import Unready, settings


def import_bookings(
    file: Path | None,
    wanted: str | None,
    preset: str | None,
    dry_run: bool,
    shift_to_today: bool,
    report: Path | None,
    resume: bool,
) -> None:
    """`python -m pms import-bookings`. Refused in one sentence: Unready."""
    with _spoken():
        if file is None and not resume:
            raise Unready("Name the file with the bookings, or say --resume.")
        actor, property_id = commands.find_house(wanted)
        if file is not None and dry_run:
            tried, plan = commands.try_dry(actor, property_id, Wish(file, preset, shift_to_today))
            _print_report(tried)
        else:
            with _bar() as moved:
                if file is None:
                    done, plan = commands.go_on(actor, property_id, moved)
                else:
                    done, plan = commands.import_file(actor, property_id, Wish(file, preset, shift_to_today), moved)
            _print_done(done)
        _write_rejected(plan, report)


def sample(file: Path | None, on: date | None, seed: int) -> None:
    """`python -m pms sample`. Refused in one sentence: Unready."""
    with _spoken():
        wish = Wish(file, shift_to_today=True, invent_names=True) if file else None
        with _bar() as moved:
            made = sample_house.fill(wish, on, seed, moved)
        _print_done(made.progress)
        typer.echo(f"Sign in at {settings().public_url} as {made.email} with the password {made.password}")


@contextmanager
def _spoken() -> Iterator[None]:
    """A refusal is one sentence on the terminal, not a traceback."""
    try:
        yield
    except Refusal as refusal:
        raise Unready(str(refusal)) from refusal


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    """A progress bar that learns its length from the first report; none where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    with typer.progressbar(length=1, label="Importing", show_pos=True, file=sys.stderr) as bar:

        def moved(progress: Progress) -> None:
            bar.length = max(progress.rows_total, 1)
            bar.update(progress.rows_done - bar.pos)

        yield moved


def _print_report(report: Report) -> None:
    if report.weeks:
        typer.echo(f"Dates would move by {report.weeks} weeks.")
    typer.echo(
        f"{report.rows_total} rows, arrivals and departures from {report.first} to {report.last}:"
        f" {report.rows_new} new, {report.rows_known} known already, {report.rows_rejected} rejected."
    )
    typer.echo(f"{report.stays} stays ({_counted(report.statuses)}), {report.room_nights} room nights sold,")
    typer.echo(f"worth {to_decimal(report.revenue_minor, report.currency)} {report.currency}.")
    for text, minor in report.unclear:
        read_as = f"{to_decimal(minor, report.currency)} {report.currency}"
        typer.echo(
            f"Prices such as {text} can be read in two ways, and nothing in their column tells which: here that is {read_as}."
        )
    for need in report.new_types:
        typer.echo(f"  would add {need.name}: {need.peak} units, up to {need.adults} adults and {need.children} children")
    _print_reasons(report.reasons)


def _print_done(done: Progress) -> None:
    typer.echo(
        f"{done.file_name}: {done.state}. {done.rows_imported} rows imported, {done.rows_known} known already,"
        f" {done.rows_rejected} rejected, of {done.rows_total}."
    )
    if done.rows_unassigned or done.nights_oversold:
        typer.echo(f"{done.rows_unassigned} stays wait for a unit; {done.nights_oversold} room nights are oversold.")


def _print_reasons(reasons: dict[str, int]) -> None:
    for reason, count in reasons.items():
        typer.echo(f"  {count} rejected: {sentence(reason, 'en')}")


def _counted(statuses: dict[str, int]) -> str:
    return ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in statuses.items()) or "none"


def _write_rejected(plan: Plan, path: Path | None) -> None:
    if path is None:
        return
    rows: Sequence[tuple[int, str, dict[str, str]]] = [
        (bad.row, sentence(bad.reason, "en"), bad.content) for bad in plan.rejected
    ]
    try:
        path.write_text(csv_of(rows), encoding="utf-8")
    except OSError as problem:
        raise Unready(f"Name another file for --report: {path} cannot be written ({problem.strerror}).") from problem
    typer.echo(f"{len(rows)} rejected rows are in {path}.")
