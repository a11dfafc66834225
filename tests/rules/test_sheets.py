"""Rates as spreadsheets: what is written is read again, what cannot be read says why, nothing explodes."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pms.kernel.refusals import Refusal
from pms.rates import sheets
from pms.rates.sheets import NoSuchColumns, NotASheet, SheetTooLarge, Written, read_sheet, to_csv, to_xlsx

DAY = date(2027, 6, 1)
unhurried = settings(deadline=None, max_examples=50)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example")']
numbers = st.none() | st.integers(1, 366)
flags = st.none() | st.booleans()
values = st.fixed_dictionaries(
    {
        "price": st.none() | st.integers(0, 2 * 10**9),
        "min_stay": numbers,
        "max_stay": numbers,
        "closed": flags,
        "closed_arrival": flags,
        "min_advance": st.none() | st.integers(0, 800),
    }
)
names = st.sampled_from(["Double", "Ąžuolo kambarys", "O'Neill", "a,b;c", *FORMULAS])


def a_csv(*rows: str, header: str = "room_type,plan,date,price,min_stay,closed") -> bytes:
    return "\n".join((header, *rows)).encode()


def a_book(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@unhurried
@given(
    st.lists(st.tuples(names, st.dates(date(2020, 1, 1), date(2100, 1, 1)), values), max_size=5), st.sampled_from(["EUR", "JPY"])
)
def test_what_is_written_is_read_again(cells: list[tuple[str, date, dict[str, Any]]], currency: str) -> None:
    written = [Written(name, "FLEX", night, 9_900, filled) for name, night, filled in cells]
    for content in (to_csv(written, currency).encode(), to_xlsx(written, currency)):
        lines = read_sheet(content, currency)
        assert [line.problem for line in lines] == [""] * len(cells)
        assert [(line.room_type, line.plan, line.night, dict(line.values)) for line in lines] == [
            (name, "FLEX", night, {field: value for field, value in filled.items() if value is not None})
            for name, night, filled in cells
        ]


@pytest.mark.parametrize("name", FORMULAS)
def test_no_text_of_ours_is_a_formula(name: str) -> None:
    written = [Written(name, name, DAY, 1, {})]
    assert all(
        not cell.startswith(("=", "+", "-", "@")) for cell in to_csv(written, "EUR").splitlines()[1].replace('"', "").split(",")
    )
    sheet = load_workbook(io.BytesIO(to_xlsx(written, "EUR"))).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type) == (name, "s")


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("84.50", 8_450), ("84,50", 8_450), ("84", 8_400), ("84,5", 8_450), ("1 234,50", 123_450), ("1.234,50", 123_450),
        ("1,234.50", 123_450), ("1'234.50", 123_450), ("1234.5", 123_450), ("12.345.678,00", 1_234_567_800), ("0", 0),
        ("-", None),
    ],
)  # fmt: skip
def test_amounts_with_either_mark(said: str, minor: int | None) -> None:
    (line,) = read_sheet(a_csv(f'Double,FLEX,2027-06-01,"{said}",,'), "EUR")
    assert dict(line.values) == {"price": minor}


@pytest.mark.parametrize("said", ["1.234", "1,234", "12,34,56", "abc", "1e5", "NaN", "-5", "99999999999999", "Infinity", "5€"])
def test_an_amount_that_is_none_or_two_is_refused(said: str) -> None:
    (line,) = read_sheet(a_csv(f'Double,FLEX,2027-06-01,"{said}",,'), "EUR")
    assert line.problem


@pytest.mark.parametrize("said", ["2027-06-01", "1.6.2027", "01.06.2027", "46539", "2027-06-01 00:00:00"])
def test_dates_as_spreadsheets_write_them(said: str) -> None:
    (line,) = read_sheet(a_csv(f"Double,FLEX,{said},1,,"), "EUR")
    assert line.night == DAY


@pytest.mark.parametrize("said", ["0202-06-01", "1.6.0202", "9999-12-31", "1999-12-31", "2200-01-01"])
def test_a_year_that_is_a_typing_slip_is_refused(said: str) -> None:
    (line,) = read_sheet(a_csv(f"Double,FLEX,{said},1,,"), "EUR")
    assert "year" in line.problem


def test_a_date_of_a_workbook_in_an_odd_year_is_refused() -> None:
    (line,) = read_sheet(a_book(["room_type", "date", "plan", "overbooking"], ["Double", datetime(9999, 12, 31), "", 1]), "EUR")
    assert "year" in line.problem


@pytest.mark.parametrize("said", ["", "06/01/2027", "2027-13-01", "31.2.2027", "soon", "1", "999999999"])
def test_dates_that_could_be_another_are_refused(said: str) -> None:
    (line,) = read_sheet(a_csv(f"Double,FLEX,{said},1,,"), "EUR")
    assert "date" in line.problem


def test_a_workbook_by_hand_is_read_as_people_see_it() -> None:
    content = a_book(
        ["Room Type", "PLAN", "Date", "Comment", "Price", "Closed", "Min stay"],
        ["Double", "FLEX", datetime(2027, 6, 1), "x", 84.5, True, 2],
        [None, None, None, None, None, None, None],
        ["Double", "FLEX", 46540, None, "84,50", "no", "-"],
    )
    lines = read_sheet(content, "EUR")
    assert [(line.number, line.night, dict(line.values)) for line in lines] == [
        (2, DAY, {"price": 8_450, "min_stay": 2, "closed": True}),
        (4, date(2027, 6, 2), {"price": 8_450, "min_stay": None, "closed": False}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1257"])
def test_csv_of_any_spreadsheet(delimiter: str, encoding: str) -> None:
    text = "room_type,plan,date,closed\nŽalias,FLEX,2027-06-01,taip\n".replace(",", delimiter)
    (line,) = read_sheet(text.encode(encoding), "EUR")
    assert (line.room_type, dict(line.values)) == ("Žalias", {"closed": True})


def test_rows_that_say_nothing_usable_are_kept_with_the_reason() -> None:
    lines = read_sheet(a_csv("Double,FLEX,2027-06-01,,two,", "Double,FLEX,2027-06-01,,,maybe", ",FLEX,2027-06-01,1,,"), "EUR")
    assert [(line.number, bool(line.problem)) for line in lines] == [(2, True), (3, True), (4, True)]


def test_a_file_without_the_columns_is_refused_by_name() -> None:
    for header, missing in (
        ("date,price", ["room_type", "plan"]),
        ("room_type,plan,date", ["price"]),
        ("", ["room_type", "plan", "date"]),
    ):
        with pytest.raises(NoSuchColumns) as refused:
            read_sheet(header.encode(), "EUR")
        assert refused.value.data["columns"] == missing


def test_a_file_that_would_unpack_into_the_memory_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.UNPACKED_MAX + 1))
    with pytest.raises(SheetTooLarge):
        read_sheet(out.getvalue(), "EUR")


def test_entities_that_multiply_are_not_unfolded() -> None:
    book = a_book(["room_type", "plan", "date", "price"], ["Double", "FLEX", "2027-06-01", 1])
    lol = '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(12)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            body = source.read(name).decode()
            if name.endswith("sheet1.xml"):
                body = lol + "]>" + body.partition("?>")[2].replace("</sheetData>", "&m;</sheetData>")
            archive.writestr(name, body)
    with pytest.raises(NotASheet):
        read_sheet(out.getvalue(), "EUR")


def _naming_one_text_in_every_row(text: str, rows: int) -> bytes:
    """A workbook whose rows all share one text as the room type: it stands in the file once."""
    content = a_book(["room_type", "plan", "date", "price"], *[["Shared", "FLEX", "2027-06-01", n] for n in range(rows)])
    texts = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + text + "</t></si></sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            body = source.read(name).decode()
            body = re.sub(r't="inlineStr"><is><t>Shared</t></is>', 't="s"><v>0</v>', body)
            body = body.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
            archive.writestr(name, body)
        archive.writestr("xl/sharedStrings.xml", texts)
    return out.getvalue()


def test_a_text_that_no_name_could_be_is_not_kept_for_every_row() -> None:
    """A workbook says a text of megabytes once, in a few kilobytes, and means it in every row: told back, it fills the memory."""
    (line, *others) = read_sheet(_naming_one_text_in_every_row("Double", 3), "EUR")
    assert (line.room_type, len(others)) == ("Double", 2)
    for content in (_naming_one_text_in_every_row("x" * 10**6, 3), a_csv(f"{'x' * 10**5},FLEX,2027-06-01,1,,")):
        for line in read_sheet(content, "EUR"):
            assert len(line.room_type) <= sheets.TEXT_MOST
    for content in (_naming_one_text_in_every_row(" " * 10**6, 3), a_csv(f"Double,{'y' * 10**5},2027-06-01,1,,")):
        assert all(line.problem or len(line.plan) <= sheets.TEXT_MOST for line in read_sheet(content, "EUR"))


def test_more_rows_than_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS_MAX", 3)
    rows = [["Double", "FLEX", "2027-06-01", n] for n in range(4)]
    for content in (
        a_csv(*(",".join(map(str, row)) + ",," for row in rows)),
        a_book(["room_type", "plan", "date", "price"], *rows),
    ):
        with pytest.raises(SheetTooLarge):
            read_sheet(content, "EUR")
    with pytest.raises(SheetTooLarge):
        read_sheet(b" " * (sheets.BYTES_MAX + 1), "EUR")


@unhurried
@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail)
    | st.text(max_size=200).map(str.encode)
)
def test_whatever_bytes_come_they_are_read_or_refused(content: bytes) -> None:
    with suppress(Refusal):
        read_sheet(content, "EUR")


@unhurried
@given(st.lists(st.text(max_size=12), min_size=6, max_size=6))
def test_whatever_a_row_says_it_is_a_line(cells: list[str]) -> None:
    book = a_book(
        ["room_type", "plan", "date", "price", "min_stay", "closed"],
        ["".join(one for one in cell if one.isprintable()) for cell in cells],
    )
    assert len(read_sheet(book, "EUR")) <= 1
