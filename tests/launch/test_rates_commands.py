"""Rates by the command line, as scripts call it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pms.cli import cli
from pms.kernel.actor import Actor
from pms.settings import Unready
from tests.builders import a_property, a_room_type


def said(*words: str) -> str:
    result = CliRunner().invoke(cli, [*words])
    if isinstance(result.exception, Unready):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_out_to_a_file_and_in_again(olga: Actor, tmp_path: Path, form: str) -> None:
    house, file = a_property(olga), tmp_path / f"rates.{form}"
    a_room_type(olga, house)
    said("rates-export", str(house), str(file), "--from", "2027-06-01", "--to", "2027-06-03")
    assert "6 rows: 0 change a cell, 0 are refused." in said("rates-import", str(file), "--property", str(house))


def test_a_dry_run_tells_all_and_changes_nothing_and_refused_rows_stop_it(olga: Actor, tmp_path: Path) -> None:
    house, file = a_property(olga), tmp_path / "rates.csv"
    a_room_type(olga, house)
    file.write_text("room_type,plan,date,price\nDouble,FLEX,2027-06-01,130\nSuite,FLEX,2027-06-01,1\n")
    command = ("rates-import", str(file), "--property", str(house))
    for _ in range(2):
        told = said(*command, "--dry-run")
        assert "row 2, Double FLEX 2027-06-01: price — → €130.00" in told
        assert "row 3, Suite FLEX 2027-06-01: REFUSED, There is no room type of this name." in told
    with pytest.raises(Unready, match="--skip-refused"):
        said(*command)
    assert "1 cells changed." in said(*command, "--skip-refused")


@pytest.mark.parametrize("name", ["rates.pdf", "missing/rates.csv"])
def test_where_nothing_can_be_written_is_said_in_a_sentence(olga: Actor, tmp_path: Path, name: str) -> None:
    house = a_property(olga)
    a_room_type(olga, house)
    with pytest.raises(Unready):
        said("rates-export", str(house), str(tmp_path / name), "--from", "2027-06-01", "--to", "2027-06-03")


def test_an_exchange_rate_is_written_down(olga: Actor) -> None:
    house = str(a_property(olga))
    told = said("exchange-rate", "eur", "usd", "1.0845", "--source", "Bank", "--day", "2026-01-02", "--property", house)
    assert told == "1 EUR is 1.0845 USD, says Bank of 2026-01-02.\n"
    with pytest.raises(Unready, match="is no number"):
        said("exchange-rate", "EUR", "USD", "much", "--source", "Bank", "--property", house)
    with pytest.raises(Unready, match="currency code"):
        said("exchange-rate", "EUR", "dollars", "1", "--source", "Bank", "--property", house)
