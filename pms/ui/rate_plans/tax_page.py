"""The form of a tax or fee, drawn."""

from __future__ import annotations

import reflex as rx

from pms.ui.kit import checkbox, date_field, money_field, radio, select_field, t, text_field, wrong
from pms.ui.rate_plans.parts import fields, more
from pms.ui.rate_plans.rows import TAX_KINDS
from pms.ui.rate_plans.state import RatePlans
from pms.ui.rate_plans.tax_state import TaxBox
from pms.ui.shell.box_parts import row_drawer

S = TaxBox


def tax_drawer() -> rx.Component:
    """A tax or fee: how it is charged, and who is free of it."""
    return row_drawer(
        S,
        "tax",
        S.filled.name,
        t("New tax or fee"),
        *_fields(),
        archive=(t("Archive this tax"), t("It is charged no longer. Bookings made before keep it.")),
    )


def _fields() -> list[rx.Component]:
    percent = text_field(
        t("Per cent"), "tax_percent", unit="%", default_value=S.filled.percent, error=S.errors["percent"], auto_complete="off"
    )
    amount = money_field(t("Amount"), "tax_amount", RatePlans.currency, default_value=S.filled.amount, error=S.errors["amount"])
    return [
        text_field(t("Name"), "tax_name", default_value=S.filled.name, error=S.errors["name"], auto_complete="off"),
        fields(
            select_field(
                t("Charged"),
                "tax_kind",
                [(code, t(words)) for code, words in TAX_KINDS.items()],
                default_value=S.kind,
                on_change=S.choose_kind,
                error=S.errors["kind"],
            ),
            rx.cond(S.kind == "percent", percent, amount),
        ),
        _included(),
        rx.cond(S.kind == "percent", _on_fixed(), rx.fragment()),
        rx.cond(S.kind.contains("person"), _number(t("Children free below age"), "from_age", S.filled.from_age), rx.fragment()),
        more(t("Limits"), _limits()),
    ]


def _included() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Prices"), class_name="label"),
        rx.el.div(
            radio(t("It is in the prices"), "tax_included", "yes", default_checked=S.filled.included),
            radio(t("It comes on top"), "tax_included", "no", default_checked=~S.filled.included),
            class_name="row wrap choices",
        ),
        wrong("tax_included", S.errors["included"]),
        class_name="field",
    )


def _on_fixed() -> rx.Component:
    return checkbox(
        t("Also on fixed fees"),
        "tax_on_fixed",
        hint=t("VAT on a cleaning fee, say. What is in the prices falls on fees that are in them too."),
        default_checked=S.filled.on_fixed,
    )


def _number(label: rx.Var[str], name: str, value: rx.Var[str]) -> rx.Component:
    return text_field(
        label, f"tax_{name}", optional=True, input_mode="numeric", default_value=value, error=S.errors[name], auto_complete="off"
    )


def _limits() -> rx.Component:
    return rx.fragment(
        fields(
            _number(t("For the first nights only"), "nights_most", S.filled.nights_most),
            _number(t("Free for stays from so many nights"), "exempt_from_nights", S.filled.exempt_from_nights),
        ),
        fields(
            date_field(
                t("First night"), "tax_valid_from", optional=True, default_value=S.filled.valid_from, error=S.errors["valid_from"]
            ),
            date_field(
                t("Last night"),
                "tax_valid_until",
                optional=True,
                default_value=S.filled.valid_until,
                error=S.errors["valid_until"],
            ),
        ),
    )
