"""/v1/properties/{id}/offers"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from pms.api.v1 import rate_shaped
from pms.api.v1.answers import answer, read
from pms.api.v1.asked import Asked, Day, Word
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.properties import PropertyId
from pms.api.v1.rate_shapes import Offers
from pms.api.v1.versions import IfNoneMatch
from pms.kernel.dates import today
from pms.kernel.words import preferred
from pms.properties.exchange import exchange
from pms.rates.party import Party
from pms.rates.restrict import Wish
from pms.reservations import offers as counter

router = APIRouter(prefix="/v1/properties", tags=["Rates"])
Age = Annotated[int, Field(ge=0, le=17)]


class WishAsked(Asked):
    """What somebody would like."""

    arrival: Day = Field(description="The day of arrival.")
    departure: Day = Field(description="The day of departure.")
    adults: Annotated[int, Field(ge=1, le=99, description="How many adults sleep in the room.")] = 2
    children_ages: Annotated[list[Age], Field(max_length=99, description="The age of each child on arrival; repeat it.")] = []
    codes: Annotated[list[Word], Field(max_length=20, description="Codes the guest has; repeat it.")] = []
    channel: Annotated[Word, Field(description="Through which channel it would be booked.")] = "api"
    refused: bool = Field(False, description="Also list what cannot be sold, and why. For staff, not for guests.")
    display_currency: Word | None = Field(None, description="Also show prices in this one, see `display`.", examples=["USD"])
    why: bool = Field(False, description="Say of each night how its price came about, see `steps`. For staff, not for guests.")
    nearest: bool = Field(False, description="When nothing can be sold, the nearest arrivals for which something can.")

    def wish(self) -> Wish:
        """For the counter."""
        party = Party(self.adults, tuple(self.children_ages))
        codes = frozenset(code.strip().casefold() for code in self.codes)
        return Wish(self.arrival, self.departure, party, self.channel, codes)


@router.get(
    "/{id}/offers",
    response_model=Offers,
    responses=refused("not-found", "bad-input", "no-exchange-rate"),
    summary="What can be sold to whom at what price",
)
def read_offers(
    id: PropertyId,
    caller: Key,
    asked: Annotated[WishAsked, Query()],
    accept_language: Annotated[str, Header(max_length=200, description="The language of sentences: en, de, lt.")] = "",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Every plan and room type that can be sold for one room, the cheapest first: nightly prices, taxes, cancellation, deposit.

    Rules of cancellation come as a sentence and as instants with amounts. Only booking says for sure. Scope `property.view`.
    """
    locale = preferred(accept_language)
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        wish = asked.wish()
        found = counter.offers(db, id, wish, why=asked.why)
        wanted = (asked.display_currency or "").upper()
        shown = exchange(db, found.house.currency, wanted) if wanted not in ("", found.house.currency) else None
        near = counter.nearest(db, id, wish) if asked.nearest and not found.offers else None
    content = rate_shaped.offers(found, today(found.house.timezone), locale, asked.refused, near, shown)
    return read(answer(content, headers={"Content-Language": locale, "Vary": "Accept-Language"}), if_none_match)
