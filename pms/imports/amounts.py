"""What the prices of a file say: their decimal sign is found out once for a whole column, never cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pms.imports.presets import Mapping
from pms.imports.read import Table
from pms.kernel.formats import decimal_shown, read_number_with
from pms.kernel.money import exponent, to_minor
from pms.kernel.refusals import BadInput

PRICES = ("price_night", "price_total")


@dataclass(frozen=True)
class Sign:
    """The decimal sign of a column, empty when nothing tells; `unclear` is then a price that could mean something else."""

    decimal: str = ""
    unclear: str = ""


def signs(table: Table, mapping: Mapping) -> dict[str, Sign]:
    """The sign of each column of prices, by our name of it."""
    place = {key: table.header.index(mapping.columns[key]) for key in PRICES if key in mapping.columns}
    cells = {key: dict.fromkeys(row[at] for _, row in table.rows() if at < len(row)) for key, at in place.items()}
    return {key: sign(values) for key, values in cells.items()}


def sign(values: Iterable[str]) -> Sign:
    """The decimal sign of a column: what any value shows holds for all, unless some show one and some the other."""
    shown = {value: decimal_shown(value) for value in values if _is_number(value)}
    certain = {one for one in shown.values() if one}
    if len(certain) == 1:
        return Sign(certain.pop())
    return Sign("", next((value.strip() for value, one in shown.items() if one is None), ""))


def _is_number(text: str) -> bool:
    try:
        read_number_with(text, ".")
    except BadInput:
        return False
    return True


@lru_cache(maxsize=5_000)
def minor(amount: str, decimal: str, currency: str) -> int:
    """A price in minor units. Refuses `BadInput`.

    Without a `decimal` sign "1.234" groups thousands: prices have three decimals in the few currencies only that do.
    """
    mark, other = (".", ",") if "." in amount else (",", ".")
    return to_minor(read_number_with(amount, decimal or (mark if exponent(currency) == 3 else other)), currency)
