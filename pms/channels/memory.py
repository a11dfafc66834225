"""What a speaker remembers of what it told last, so that it need not ask the database about a year of cells when nothing moved.

Only a short cut: a mark in the connection's row says which telling the memory is of. As soon as anything is told, by whomever,
the row has no mark until all of it is; a comparison or a new mapping take it away too. Whoever forgot asks about everything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from uuid import UUID
from zlib import crc32

import numpy as np

from pms.channels.present import Columns

CONNECTIONS_MOST = 500
"""Under a megabyte each for a house of 200 products."""
_PRIME = np.uint64(1_099_511_628_211)

Prints = Mapping[UUID, np.ndarray]
"""Product -> one number a night that is another as soon as any of its values is."""


@dataclass(frozen=True)
class _Remembered:
    mark: UUID
    first: date
    prints: Prints


class Memory:
    """Of many connections; the ones spoken to longest ago are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[UUID, str], _Remembered] = OrderedDict()
        self._lock = Lock()

    def moved(self, connection_id: UUID, part: str, mark: UUID | None, first: date, prints: Prints) -> dict[UUID, np.ndarray]:
        """Product -> which of the nights from `first` on are not as they were told under that mark: all, if nothing is known."""
        with self._lock:
            known = self._known.get((connection_id, part))
        if known is None or known.mark != mark:
            return {product: np.arange(len(now)) for product, now in prints.items()}
        shift = (first - known.first).days
        return {product: _differing(known.prints.get(product), now, shift) for product, now in prints.items()}

    def keep(self, connection_id: UUID, part: str, mark: UUID, first: date, prints: Prints) -> None:
        """These were told, every one of them, under that mark."""
        with self._lock:
            self._known[connection_id, part] = _Remembered(mark, first, prints)
            self._known.move_to_end((connection_id, part))
            while len(self._known) > 2 * CONNECTIONS_MOST:
                self._known.popitem(last=False)


def prints_of(columns: Mapping[UUID, Columns]) -> dict[UUID, np.ndarray]:
    """One number a night for each product (Fowler, Noll and Vo's way of mixing, over the values instead of bytes)."""
    return {product: _print(fields) for product, fields in columns.items()}


def _print(fields: Columns) -> np.ndarray:
    mixed = np.zeros(len(next(iter(fields.values()))) if fields else 0, dtype=np.uint64)
    for name in sorted(fields):
        for number in (np.uint64(crc32(name.encode())), fields[name].astype(np.uint64)):
            mixed = (mixed ^ number) * _PRIME
            mixed ^= mixed >> np.uint64(29)  # so that what stands high counts below too
    return mixed


def _differing(then: np.ndarray | None, now: np.ndarray, shift: int) -> np.ndarray:
    """The places of `now` that differ from `then`, which begins `shift` nights earlier."""
    if then is None or not 0 <= shift < len(then):
        return np.arange(len(now))
    common = min(len(then) - shift, len(now))
    same = np.zeros(len(now), dtype=bool)
    same[:common] = then[shift : shift + common] == now[:common]
    return np.flatnonzero(~same)
