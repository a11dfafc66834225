"""What the import screen prints: numbers, dates and money already in the reader's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pms.imports.presets import CUSTOM, FIELDS, PRESETS
from pms.imports.queries import Preview, Refused, Report, sentence
from pms.imports.run import Progress
from pms.kernel import formats
from pms.kernel.words import N_, translate

STATES = {
    "waiting": N_("Not started"),
    "running": N_("Under way"),
    "done": N_("Done"),
    "failed": N_("Stopped"),
    "cancelled": N_("Cancelled"),
}
STATE_KINDS = {"waiting": "tentative", "running": "confirmed", "done": "ok", "failed": "bad", "cancelled": ""}
STATUSES = {
    "tentative": N_("Tentative"),
    "confirmed": N_("Confirmed"),
    "checked_in": N_("Checked in"),
    "checked_out": N_("Checked out"),
    "cancelled": N_("Cancelled"),
    "no_show": N_("No-show"),
}
MADE_UP = N_("Made-up bookings")
OWN_COLUMNS = N_("Another file: choose the columns")
_FIRST = ("arrival", "departure", "nights", "room_type", "full_name", "first_name", "last_name", "price_night", "price_total")
_RARE = ("arrival_year", "arrival_month", "arrival_day", "weekend_nights", "week_nights", "lead_days", "status_date", "babies")
SHOWN_FIELDS = (*_FIRST, *(name for name in FIELDS if name not in _FIRST + _RARE))
"""Fields offered for a file of one's own, the needed ones first; some are a research data set's habit."""


@dataclass(frozen=True)
class Line:
    """One import: in the history, and while it is followed. `percent` is 0 to 100."""

    id: str = ""
    file_name: str = ""
    state: str = ""
    kind: str = ""
    state_words: str = ""
    when: str = ""
    by: str = ""
    percent: int = 0
    done: str = ""
    total: str = ""
    imported: str = ""
    known: str = ""
    rejected: str = ""
    unassigned: str = ""
    oversold: str = ""
    has_rejected: bool = False
    has_unassigned: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Choice:
    """A field and the file's column that feeds it, "" for none."""

    field: str
    words: str
    column: str


@dataclass(frozen=True)
class Tried:
    """What a dry run found."""

    rows: str = ""
    fresh: str = ""
    known: str = ""
    rejected: str = ""
    stays: str = ""
    nights: str = ""
    revenue: str = ""
    first: str = ""
    last: str = ""
    weeks: int = 0
    nothing_new: bool = False
    unclear: str = ""


@dataclass(frozen=True)
class Count:
    """Something and how many of it there are."""

    words: str
    count: str


@dataclass(frozen=True)
class NewType:
    """A room type the import would add."""

    name: str
    units: int
    sleeps: str


@dataclass(frozen=True)
class Bad:
    """One rejected row."""

    row: str
    reason: str
    content: str


def line(progress: Progress, locale: str, timezone: str) -> Line:
    """An import as the reader sees it."""

    def said(number: int) -> str:
        return formats.number(number, locale)

    return Line(
        id=str(progress.import_id),
        file_name=progress.file_name if progress.preset != "sample" else translate(MADE_UP, locale),
        state=progress.state,
        kind=STATE_KINDS[progress.state],
        state_words=translate(STATES[progress.state], locale),
        when=formats.moment(progress.created_at, locale, timezone),
        by=progress.started_by,
        percent=100 * progress.rows_done // progress.rows_total if progress.rows_total else 0,
        done=said(progress.rows_done),
        total=said(progress.rows_total),
        imported=said(progress.rows_imported),
        known=said(progress.rows_known),
        rejected=said(progress.rows_rejected),
        unassigned=said(progress.rows_unassigned),
        oversold=said(progress.nights_oversold),
        has_rejected=progress.rows_rejected > 0,
        has_unassigned=progress.rows_unassigned > 0 or progress.nights_oversold > 0,
        problem=translate(progress.problem, locale) if progress.problem else "",
    )


def choices(columns: Mapping[str, str], locale: str) -> list[Choice]:
    """Every field that can be fed, with the column chosen so far."""
    return [Choice(name, translate(FIELDS[name], locale), columns.get(name, "")) for name in SHOWN_FIELDS]


def formats_offered(locale: str) -> list[list[str]]:
    """The formats to choose from, as (code, words)."""
    known = [[preset.name, translate(preset.title, locale)] for preset in PRESETS.values()]
    return [*known, [CUSTOM, translate(OWN_COLUMNS, locale)]]


def tried(report: Report, locale: str) -> Tried:
    """A dry run as the reader sees it."""

    def said(number: int) -> str:
        return formats.number(number, locale)

    return Tried(
        rows=said(report.rows_total),
        fresh=said(report.rows_new),
        known=said(report.rows_known),
        rejected=said(report.rows_rejected),
        stays=said(report.stays),
        nights=said(report.room_nights),
        revenue=formats.money(report.revenue_minor, report.currency, locale),
        first=formats.day(report.first, locale) if report.first else "",
        last=formats.day(report.last, locale) if report.last else "",
        weeks=report.weeks,
        nothing_new=report.rows_new == 0,
        unclear=" ".join(_unclear(text, formats.money(minor, report.currency, locale), locale) for text, minor in report.unclear),
    )


def _unclear(text: str, amount: str, locale: str) -> str:
    said = N_("Prices such as {text} can be read in two ways, and nothing in their column tells which: here that is {amount}.")
    return translate(said, locale, text=text, amount=amount)


def statuses(report: Report, locale: str) -> list[Count]:
    """Stays by status."""
    return [Count(translate(STATUSES[code], locale), formats.number(count, locale)) for code, count in report.statuses.items()]


def reasons(found: Mapping[str, int], locale: str) -> list[Count]:
    """Rejected rows by reason."""
    return [Count(sentence(reason, locale), formats.number(count, locale)) for reason, count in found.items()]


def new_types(report: Report) -> list[NewType]:
    """Room types the import would add."""
    return [
        NewType(need.name, need.peak, f"{need.adults} + {need.children}" if need.children else str(need.adults))
        for need in report.new_types
    ]


def bad(row: Refused, header: Sequence[str]) -> Bad:
    """A rejected row with what it said, in the order of the file's columns, cut to a line."""
    said = ", ".join(str(row.content[name]) for name in header if row.content.get(name))
    return Bad(str(row.row), row.sentence, said[:300])


def preview_rows(found: Preview) -> list[list[str]]:
    """The file's first rows, as wide as its header."""
    width = len(found.header)
    return [[*row[:width], *[""] * (width - len(row))] for row in found.rows]


def columns_of(options: Mapping[str, Any]) -> dict[str, str]:
    """The columns chosen for a file of one's own."""
    return {str(key): str(value) for key, value in dict(options.get("mapping", {}).get("columns", {})).items()}
