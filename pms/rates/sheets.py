"""Prices and restrictions as a spreadsheet: one row per cell, written and read as CSV or XLSX. Pure.

The columns are `room_type`, `plan` (its code), `date`, then the fields of a cell; `price_now` is written for people and not
read. In a column `channel`, which only files of houses that need it have, a row may name the channel whose own values it has. A
row without a plan is the room type's own, and `overbooking` is its only field. An empty cell leaves a field as it is, `-` clears
it. Amounts are written with a decimal point and read with either mark.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from pms.kernel.money import exponent, to_decimal, to_minor
from pms.kernel.refusals import BadInput, Refusal
from pms.kernel.words import N_
from pms.rates.cells import FIELDS
from pms.rates.channels import code_of
from pms.rates.models import FLAGS

ROWS_MAX = 50_000
BYTES_MAX = 16 * 2**20
UNPACKED_MAX = 48 * 2**20
"""Of an XLSX with everything in it unpacked, so that a small file cannot fill the memory."""
COLUMNS_MAX = 60
TEXT_MOST = 200
"""Letters of a cell that are read, more than any name has: a workbook can say one long text once and mean it in every row."""
NAMED = ("room_type", "plan", "date")
CHANNEL = "channel"
BEYOND = "overbooking"
COLUMNS = (*FIELDS, BEYOND)
NOW = "price_now"
CLEAR = "-"
_YES = frozenset({"1", "yes", "true", "x", "y", "taip", "ja"})
_NO = frozenset({"0", "no", "false", "n", "ne", "nein"})
_EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet that counts days."""
YEARS = range(2000, 2200)
_SERIALS = range(36_526, 109_575)
"""The same years."""


class NotASheet(Refusal):
    sentence = "This is neither a CSV nor an XLSX file: {what}"
    field = "file"


class SheetTooLarge(Refusal):
    sentence = "The file is too large: up to {most} at once. Split it by month."
    status = 413
    field = "file"


class NoSuchColumns(Refusal):
    """Columns that every file of rates has are missing (`columns`)."""

    sentence = "The first row does not name the column {names}."
    field = "file"


@dataclass(frozen=True)
class Line:
    """One row of a file: its number as a spreadsheet shows it, which cell it means, what that shall be; or why it says nothing.

    `problem` is an English sentence for `translate`, empty for a good row.
    """

    number: int
    room_type: str = ""
    plan: str = ""
    night: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Written:
    """A cell to be written, for a `channel` or for all: `price_now` is what the night costs, `values` what people filled in; or a
    night of a room type, which has neither plan nor price.
    """

    room_type: str
    plan: str
    night: date
    price_now: int | None
    values: Mapping[str, Any]
    channel: str = ""

    def shown(self, currency: str) -> list[Any]:
        """What stands behind its name."""
        now = None if self.price_now is None else to_decimal(self.price_now, currency)
        return [*(_shown(name, self.values.get(name), currency) for name in COLUMNS), now]


def to_csv(cells: Iterable[Written], currency: str, channels: bool = False) -> str:
    """The cells as CSV, with a column for their channel or without; texts that a spreadsheet would run as a formula are made
    harmless.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_header(channels))
    for cell in cells:
        of = [harmless(cell.channel)] if channels else []
        writer.writerow([harmless(cell.room_type), harmless(cell.plan), cell.night.isoformat(), *of, *cell.shown(currency)])
    return text.getvalue()


def to_xlsx(cells: Iterable[Written], currency: str, channels: bool = False) -> bytes:
    """The same as a workbook with one sheet; texts are texts, never formulas."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rates")
    sheet.freeze_panes = "D2"
    sheet.append(_header(channels))

    def text(value: str) -> WriteOnlyCell | None:
        if not value:
            return None
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        return cell

    for one in cells:
        of = [text(one.channel)] if channels else []
        sheet.append([text(one.room_type), text(one.plan), one.night, *of, *one.shown(currency)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _header(channels: bool) -> list[str]:
    return [*NAMED, *([CHANNEL] if channels else []), *COLUMNS, NOW]


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _shown(name: str, value: Any, currency: str) -> Any:
    if value is None:
        return None
    if name == "price":
        return to_decimal(value, currency)
    return ("yes" if value else "no") if name in FLAGS else value


def read_sheet(content: bytes, currency: str) -> list[Line]:
    """Every row that is not blank, good or bad. Refuses `NotASheet`, `SheetTooLarge`, `NoSuchColumns`."""
    if len(content) > BYTES_MAX:
        raise SheetTooLarge(most=f"{BYTES_MAX // 2**20} MB")
    rows = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    _, header = next(rows, (0, []))
    places = _places(header)
    lines: list[Line] = []
    for number, cells in rows:
        if len(lines) == ROWS_MAX:
            raise SheetTooLarge(most=f"{ROWS_MAX} rows")
        lines.append(_line(number, {name: cells[at] for name, at in places.items() if at < len(cells)}, currency))
    return lines


def _places(header: Sequence[Any]) -> dict[str, int]:
    names = [re.sub(r"[\s_-]+", "_", str(name or "").strip().casefold()) for name in header]
    missing = [name for name in NAMED if name not in names]
    if not missing and not set(COLUMNS) & set(names):
        missing = ["price"]
    if missing:
        raise NoSuchColumns(names=", ".join(missing), columns=missing)
    return {name: names.index(name) for name in (*NAMED, CHANNEL, *COLUMNS) if name in names}


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _cut(cells: Iterable[Any]) -> list[Any]:
    return [cell[:TEXT_MOST] if isinstance(cell, str) else cell for cell in cells]


def _csv(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    text = _decoded(content)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if not all(map(_blank, cut := _cut(cells))):
                yield number, cut
    except csv.Error as problem:
        raise NotASheet(what=str(problem)) from None


def _decoded(content: bytes) -> str:
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1257"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotASheet(what=N_("it does not look like text."))


def _xlsx(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    _refuse_bomb(content)
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False).worksheets[0]
        limits = {"max_row": ROWS_MAX + 2, "max_col": COLUMNS_MAX, "values_only": True}
        for number, cells in enumerate(sheet.iter_rows(**limits), start=1):
            if not all(map(_blank, cut := _cut(cells))):
                yield number, cut
    except Refusal:
        raise
    except Exception:  # openpyxl raises whatever the damage makes it raise
        raise NotASheet(what=N_("the workbook is damaged or has a password.")) from None


def _refuse_bomb(content: bytes) -> None:
    """A zip is never unpacked beyond what its directory says, so what that says is enough to know."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > UNPACKED_MAX:
                raise SheetTooLarge(most=f"{UNPACKED_MAX // 2**20} MB")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError):
        raise NotASheet(what=N_("the workbook is damaged or has a password.")) from None


def _line(number: int, cells: Mapping[str, Any], currency: str) -> Line:
    said = {name: cell for name, cell in cells.items() if not _blank(cell)}
    room_type, plan, channel = (_plain(said.get(name, "")) for name in ("room_type", "plan", CHANNEL))
    try:
        night = _date(said.get("date"))
        values = {name: value_of(name, said[name], currency) for name in COLUMNS if name in said}
    except BadInput as problem:
        return Line(number, room_type, plan, problem=problem.data["problem"])
    if not room_type or (not plan and BEYOND not in values):
        return Line(number, room_type, plan, night, problem=N_("The room type or the plan is missing."))
    if BEYOND in values and (plan or len(values) > 1):
        return Line(number, room_type, plan, night, problem=N_("Overbooking is the room type's: give it a row without a plan."))
    if BEYOND in values and channel:
        return Line(number, room_type, plan, night, problem=N_("Overbooking is the same on every channel."))
    return Line(number, room_type, plan, night, values, channel=code_of(channel))


def _plain(cell: Any) -> str:
    text = str(cell).strip()
    return text[1:] if text[:1] == "'" and harmless(text[1:]) == text else text


def _date(cell: Any) -> date:
    day = cell.date() if isinstance(cell, datetime) else cell if isinstance(cell, date) else _typed(cell)
    if day.year not in YEARS:
        raise BadInput("date", "Look at the year.")
    return day


def _typed(cell: Any) -> date:
    text = str(cell).strip().removesuffix(" 00:00:00")
    with_dots = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        if with_dots:
            day, month, year = map(int, with_dots.groups())
            return date(year, month, day)
        if re.fullmatch(r"\d{5,6}(\.0)?", text) and int(float(text)) in _SERIALS:
            return _EPOCH + timedelta(days=int(float(text)))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadInput("date", "The date is missing or cannot be read: write it as 2027-06-01.")


def value_of(name: str, cell: Any, currency: str) -> int | bool | None:
    """What a column of that name says: minor units, yes or no, nights or days; None where it clears. Refuses `BadInput`."""
    if str(cell).strip() == CLEAR:
        return 0 if name == BEYOND else None
    if name == "price":
        return _money(cell, currency)
    if name in FLAGS:
        return _flag(cell)
    text = str(cell).strip().removesuffix(".0")
    if isinstance(cell, bool) or not re.fullmatch(r"[0-9]{1,6}", text):
        raise BadInput(name, "A number of nights or days cannot be read.")
    return int(text)


def _flag(cell: Any) -> bool:
    text = str(cell).strip().casefold().removesuffix(".0")
    if text not in _YES | _NO:
        raise BadInput("closed", "Write yes or no where something is closed.")
    return text in _YES


def _money(cell: Any, currency: str) -> int:
    if isinstance(cell, bool | date):
        raise BadInput("price", "The price cannot be read.")
    amount = Decimal(str(cell)) if isinstance(cell, int | float | Decimal) else _amount(str(cell), currency)
    try:
        minor = to_minor(amount, currency, "price")
    except BadInput:
        raise BadInput("price", "The price cannot be read.") from None
    if minor < 0:
        raise BadInput("price", "The price is negative.")
    return minor


def _amount(text: str, currency: str) -> Decimal:
    """A decimal comma or point. "1.234" may be a thousand or a bit more than one: who writes it so is asked, not guessed at."""
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    thousands = re.fullmatch(r"([0-9]{1,3}(?:([.,])[0-9]{3})+)(?:([.,])([0-9]+))?", bare)
    if thousands and thousands[3] and thousands[3] != thousands[2]:
        return Decimal(re.sub("[.,]", "", thousands[1]) + "." + thousands[4])
    plain = re.fullmatch(r"(-?[0-9]+)(?:[.,]([0-9]+))?", bare)
    if plain is None:
        raise BadInput("price", "The price cannot be read.")
    if len(plain[2] or "") == 3 != exponent(currency):
        raise BadInput("price", "This price can be read in two ways: write it without a mark for thousands.")
    return Decimal(f"{plain[1]}.{plain[2] or 0}")
