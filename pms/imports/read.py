"""From bytes to a table: a CSV, or a zip with one CSV inside, whatever its encoding and delimiter.

Pure: no database. Everything that cannot be a table of bookings is refused here, before a row is looked at.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from pms.kernel.refusals import Refusal
from pms.kernel.words import N_

MAX_BYTES = 64 * 2**20
"""Of the CSV itself, so that a small zip cannot unpack into a full disk."""
MAX_ROWS = 250_000
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8-sig", "cp1257")
"""What Windows programs write around the Baltic when it is not UTF-8; German and English letters sit in the same places."""


class NotACsv(Refusal):
    sentence = "This is not a CSV file: {what}"
    field = "file"


class TooLarge(Refusal):
    sentence = "The file is too large: up to {most} can be imported at once. Split it by year."
    status = 413
    field = "file"


class MissingColumns(Refusal):
    """The mapping names columns (`columns`) that the file has not."""

    sentence = "The file has no column {names}."
    field = "mapping"


@dataclass(frozen=True)
class Table:
    """A CSV opened: its header, and its text to be gone through row by row."""

    header: tuple[str, ...]
    delimiter: str
    encoding: str
    text: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number as a spreadsheet shows it, cells) of every row that is not blank. Refuses `NotACsv`, `TooLarge`."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                if number == 1 or not any(cells):
                    continue
                if number > MAX_ROWS + 1:
                    raise TooLarge(most=f"{MAX_ROWS} rows")
                yield number, cells
        except csv.Error as problem:
            raise NotACsv(what=str(problem)) from None


def fingerprint(content: bytes) -> str:
    """What tells one file from another, whatever its name."""
    return sha256(content).hexdigest()


def read(content: bytes) -> Table:
    """Open the bytes of a CSV or of a zip of one CSV. Refuses `NotACsv`, `TooLarge`."""
    text, encoding = _decode(_unzip(content) if content[:4] == b"PK\x03\x04" else content)
    delimiter = _delimiter(text)
    header = _header(text, delimiter)
    return Table(header, delimiter, encoding, text)


def _unzip(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith((".csv", ".txt", ".tsv")) and "__MACOSX" not in n]
            if len(names) != 1:
                raise NotACsv(what=N_("the zip must hold exactly one CSV file."))
            with archive.open(names[0]) as file:
                inside = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise NotACsv(what=N_("the zip is damaged or has a password.")) from None
    return inside


def _decode(content: bytes) -> tuple[str, str]:
    if len(content) > MAX_BYTES:
        raise TooLarge(most=f"{MAX_BYTES // 2**20} MB")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text, encoding
    raise NotACsv(what=N_("it does not look like text."))


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns, the same number in each."""
    start = text[:20_000]
    lines = start.splitlines()[: 20 if len(text) == len(start) else -1]

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(cells) for cells in _cells(lines, delimiter) if cells]
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    best = max(DELIMITERS, key=score)
    if score(best)[1] < 2:
        raise NotACsv(what=N_("its first line does not name two columns or more."))
    return best


def _cells(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    header = tuple(name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        raise NotACsv(what=N_("two columns have the same name."))
    return header
