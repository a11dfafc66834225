"""Why a cell is as it is, drawn: a panel beside the cell; on phones a sheet in which the cell is changed too."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.rates.cells import PAIRS
from pms.rates.models import FLAGS
from pms.ui.calendar.chart import placed
from pms.ui.kit import button, dialog, icon, money_field, switch, t, text_field
from pms.ui.rates.many_state import ManyBox
from pms.ui.rates.marks import FIELDS
from pms.ui.rates.why_state import Why
from pms.ui.shell import Session

S = Why.story
WORDS = dict(FIELDS)


def why_panel() -> rx.Component:
    """The panel beside a cell; it goes when one clicks elsewhere or presses Esc."""
    panel = rx.el.div(
        rx.el.header(
            rx.el.h3(t("Why {price} on {day}", price=S.price, day=S.day)),
            rx.el.button(icon("close", small=True), type="button", class_name="close", aria_label=t("Close"), on_click=Why.hush),
        ),
        rx.el.p(S.plan, " · ", S.kind, class_name="faint"),
        _story(),
        class_name="why",
        role="dialog",
        aria_label=t("Why {price} on {day}", price=S.price, day=S.day),
        custom_attrs=placed(x=Why.x, at=Why.y),
        on_mouse_leave=Why.hush,
    )
    return rx.cond(Why.open, panel, rx.fragment())


def _story() -> rx.Component:
    """The steps to the price, and what stands in the way of selling."""
    steps = rx.foreach(S.steps, lambda step: rx.el.div(rx.el.span(step[0]), rx.el.b(step[1])))
    total = rx.el.div(rx.el.span(t("Price of the night")), rx.el.b(S.price), class_name="sum")
    good = rx.el.p(icon("check", small=True), t("Nothing stands in the way of selling this night."), class_name="sellable")
    bad = rx.el.ul(rx.foreach(S.reasons, lambda reason: rx.el.li(reason)))
    return rx.fragment(
        rx.el.div(steps, total, class_name="steps"),
        rx.el.h3(t("For sale?")),
        rx.cond(S.reasons.length() > 0, bad, good),
        rx.cond(S.apart.length() > 0, _apart(), rx.fragment()),
        rx.cond(
            Session.granted["rate.change"],
            rx.el.button(t("Set for single channels"), type="button", class_name="link", on_click=ManyBox.begin_here),
            rx.fragment(),
        ),
        rx.cond(S.channels.length() > 0, _channels(), rx.fragment()),
        rx.cond(S.history.length() > 0, _history(), rx.fragment()),
    )


def _history() -> rx.Component:
    """Who changed the cell, when, from what to what."""
    turns = rx.foreach(S.history, lambda turn, n: rx.el.li(rx.el.b(turn[0]), rx.el.span(turn[1]), key=n))
    more = rx.el.button(t("All changes"), type="button", class_name="link", on_click=Why.all_history)
    return rx.fragment(rx.el.h3(t("History")), rx.el.ol(turns, class_name="story"), rx.cond(S.older, more, rx.fragment()))


def _apart() -> rx.Component:
    """What some channel has otherwise, and a way back."""

    def line(one: rx.Var[list[str]]) -> rx.Component:
        back = rx.el.button(
            t("Clear"),
            type="button",
            class_name="link",
            aria_label=t("Clear what {channel} has of its own", channel=one[1]),
            on_click=Why.clear_channel(one[0]),
        )
        may = Session.granted["rate.change"] & (one[3] != "")
        return rx.el.div(rx.el.dt(one[1]), rx.el.dd(one[2], " ", rx.cond(may, back, rx.fragment())), key=one[0])

    return rx.fragment(rx.el.h3(t("Different on channels")), rx.el.dl(rx.foreach(S.apart, line), class_name="on-channels"))


def _channels() -> rx.Component:
    """What each channel has of the cell."""
    lines = rx.foreach(
        S.channels,
        lambda one: rx.el.div(rx.el.dt(one[0]), rx.el.dd(one[1], class_name=one[2]), key=one[0]),
    )
    return rx.fragment(rx.el.h3(t("On channels")), rx.el.dl(lines, class_name="on-channels"))


def cell_sheet() -> rx.Component:
    """The cell itself: its price, its restrictions, and why it is so."""
    price = rx.el.form(
        money_field(
            t("Price"), "price", S.currency, default_value=S.typed, disabled=S.locked, key=S.day + S.plan + S.kind + S.typed
        ),
        rx.cond(
            S.locked,
            rx.el.p(t("Follows its parent plan."), class_name="faint"),
            rx.el.div(
                button(t("Save"), "primary", type="submit"),
                button(t("Back to the rules"), "quiet", icon="undo", on_click=Why.give_back),
                class_name="row",
            ),
        ),
        on_submit=Why.save,
        class_name="stack",
    )
    form = rx.cond(Session.granted["rate.change"], rx.fragment(price, _restrictions()), rx.fragment())
    return dialog(
        rx.fragment(rx.el.p(S.kind, " · ", S.day, class_name="faint"), form, rx.el.div(_story(), class_name="why-inside")),
        open=Why.editing,
        on_close=Why.close,
        title=S.plan,
        id="cell-sheet",
    )


def _restrictions() -> rx.Component:
    """All nine: switches that act at once, numbers that act when one leaves them; a minimum beside its maximum."""
    flags = [
        switch(t(WORDS[what]), f"cell-{what}", checked=S.held[what], on_change=_sets(what, rx.cond(S.held[what], "off", "on")))
        for what in WORDS
        if what in FLAGS
    ]
    pairs = [rx.el.div(_number(least), _number(most), class_name="least-most") for least, most in PAIRS]
    follows = rx.el.p(t("Stays and days ahead follow the parent plan."), class_name="faint")
    return rx.fragment(rx.el.div(*flags, class_name="stack tight"), rx.cond(S.rules_locked, follows, rx.fragment()), *pairs)


def _number(what: str) -> rx.Component:
    """A field for digits. Not of type "number": of what is typed there the browser tells a number, or nothing at all."""
    return text_field(
        t(WORDS[what]),
        f"cell-{what}",
        input_mode="numeric",
        auto_complete="off",
        max_length=4,
        default_value=S.numbers[what],
        placeholder="–",
        required=False,
        disabled=S.rules_locked,
        error=Why.errors[what],
        on_blur=_sets(what),
        key=S.day + S.plan + S.kind + S.numbers[what],
    )


def _sets(what: str, value: Any = None) -> Any:
    """What sets a restriction: to a value, or to what was typed."""
    return Why.set_rule(what, value) if value is not None else lambda typed: Why.set_rule(what, typed)
