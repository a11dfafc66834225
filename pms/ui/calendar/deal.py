"""What a channel said of money about its booking, as the drawer prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pms.channels.deals import Deal, PayCard
from pms.kernel.formats import day, money
from pms.kernel.words import translate


@dataclass(frozen=True)
class DealRow:
    """`channel` "" for a booking from elsewhere; `standing` is "paid", "here" or "cancelled"; amounts and the card in words, ""
    where nothing was said. Extras are name, amount, and "included" where the prices of the nights have them already. `waits`: the
    card cannot be charged yet. `after_tax`: the prices have in them what would come on top. `kept` is what is to be paid of a
    cancelled booking, `house` for whom it was sold, if not for us.
    """

    channel: str = ""
    standing: str = ""
    total: str = ""
    extras: list[list[str]] = field(default_factory=list)
    commission: str = ""
    card: str = ""
    waits: bool = False
    after_tax: bool = False
    kept: str = ""
    house: str = ""


def deal_row(deal: Deal | None, here: date, locale: str) -> DealRow:
    """`here` is the property's day."""
    if deal is None:
        return DealRow()
    standing = "cancelled" if deal.cancelled else {"channel": "paid", "property": "here"}[deal.collect]
    return DealRow(
        deal.channel,
        standing,
        _amount(deal.total, deal.currency, locale),
        [
            [one.name, money(one.amount, deal.currency, locale), "included" if one.included else ""]
            for one in deal.extras
            if one.amount
        ],
        _amount(deal.commission, deal.currency, locale),
        _card(deal.card, deal.currency, locale) if deal.card else "",
        bool(deal.card and deal.card.active_from and deal.card.active_from > here),
        deal.after_tax,
        _amount(deal.kept, deal.currency, locale),
        deal.house,
    )


def _amount(minor: int | None, currency: str, locale: str) -> str:
    return "" if minor is None else money(minor, currency, locale)


def _card(card: PayCard, currency: str, locale: str) -> str:
    """ "Virtual card, €180.00, valid until 12/27, can be charged from 23 Nov 2026", as far as it was said."""
    whose = translate("Virtual card", locale) if card.virtual else translate("The guest's card", locale)
    parts = [whose, _amount(card.balance, currency, locale)]
    if card.expires:
        parts.append(translate("valid until {date}", locale, date=card.expires))
    if card.active_from:
        parts.append(translate("can be charged from {date}", locale, date=day(card.active_from, locale)))
    return ", ".join(filter(None, parts))
