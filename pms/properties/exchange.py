"""Exchange rates as the house writes them down: prices are shown in a second currency by them, and never charged in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pms.kernel.dates import now
from pms.kernel.db import Db, raw
from pms.kernel.money import exponent, known_currency, to_decimal
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, Refusal
from pms.properties.property import clean_title

RATE_LEAST, RATE_MOST = Decimal("0.00000001"), Decimal(1_000_000_000)


class NoExchangeRate(Refusal):
    """Nobody has written a rate down for these two currencies."""

    sentence = "There is no exchange rate from {currency} to {display}."
    field = "display_currency"


class RateMovedMeanwhile(Refusal):
    """Another rate stands for that day than the caller saw; nothing was written."""

    sentence = "{by} wrote down {now} for this day a moment ago. Save once more to put yours in its place."
    status = 409
    field = "rate"


@dataclass(frozen=True)
class Exchange:
    """One unit of `currency` is worth `rate` of `display`, says `source` of that day; `by` wrote it down."""

    currency: str
    display: str
    rate: Decimal
    day: date
    source: str
    by: str = ""

    def shown(self, minor: int) -> int:
        """An amount of `currency` in `display`, minor units both, rounded half away from zero."""
        worth = (to_decimal(minor, self.currency) * self.rate).scaleb(exponent(self.display))
        return int(worth.quantize(Decimal(1), ROUND_HALF_UP))


def write_down(
    db: Db, currency: str, display: str, rate: Decimal, day: date, source: str, seen: Decimal | None = None
) -> Exchange:
    """Keep the rate of a day, instead of the one kept for it before; `seen` is that one as the caller saw it, 0 for none, where
    that matters.

    Refuses `NotPermitted`, `BadInput` for an unknown currency, a rate that is none and a day to come, `RateMovedMeanwhile`.
    """
    db.actor.require("rate.manage")
    codes, title = (currency.strip().upper(), display.strip().upper()), clean_title(source, "source")
    wanted = Exchange(*codes, rate, day, title, db.actor.name)
    for field, code in (("currency", wanted.currency), ("display_currency", wanted.display)):
        if not known_currency(code):
            raise BadInput(field, "This is not a currency code, such as EUR.")
    if wanted.currency == wanted.display:
        raise BadInput("display_currency", "Choose another currency than the property's.")
    if not rate.is_finite() or not RATE_LEAST <= rate <= RATE_MOST:
        raise BadInput("rate", "This is no exchange rate.")
    if day > now().date() + timedelta(days=1):  # it may be tomorrow already where the house is
        raise BadInput("date", "The day of the rate lies in the future.")
    values = {"organization": db.organization_id, "seen": seen, **vars(wanted)}
    if not raw(db).execute(_KEEP, values).fetchone():
        raise RateMovedMeanwhile(**raw(db).execute(_OF_THE_DAY, values).fetchone()[0])  # type: ignore[index]
    after = {"currency": wanted.currency, "display": wanted.display, "day": day.isoformat(), "rate": str(rate)}
    record(db, "exchange_rate.written", "exchange_rate", None, after=after | {"source": wanted.source})
    return wanted


# Compared where it is written, so that of two who saw the same one waits for the other and is told.
_KEEP = """
insert into exchange_rate as kept (organization_id, currency, display, day, rate, source, written_by)
values (%(organization)s, %(currency)s, %(display)s, %(day)s, %(rate)s, %(source)s, %(by)s)
on conflict (organization_id, currency, display, day)
do update set rate = excluded.rate, source = excluded.source, written_by = excluded.written_by, written_at = now()
where %(seen)s::numeric is null or kept.rate = %(seen)s::numeric
returning day
"""
_OF_THE_DAY = """
select json_build_object('by', written_by, 'now', trim_scale(rate)::text) from exchange_rate
where currency = %(currency)s and display = %(display)s and day = %(day)s
"""
_LATEST = """
select distinct on (currency, display) currency, display, rate, day, source, written_by from exchange_rate
where (%(currency)s::text is null or currency = %(currency)s) and (%(display)s::text is null or display = %(display)s)
order by currency, display, day desc
"""


def latest(db: Db, currency: str | None = None, display: str | None = None) -> list[Exchange]:
    """The newest rate of each two currencies, of all or of those named. Refuses `NotPermitted`."""
    db.actor.require("property.view")
    return [Exchange(*row) for row in raw(db).execute(_LATEST, {"currency": currency, "display": display})]


def exchange(db: Db, currency: str, display: str) -> Exchange:
    """The newest rate from one currency to another. Refuses `NoExchangeRate`, `NotPermitted`."""
    found = latest(db, currency, display.upper())
    if not found:
        raise NoExchangeRate(currency=currency, display=display.upper())
    return found[0]
