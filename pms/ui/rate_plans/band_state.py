"""The form of the age bands of a property, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.kernel.refusals import BadInput, MovedMeanwhile
from pms.kernel.words import translate
from pms.rates.parties import BANDS_MOST, Band, set_age_bands
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import read_whole, show_again
from pms.ui.shell import Session, handler, house_of, notice
from pms.ui.shell.box import RowBox, told
from pms.ui.shell.live import Stories

PREFIX = "band_"
FIELDS = {"bands": "bands", "name": "bands"}


@dataclass(frozen=True)
class BandLine:
    """An age band in the form; `n` names its fields, `id` is empty for a new one."""

    n: str
    id: str = ""
    name: str = ""
    first: str = ""
    last: str = ""


class BandBox(RowBox, rx.State):
    """The bands as they are being written; `_seen` as they stood when the form opened."""

    lines: list[BandLine] = []
    _seen: list[tuple[str, str, int, int]] = []
    _next: int = 0

    @handler
    async def manage(self) -> None:
        """Open the form."""
        await self._open()

    @handler
    async def refresh(self) -> None:
        """The same, after somebody else changed them."""
        await self._open()

    async def _open(self) -> None:
        bands = (await read_whole(self)).rates.bands
        self._seen = [_key(band) for band in bands]
        self.lines = [
            BandLine(str(n), str(band.id), band.name, str(band.from_age), str(band.to_age)) for n, band in enumerate(bands)
        ] or [BandLine("0")]
        self._next = len(self.lines)
        self._begin()

    @handler
    async def add(self) -> None:
        """One more band."""
        if len(self.lines) < BANDS_MOST:
            self.lines = [*self.lines, BandLine(str(self._next))]
            self._next += 1

    @handler
    async def drop(self, n: str) -> None:
        """Without that band."""
        self.lines = [one for one in self.lines if one.n != n]

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """Replace the bands."""
        session, whole = await self.get_state(Session), await read_whole(self)
        try:
            bands = self._read(Sent(form, PREFIX, whole.rates.currency, whole.locale))
        except BadInput as refusal:
            self.errors = {"bands": refusal.say(whole.locale)}
            return None
        seen = [Band(name, first, last, UUID(id)) for id, name, first, last in self._seen]
        if not await self._try(set_age_bands, house_of(session), seen, bands, fields=FIELDS):
            return None
        self._end()
        await show_again(self)
        return notice(translate("The age bands are saved.", whole.locale))

    def _read(self, sent: Sent) -> list[Band]:
        found = []
        for line in self.lines:
            name = sent.text(f"{line.n}.name")
            first, last = sent.whole(f"{line.n}.first", "bands"), sent.whole(f"{line.n}.last", "bands")
            if not name and first is None and last is None:
                continue
            if first is None or last is None:
                raise BadInput("bands", "An age band has a first and a last year.")
            found.append(Band(name, first, last, UUID(line.id) if line.id else None))
        return found

    def _heard_bands(self, bands: Sequence[Band], news: Stories, locale: str) -> None:
        """Say at once that somebody else changed the bands that are being looked at."""
        if not self.open or self.stale or [_key(band) for band in bands] == [tuple(one) for one in self._seen]:
            return
        last = next((one for one in reversed(news or ()) if one.event == "age_band.changed"), None)
        self.errors = {"form": told(MovedMeanwhile(by=last.actor_name if last else "", event=""), locale)}
        self.stale = True


def _key(band: Band) -> tuple[str, str, int, int]:
    return str(band.id), band.name, band.from_age, band.to_age
