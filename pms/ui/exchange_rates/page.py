"""The exchange rates screen."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.exchange_rates.rows import RateRow
from pms.ui.exchange_rates.state import ExchangeRates
from pms.ui.kit import button, date_field, empty, form_error, loading, select_field, t, table, table_row, text_field
from pms.ui.shell import Screen, Session, page_head
from pms.ui.shell.box_parts import form_drawer

S = ExchangeRates
MAY = Session.granted["rate.manage"]


def page() -> rx.Component:
    """The newest rate of each two currencies."""
    new = rx.cond(MAY, button(t("New rate"), "primary", icon="plus", on_click=S.add), rx.fragment())
    columns = [t("Currencies"), t("Rate"), t("Whose rate"), t("Date"), t("By")]
    nothing = empty(
        t("No exchange rates yet"),
        t("With a rate, offers and bookings show their prices in a second currency too. Nothing is ever charged in it."),
        new,
        mark="swap",
    )
    rates = rx.fragment(
        table(t("Exchange rates"), columns, S.rates, _rate),
        rx.el.p(t("Prices are shown by the newest rate. Nothing is ever charged by it."), class_name="muted"),
    )
    return rx.fragment(
        page_head(t("Exchange rates"), actions=(new,)),
        rx.cond(S.ready, rx.el.div(rx.cond(S.rates.length() > 0, rates, nothing), class_name="page"), loading()),
        rx.cond(MAY, _form(), rx.fragment()),
    )


def _rate(one: RateRow) -> rx.Component:
    pair = one.currency + " → " + one.display
    renew = rx.el.button(
        pair,
        type="button",
        class_name="as-link strong",
        on_click=S.renew(one.id),
        aria_label=t("New rate of {pair}", pair=pair),
    )
    return table_row(
        rx.cond(MAY, renew, rx.el.b(pair, class_name="strong")),
        rx.el.span(one.worth, class_name="num nowrap"),
        rx.el.td(one.source, class_name="wraps"),
        one.day,
        rx.cond(one.by != "", one.by, "–"),
        key=one.id,
    )


def _form() -> rx.Component:
    return form_drawer(
        S,
        "exchange",
        t("New rate"),
        select_field(
            t("Prices are in"),
            "rate_currency",
            S.currencies,
            default_value=S.filled.currency,
            error=S.errors["rate_currency"],
        ),
        select_field(
            t("Show them in"),
            "rate_display",
            S.displays,
            default_value=S.filled.display,
            error=S.errors["rate_display"],
        ),
        text_field(
            t("Rate"),
            "rate",
            hint=t("What one unit of the first is worth in the second."),
            error=S.errors["rate"],
            input_mode="decimal",
            auto_complete="off",
        ),
        text_field(
            t("Whose rate"),
            "rate_source",
            hint=t("A central bank, your own bank."),
            default_value=S.filled.source,
            error=S.errors["rate_source"],
            auto_complete="off",
        ),
        date_field(t("Date"), "rate_day", default_value=S.filled.day, error=S.errors["rate_day"]),
        form_error(S.errors["form"]),
    )


SCREEN = Screen(
    route="/exchange-rates", title=N_("Exchange rates"), draw=page, on_load=ExchangeRates.load, permission="property.view"
)
