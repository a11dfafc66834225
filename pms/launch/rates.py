"""What `rates-export`, `rates-import` and `exchange-rate` print."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import typer

from pms.imports.commands import find_house
from pms.kernel.dates import now
from pms.kernel.db import work
from pms.properties.exchange import write_down
from pms.rates.sheets import BYTES_MAX
from pms.reservations.rate_sheets import FORMATS, Trial, apply_sheet, export, try_sheet, words
from pms.settings import Unready


def rates_export(wanted: str, path: Path, first: date, last: date) -> None:
    """`python -m pms rates-export`: the nights from `first` to `last`, both included. Refused in one sentence: Unready."""
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise Unready(f"Name a file that ends on {' or '.join('.' + one for one in FORMATS)}.")
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        content = export(db, property_id, first, last + timedelta(days=1), form)
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise Unready(f"Name another file: {path} cannot be written ({problem.strerror}).") from problem
    typer.echo(f"The rates from {first} to {last} are in {path}.")


def rates_import(path: Path, wanted: str | None, dry_run: bool, skip_refused: bool) -> None:
    """`python -m pms rates-import`. Refused in one sentence: Unready."""
    content = _content(path)
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        trial = try_sheet(db, property_id, content)
        _print(trial, every=dry_run)
        if dry_run:
            return
        if trial.refused and not skip_refused:
            raise Unready("Nothing was changed. Mend the refused rows, or say --skip-refused.")
        _, made = apply_sheet(db, property_id, content, trial.fingerprint)
    typer.echo(f"{made.cells} cells changed." + (f" The change is {made.change_id}." if made.change_id else ""))


def exchange_rate(wanted: str | None, currency: str, display: str, rate: str, day: date | None, source: str) -> None:
    """`python -m pms exchange-rate`, for the organization of that property. Refused in one sentence: Unready."""
    actor, _ = find_house(wanted)
    try:
        amount = Decimal(rate)
    except ArithmeticError:
        raise Unready(f"{rate!r} is no number: write it as 1.0845.") from None
    with work(actor) as db:
        kept = write_down(db, currency, display, amount, day or now().date(), source)
    typer.echo(f"1 {kept.currency} is {kept.rate} {kept.display}, says {kept.source} of {kept.day}.")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise Unready(f"The file is too large: up to {BYTES_MAX // 2**20} MB.")
        return path.read_bytes()
    except OSError as problem:
        raise Unready(f"{path} cannot be read ({problem.strerror}).") from problem


def _print(trial: Trial, every: bool) -> None:
    for row in trial.rows:
        if row.problem or (every and row.changes):
            cell = " ".join(filter(None, (row.room_type, row.plan, str(row.night or ""))))
            typer.echo(f"  row {row.number}, {cell}: {'REFUSED, ' if row.problem else ''}{words(row, trial.currency, 'en')}")
    typer.echo(f"{len(trial.rows)} rows: {trial.changing} change a cell, {len(trial.refused)} are refused.")
