"""The dialog that changes many cells, drawn."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.kit import button, dialog, form_error, icon, icon_button, note, segmented, select_field, t, text_field
from pms.ui.rates.many_state import RANGES_MOST, ManyBox
from pms.ui.rates.marks import FIELDS
from pms.ui.rates.state import Rates

M = ManyBox
WEEKDAYS = (N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"))


def many_dialog() -> rx.Component:
    """What, when, where; and what it would do."""
    body = rx.fragment(
        _what(),
        rx.el.div(rx.el.span(t("Nights"), class_name="label"), rx.foreach(M.ranges, _range), _more(), class_name="field"),
        _weekdays(),
        rx.el.div(
            _ticks(t("Room types"), Rates.types, M.types, M.tick_type),
            rx.cond(
                M.field == "overbooking",
                rx.el.p(t("Rooms that may be sold beyond those there are, in every plan."), class_name="faint"),
                _ticks(t("Rate plans"), Rates.plans, M.plans, M.tick_plan),
            ),
            class_name="fields",
        ),
        rx.cond(M.field == "overbooking", rx.fragment(), _channels()),
        form_error(M.errors["form"]),
        rx.cond(M.said != "", rx.el.div(note(M.said), role="status"), rx.fragment()),
    )
    change = button(
        rx.cond(M.cells > 0, t("Change {n} cells", n=M.cells.to(str)), t("Change")),
        "primary",
        disabled=M.cells == 0,
        on_click=M.do,
    )
    footer = [button(t("Cancel"), on_click=M.close), change]
    return dialog(body, open=M.open, on_close=M.close, title=t("Change many"), id="many-dialog", footer=footer, wide=True)


def _what() -> rx.Component:
    flag = (M.field == "closed") | (M.field == "closed_arrival") | (M.field == "closed_departure")
    ways = [
        ("percent", t("By per cent")),
        ("amount", t("By an amount")),
        ("to", t("To a price")),
        ("clear", t("Back to the rules")),
    ]
    how = select_field(t("How"), "many-how", ways, value=M.how, on_change=M.choose_how)
    plain = select_field(t("How"), "many-way", [("to", t("Set")), ("clear", t("Clear"))], value=M.how, on_change=M.choose_how)
    typed = text_field(
        t("Value"),
        "many-value",
        error=M.errors["value"],
        unit=rx.match(M.how, ("percent", "%"), rx.cond(M.field == "price", Rates.currency, "")),
        input_mode="decimal",
        auto_complete="off",
        value=M.value,
        on_change=M.type_value.debounce(250),
        placeholder=rx.match(M.how, ("percent", "+8"), ("amount", "+5"), ""),
    )
    switch = select_field(t("Value"), "many-flag", [("on", t("Yes")), ("off", t("No"))], value=M.value, on_change=M.type_value)
    return rx.el.div(
        select_field(
            t("Set"), "many-field", [(code, t(words)) for code, words in FIELDS], value=M.field, on_change=M.choose_field
        ),
        rx.cond(M.field == "price", how, plain),
        rx.cond(M.how == "clear", rx.fragment(), rx.cond(flag, switch, typed)),
        class_name="fields",
    )


def _range(one: rx.Var[list[str]], at: rx.Var[int]) -> rx.Component:
    def night(end: int, label: Any) -> rx.Component:
        return rx.el.input(
            type="date", class_name="input", value=one[end], aria_label=label, on_change=lambda day: M.set_range(at, end, day)
        )

    drop = rx.cond(
        M.ranges.length() > 1, icon_button("close", t("Leave out"), tip=False, on_click=M.drop_range(at)), rx.fragment()
    )
    return rx.el.div(
        night(0, t("First night")), rx.el.span("–", aria_hidden="true"), night(1, t("Last night")), drop, class_name="row", key=at
    )


def _more() -> rx.Component:
    return rx.fragment(
        rx.cond(
            M.ranges.length() < RANGES_MOST,
            rx.el.div(button(t("More dates"), "quiet", icon="plus", on_click=M.add_range), class_name="row"),
            rx.fragment(),
        ),
        rx.cond(
            M.errors["ranges"], rx.el.span(icon("warning", small=True), M.errors["ranges"], class_name="wrong"), rx.fragment()
        ),
    )


def _weekdays() -> rx.Component:
    days = [
        rx.el.button(t(words), type="button", aria_pressed=M.weekdays.contains(n), on_click=M.tick_day(n))
        for n, words in enumerate(WEEKDAYS)
    ]
    return rx.el.div(
        rx.el.span(t("Weekdays"), class_name="label"),
        rx.el.div(*days, class_name="weekdays", role="group", aria_label=t("Weekdays")),
        class_name="field",
    )


def _channels() -> rx.Component:
    """All of them alike, or some of them by themselves."""
    ways = [("all", t("All channels alike")), ("some", t("Only on some"))]
    some = rx.fragment(
        _ticks(t("Every channel"), M.every, M.channels, M.tick_channel),
        rx.el.p(
            t("Only these channels change. A price is what the guest pays there: no mark-up is added to it."), class_name="faint"
        ),
        rx.cond(
            M.errors["channels"], rx.el.span(icon("warning", small=True), M.errors["channels"], class_name="wrong"), rx.fragment()
        ),
    )
    alike = rx.el.p(t("The value for every channel that has none of its own."), class_name="faint")
    return rx.el.div(
        rx.el.span(t("Channels"), class_name="label"),
        rx.el.div(segmented(t("Channels"), M.whom, ways, M.choose_whom), class_name="row"),
        rx.cond(M.whom == "some", some, alike),
        class_name="channels-meant",
    )


def _ticks(title: Any, of: Any, chosen: Any, tick: Any) -> rx.Component:
    def one(label: Any, held: Any, key: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(type="checkbox", checked=held, on_change=lambda _: tick(key)), rx.el.span(label), class_name="check"
        )

    every = one(rx.el.b(title), chosen.length() == of.length(), "")
    return rx.el.div(
        every,
        rx.el.div(
            rx.foreach(of, lambda pair: rx.el.div(one(pair[1], chosen.contains(pair[0]), pair[0]), key=pair[0])),
            class_name="ticks",
        ),
        class_name="field",
    )
