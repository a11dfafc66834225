"""What a stay is sold for, as the drawer shows and changes it: its plan, and the price of each night."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.calendar.card import NightRow
from pms.ui.calendar.drawer_parts import fact, form, section, select
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.kit import t, text_field, tn
from pms.ui.shell import Session

S, C = StayDrawer, StayDrawer.card


def plan_part() -> rx.Component:
    """The plan, and the choice of another with what it would change."""
    named = rx.cond(C.plan != "", C.plan, t("Without a plan"))
    cancellation = rx.cond(C.cancellation != "", fact(t("Cancellation"), C.cancellation), rx.fragment())
    shown = rx.el.div(fact(t("Sold as"), named), cancellation, class_name="facts")
    options = rx.foreach(S.choice.plans, lambda one: rx.el.option(one[1], value=one[0], key=one[0]))
    choice = select(t("Sold as"), "plan", options, S.choice.plan, S.errors["plan"], on_change=S.choose_plan)
    reason = text_field(t("Reason"), "reason", optional=True, max_length=200, error=S.errors["reason"])
    return section(t("Rate plan"), "plan", shown, form(S.save_plan, choice, _consequence(), reason), may=C.sells)


def _consequence() -> rx.Component:
    """What each night would cost, the difference in all, what the plan promises and what stands against it."""
    nights = rx.foreach(
        S.choice.nights,
        lambda night: rx.el.div(
            rx.el.span(night[0]),
            rx.el.b(rx.cond(night[1] != "", rx.el.s(night[1]), rx.fragment()), " ", night[2]),
            key=night[0],
        ),
    )
    total = _sum(S.choice.difference, S.choice.total)
    slept = rx.cond(
        S.choice.slept > 0,
        rx.el.p(
            tn(
                "{n} night is slept already and keeps its price.",
                "{n} nights are slept already and keep their price.",
                S.choice.slept,
            ),
            class_name="faint",
        ),
        rx.fragment(),
    )
    return rx.el.div(
        rx.el.div(nights, total, class_name="facts", aria_live="polite"),
        slept,
        rx.cond(S.choice.promise != "", rx.el.p(S.choice.promise, class_name="promise"), rx.fragment()),
        rx.cond(S.choice.forbidden != "", _against(), rx.fragment()),
        class_name="room-price",
    )


def _against() -> rx.Component:
    despite = rx.el.label(
        rx.el.input(type="checkbox", checked=S.choice.despite, on_change=S.sell_despite),
        rx.el.span(t("Sell it all the same")),
        class_name="check",
    )
    allowed = rx.cond(Session.granted["rate.override"], despite, rx.fragment())
    return rx.el.div(rx.el.span(S.choice.forbidden), allowed, class_name="against", role="alert")


def weighed(name: str) -> dict[str, Any]:
    """For a field of the form of a stay: what is typed there is priced as it is typed."""
    return {"on_change": lambda value: S.weigh(name, value)}


def stay_asked() -> rx.Component:
    """What is said and asked before other dates or another party are saved: what added nights cost, whether to sell what rules
    forbid, and which price the party pays.
    """
    despite = rx.el.label(
        rx.el.input(type="checkbox", name="despite", id="stay-asked"),
        rx.el.span(t("Sell it all the same")),
        class_name="check",
    )
    rules = rx.el.div(
        rx.el.ul(rx.foreach(S.asked.against, lambda reason, n: rx.el.li(reason, key=n)), class_name="reasons"),
        rx.cond(Session.granted["rate.override"], despite, rx.fragment()),
        class_name="against",
        role="alert",
        key=S.asked.against.join(" "),
    )
    return rx.fragment(
        rx.cond(S.asked.total != "", _other_dates(), rx.fragment()),
        rx.cond(S.asked.against.length() > 0, rules, rx.fragment()),
        rx.cond(S.asked.taken != "", _new_price(), rx.fragment()),
    )


def _other_dates() -> rx.Component:
    """Each added night with its price, and the total then; where the party's price is a question, that says the total."""
    added = rx.foreach(S.asked.added, lambda night: rx.el.div(rx.el.span(night[0]), rx.el.b(night[1]), key=night[0]))
    total = _sum(S.asked.difference, S.asked.total)
    return rx.el.div(
        rx.cond(S.asked.added.length() > 0, rx.el.div(rx.el.span(t("Added nights"), class_name="strong")), rx.fragment()),
        added,
        rx.cond(S.asked.taken == "", total, rx.fragment()),
        id="stay-costs",
        class_name="facts",
        aria_live="polite",
        tab_index=-1,
    )


def _sum(difference: Any, total: Any) -> rx.Component:
    more = rx.cond(difference != "", rx.el.em(difference, class_name="difference"), rx.el.em(t("no difference")))
    return rx.el.div(rx.el.span(t("Total")), rx.el.b(more, " ", total), class_name="sum")


def _new_price() -> rx.Component:
    """The price agreed, or the one the plan asks for this party; nothing chosen keeps what was agreed."""

    def one(value: str, words: Any) -> rx.Component:
        radio = rx.el.input(type="radio", name="price", value=value, default_checked=value == "keep", id=f"price-{value}")
        return rx.el.label(radio, rx.el.span(words), class_name="check")

    changes = t("The price changes from {before} to {after}.", before=S.asked.kept, after=S.asked.taken)
    return rx.el.fieldset(
        rx.el.legend(changes),
        one("keep", t("Keep {price}", price=S.asked.kept)),
        one("take", t("Take {price}", price=S.asked.taken)),
        class_name="new-price",
        role="alert",
        key=S.asked.taken,
    )


def prices_part() -> rx.Component:
    """The nights with their prices, and why they were agreed; or the form in which others are."""
    line = rx.foreach(C.prices, lambda night: rx.el.div(rx.el.span(night.text), rx.el.b(night.price), key=night.night))
    total = rx.el.div(rx.el.span(t("Total")), rx.el.b(C.total), class_name="sum")
    whole = rx.cond(C.grand_total != "", fact(t("All rooms of the reservation"), C.grand_total), rx.fragment())
    why = rx.cond(C.reason != "", fact(t("Reason"), C.reason), rx.fragment())
    every = _typed(t("Every night"), "price-every", "", t("as below"))
    reason = text_field(t("Reason for this price"), "reason", max_length=200, error=S.errors["reason"])
    wrong = rx.cond(S.errors["prices"], rx.el.span(S.errors["prices"], class_name="wrong", role="alert"), rx.fragment())
    fields = form(
        S.save_prices,
        rx.el.div(rx.cond(C.nights > 1, every, rx.fragment()), rx.foreach(C.prices, _night), wrong, class_name="prices"),
        reason,
    )
    shown = rx.el.div(line, total, whole, why, class_name="facts")
    return section(t("Nights"), "prices", shown, fields, "rate.override", may=C.sells)


def _night(night: rx.Var[NightRow]) -> rx.Component:
    """A night's price to be typed, unless it has been slept."""
    fixed = rx.el.div(rx.el.span(night.text), rx.el.b(night.price), class_name="price slept", key=night.night)
    return rx.cond(night.slept, fixed, _typed(night.text, rx.Var.create("price-") + night.night, night.bare))


def _typed(label: Any, name: Any, value: Any, hint: Any = "") -> rx.Component:
    wrong = S.errors[name]
    return rx.el.label(
        rx.el.span(label),
        rx.el.input(
            name=name, default_value=value, placeholder=hint, class_name="input", input_mode="decimal", auto_complete="off"
        ),
        rx.cond(wrong, rx.el.span(wrong, class_name="wrong", role="alert"), rx.fragment()),
        class_name="price",
        key=name,
    )
