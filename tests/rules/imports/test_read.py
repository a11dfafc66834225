"""What is a table of bookings, whatever wrote it, and what is refused before a row is looked at."""

import io
import zipfile

import pytest

from pms.imports import read as reading
from pms.imports.read import NotACsv, TooLarge, read

ROWS = 'guest,arrival,note\nŽukauskienė,2026-07-01,"two, please"\n\nMüller,2026-07-02,"line\nbreak"\n'


def zipped(*files: tuple[str, bytes]) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return box.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(encoding: str, delimiter: str) -> None:
    text = ROWS.replace("two, please", "two please").replace(",", delimiter)
    table = read(text.encode(encoding))
    assert (table.header, table.delimiter) == (("guest", "arrival", "note"), delimiter)
    assert [row for _, row in table.rows()] == [
        ["Žukauskienė", "2026-07-01", "two please"],
        ["Müller", "2026-07-02", "line\nbreak"],
    ]


def test_a_zip_of_one_csv_is_that_csv_and_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    table = read(zipped(("export/bookings.csv", ROWS.encode()), ("readme.md", b"hello"), ("__MACOSX/b.csv", b"x")))
    assert [number for number, _ in table.rows()] == [2, 4]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "two columns"),
        (b"just one column\n1\n2\n", "two columns"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", "text"),
        (b"PK\x03\x04 not really", "damaged"),
        (zipped(("a.csv", b"a,b\n"), ("b.csv", b"a,b\n")), "exactly one"),
        (zipped(("a.pdf", b"a,b\n")), "exactly one"),
        (b"name,name\n1,2\n", "the same name"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(NotACsv, match=says):
        read(content)


def test_a_small_zip_cannot_unpack_into_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10_000)
    with pytest.raises(TooLarge):
        read(zipped(("a.csv", b"a,b\n" * 5_000)))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    table = read(b"a,b\n" + b"1,2\n" * 4)
    with pytest.raises(TooLarge, match="3 rows"):
        list(table.rows())
