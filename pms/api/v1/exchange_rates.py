"""/v1/exchange-rates"""

from __future__ import annotations

from decimal import Decimal

from fastapi import APIRouter, Response

from pms.api.v1 import rate_shaped
from pms.api.v1.answers import Answer, Idempotent, answer, read, write
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key
from pms.api.v1.rate_asked import ExchangeAsked
from pms.api.v1.rate_shapes import ExchangeRate, ExchangeRates
from pms.api.v1.versions import IfNoneMatch
from pms.kernel.db import Db
from pms.properties.exchange import latest, write_down

router = APIRouter(prefix="/v1", tags=["Rates"])


@router.get(
    "/exchange-rates",
    response_model=ExchangeRates,
    responses=refused(),
    summary="Exchange rates by which prices are shown",
)
def read_exchange_rates(caller: Key, if_none_match: IfNoneMatch = None) -> Response:
    """The newest of each two currencies. Scope `property.view`."""
    with caller.work("property.view") as db:
        found = [rate_shaped.exchange_rate(one) for one in latest(db)]
    return read(answer({"items": found}), if_none_match)


@router.put(
    "/exchange-rates",
    response_model=ExchangeRate,
    responses=refused("bad-input", "rate-moved-meanwhile", "busy", "key-used-otherwise"),
    summary="Write an exchange rate down",
)
def write_exchange_rate(caller: Key, asked: ExchangeAsked, once: Idempotent) -> Response:
    """Prices are shown by the newest rate, and never charged. Scope `rate.manage`."""

    def do(db: Db) -> Answer:
        seen = None if asked.seen_rate is None else Decimal(asked.seen_rate)
        kept = write_down(db, asked.currency, asked.display_currency, Decimal(asked.rate), asked.date, asked.source, seen)
        return answer(rate_shaped.exchange_rate(kept))

    return write(caller, once, do, "rate.manage")
