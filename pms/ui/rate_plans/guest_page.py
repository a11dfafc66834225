"""The forms of what parties pay and of age bands, drawn."""

from __future__ import annotations

import reflex as rx

from pms.ui.kit import button, dialog, money_field, number_field, t, wrong
from pms.ui.rate_plans.band_state import BandBox, BandLine
from pms.ui.rate_plans.parts import fields, line, lines, number_small, small_field
from pms.ui.rate_plans.party_state import ChildLine, PartyBox
from pms.ui.rate_plans.state import RatePlans
from pms.ui.shell.box_parts import form_drawer, trouble

P, B = PartyBox, BandBox


def party_drawer() -> rx.Component:
    """A room type: for how many its price is, what others pay, and the limits of its prices."""
    return form_drawer(
        P,
        "party",
        P.filled.name,
        number_field(
            t("The price is for so many adults"),
            "party_base_adults",
            1,
            P.filled.adults,  # type: ignore[arg-type]
            default_value=P.filled.base_adults,
            error=P.errors["base_adults"],
        ),
        fields(
            _money(t("Each further adult"), "extra_adult", P.filled.extra_adult),
            _money(t("Less for one alone"), "single_use", P.filled.single_use),
        ),
        rx.cond(P.children.length() > 0, _children(), rx.fragment()),
        fields(
            _money(t("Never below"), "floor", P.filled.floor),
            _money(t("Never above"), "ceiling", P.filled.ceiling),
        ),
        trouble(P),
    )


def _money(label: rx.Var[str], name: str, value: rx.Var[str]) -> rx.Component:
    return money_field(label, f"party_{name}", RatePlans.currency, optional=True, default_value=value, error=P.errors[name])


def _children() -> rx.Component:
    def child(one: rx.Var[ChildLine]) -> rx.Component:
        return number_small(one.name, "party_child." + one.id, one.price, unit=RatePlans.currency, key=one.id)

    return rx.el.fieldset(
        rx.el.legend(t("A child, a night"), class_name="label"),
        rx.el.div(rx.foreach(P.children, child), class_name="line-fields"),
        rx.el.span(t("Left blank: free."), class_name="hint"),
        wrong("party_children", P.errors["children"]),
        class_name="field",
    )


def bands_dialog() -> rx.Component:
    """The age bands of the property, all at once."""

    def band(one: rx.Var[BandLine]) -> rx.Component:
        return line(
            small_field(t("Name"), "band_" + one.n + ".name", one.name, max_length=100),
            number_small(t("From age"), "band_" + one.n + ".first", one.first),
            number_small(t("to age"), "band_" + one.n + ".last", one.last),
            drop=B.drop(one.n),
            key=one.n,
        )

    hint = t(
        "Ages on the day of arrival, both included. A child whose age nobody knows, or that is in no band, pays as an adult."
    )
    form = rx.el.form(
        lines(t("Children by age"), B.lines, band, B.add, t("Add an age band"), "band_bands", B.errors["bands"], hint=hint),
        trouble(B),
        id="band-form",
        on_submit=B.save,
        class_name="stack",
        key=B.serial,
    )
    return dialog(
        form,
        open=B.open,
        on_close=B.close,
        title=t("Age bands"),
        id="bands-dialog",
        wide=True,
        footer=[button(t("Save"), "primary", type="submit", custom_attrs={"form": "band-form"})],
    )
