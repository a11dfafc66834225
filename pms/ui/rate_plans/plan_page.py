"""The form of a rate plan, drawn: the simple fields first, the others folded away."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.rates.standard import STANDARD
from pms.ui.kit import (
    button,
    checkbox,
    date_field,
    form_error,
    money_field,
    pill,
    radio,
    select_field,
    t,
    text_area,
    text_field,
    wrong,
)
from pms.ui.rate_plans.parts import fields, line, lines, more, number_small, ticks
from pms.ui.rate_plans.plan_state import ChannelLine, PlanBox, StartBox, StepLine
from pms.ui.rate_plans.state import RatePlans
from pms.ui.shell.box_parts import ending, form_drawer, trouble

S = PlanBox
MEALS = (
    ("none", N_("Room only")),
    ("breakfast", N_("Breakfast")),
    ("half_board", N_("Half board")),
    ("full_board", N_("Full board")),
    ("all_inclusive", N_("All inclusive")),
)


def plan_drawer() -> rx.Component:
    """A plan: what it is called, what it costs, how it is sold."""
    end = ending(
        S,
        t("Archive this plan"),
        t("It is not sold any longer. Bookings made with it keep what they were sold for."),
        S.filled.name,
    )
    return form_drawer(
        S,
        "plan",
        rx.cond(S.row != "", S.filled.name, t("New rate plan")),
        *(draw() for draw in (_names, _price, _sold, _rounding, _long_stays, _when, _channels, _codes)),
        trouble(S),
        wrong("plan_default", S.errors["default"]),  # type: ignore[arg-type]
        below=rx.cond(S.row != "", rx.fragment(_first_choice(), end), rx.fragment()),
        wide=True,
    )


def _names() -> rx.Component:
    return fields(
        text_field(t("Name"), "plan_name", default_value=S.filled.name, error=S.errors["name"], auto_complete="off"),
        text_field(
            t("Code"),
            "plan_code",
            hint=t("Short, for lists and channels: NR, BB."),
            default_value=S.filled.code,
            error=S.errors["code"],
            max_length=20,
            auto_complete="off",
        ),
    )


def _price() -> rx.Component:
    own = rx.el.option(t("Prices of its own"), value="")
    choices = rx.foreach(
        S.parents,
        lambda one: rx.el.option(t("From {plan}", plan=one.name), value=one.id, key=one.id),
    )
    based = rx.el.div(
        rx.el.label(t("Price"), html_for="plan_parent_id"),
        rx.el.select(
            own,
            choices,
            id="plan_parent_id",
            name="plan_parent_id",
            class_name="input",
            default_value=S.parent,
            on_change=S.choose_parent,
        ),
        wrong("plan_parent_id", S.errors["parent_id"]),
        class_name="field",
    )
    return rx.fragment(based, rx.cond(S.parent != "", _formula(), rx.fragment()))


def _formula() -> rx.Component:
    return rx.el.div(
        text_field(
            t("Per cent"),
            "plan_percent",
            unit="%",
            hint=t("−10 is ten per cent less."),
            optional=True,
            input_mode="text",
            default_value=S.filled.percent,
            error=S.errors["percent"],
            auto_complete="off",
        ),
        money_field(
            t("Amount a night"),
            "plan_amount",
            RatePlans.currency,
            optional=True,
            default_value=S.filled.amount,
            error=S.errors["amount"],
        ),
        money_field(
            t("Amount a person"),
            "plan_per_adult",
            RatePlans.currency,
            optional=True,
            hint=t("For meals, say."),
            default_value=S.filled.per_adult,
            error=S.errors["per_adult"],
        ),
        class_name="fields three",
    )


def _sold() -> rx.Component:
    return rx.fragment(
        select_field(t("Meals"), "plan_meals", [(code, t(words)) for code, words in MEALS], default_value=S.filled.meals),
        fields(
            _policy(t("Cancellation"), "plan_cancellation_id", S.cancellations, S.filled.cancellation),
            _policy(t("Deposit"), "plan_deposit_id", S.deposits, S.filled.deposit),
        ),
        text_area(
            t("Description"),
            "plan_description",
            optional=True,
            hint=t("What guests read about this plan."),
            default_value=S.filled.description,
            error=S.errors["description"],
            max_length=2_000,
        ),
    )


def _policy(label: rx.Var[str], name: str, choices: rx.Var[list[object]], chosen: rx.Var[str]) -> rx.Component:
    options = rx.foreach(choices, lambda one: rx.el.option(one.name, value=one.id, key=one.id))
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.select(options, id=name, name=name, class_name="input", default_value=chosen),
        class_name="field",
    )


def _rounding() -> rx.Component:
    options = rx.foreach(S.roundings, lambda one: rx.el.option(one.name, value=one.id, key=one.id))
    how = rx.el.div(
        rx.el.label(t("Prices end"), html_for="plan_rounding"),
        rx.el.select(options, id="plan_rounding", name="plan_rounding", class_name="input", default_value=S.filled.rounding),
        wrong("plan_rounding", S.errors["round_step"]),
        class_name="field",
    )
    towards = [("nearest", t("To the nearest")), ("up", t("Up")), ("down", t("Down"))]
    derived = rx.fragment(
        money_field(
            t("Amount a child"),
            "plan_per_child",
            RatePlans.currency,
            optional=True,
            default_value=S.filled.per_child,
            error=S.errors["per_child"],
        ),
        checkbox(
            t("Restrictions of its own"),
            "plan_own_restrictions",
            hint=t("Else minimum stays and closed days come from the plan it derives from."),
            default_checked=S.filled.own_restrictions,
        ),
    )
    return more(
        t("Rounding and restrictions"),
        fields(how, select_field(t("Rounded"), "plan_round_to", towards, default_value=S.filled.round_to)),
        rx.cond(S.parent != "", derived, rx.fragment()),
    )


def _long_stays() -> rx.Component:
    def step(one: rx.Var[StepLine]) -> rx.Component:
        return line(
            number_small(t("From so many nights"), "plan_step." + one.n + ".nights", one.nights),
            small_field_percent("plan_step." + one.n + ".percent", one.percent),
            drop=S.drop_step(one.n),
            key=one.n,
        )

    return more(
        t("Long stays"),
        lines(
            t("What longer stays pay"),
            S.steps,
            step,
            S.add_step,
            t("Add a step"),
            "plan_steps",
            S.errors["steps"],
            hint=t("7 nights, −10 %: every night of a stay of seven or more costs ten per cent less."),
        ),
    )


def small_field_percent(name: rx.Var[str], value: rx.Var[str]) -> rx.Component:
    """A percentage within a line."""
    return number_small(t("Change in per cent"), name, value, unit="%")


def _when() -> rx.Component:
    def days(label: rx.Var[str], name: str, value: rx.Var[str]) -> rx.Component:
        error = S.errors[name.removeprefix("plan_")]
        return text_field(label, name, optional=True, input_mode="numeric", default_value=value, error=error, auto_complete="off")

    def day(label: rx.Var[str], name: str, value: rx.Var[str]) -> rx.Component:
        return date_field(label, name, optional=True, default_value=value, error=S.errors[name.removeprefix("plan_")])

    return more(
        t("When and where it is sold"),
        fields(
            days(t("Days ahead, at least"), "plan_min_advance", S.filled.min_advance),
            days(t("Days ahead, at most"), "plan_max_advance", S.filled.max_advance),
        ),
        fields(
            day(t("First night"), "plan_valid_from", S.filled.valid_from),
            day(t("Last night"), "plan_valid_until", S.filled.valid_until),
        ),
        ticks(t("Room types"), "plan_type", RatePlans.types, S.filled.types, hint=t("None ticked: all of them.")),
    )


def _channels() -> rx.Component:
    def channel(one: rx.Var[ChannelLine]) -> rx.Component:
        return rx.el.div(
            checkbox(one.name, "plan_channel." + one.code, id="plan_channel-" + one.code, default_checked=one.ticked),
            number_small(t("Markup"), "plan_markup." + one.code + ".percent", one.percent, unit="%"),
            number_small(t("and amount"), "plan_markup." + one.code + ".amount", one.amount, unit=RatePlans.currency),
            class_name="channel",
            key=one.code,
        )

    return more(
        t("Channels and markups"),
        checkbox(
            t("Sold through every channel"),
            "plan_every_channel",
            hint=t("Also those that will be connected later. Else only through those ticked below."),
            default_checked=S.filled.every_channel,
        ),
        rx.el.div(rx.foreach(S.channels, channel), class_name="channels"),
        wrong("plan_channels", S.errors["channels"]),
        wrong("plan_markups", S.errors["markups"]),
    )


def _codes() -> rx.Component:
    codes = text_field(
        t("Codes"),
        "plan_codes",
        hint=t("Several with commas: SUMMER27, ACME."),
        default_value=S.filled.codes,
        error=S.errors["codes"],
        auto_complete="off",
    )
    return more(
        t("Who may buy it"),
        rx.el.div(
            radio(
                t("Everybody"), "plan_access", "public", default_checked=S.access != "code", on_change=S.choose_access("public")
            ),
            radio(
                t("Whoever has a code"),
                "plan_access",
                "code",
                hint=t("A company's rate, a promotion."),
                default_checked=S.access == "code",
                on_change=S.choose_access("code"),
            ),
            class_name="stack tight",
        ),
        rx.cond(S.access == "code", codes, rx.fragment()),
    )


def _first_choice() -> rx.Component:
    is_it = rx.el.div(pill(t("Sells when nobody names a plan"), "confirmed"), class_name="row")
    make = rx.el.div(button(t("Sell this one by default"), "quiet", icon="check", on_click=S.make_default), class_name="row")
    return rx.el.div(
        rx.el.h3(t("By default")),
        rx.el.p(t("One plan sells when a booking names none: public, for every room type and channel."), class_name="muted"),
        rx.cond(S.is_first_choice, is_it, make),
        class_name="section",
    )


def quick_start() -> rx.Component:
    """The plans most houses sell beside their first one, in one go."""
    hints = {
        "non_refundable": t("Ten per cent less, paid in full whatever happens"),
        "breakfast": t("With breakfast for everybody in the room"),
        "early": t("Fifteen per cent less, booked thirty days ahead"),
        "long": t("Ten per cent less from seven nights on"),
    }
    boxes = [checkbox(t(STANDARD[key][0]), f"start_{key}", hint=hints[key], default_checked=True) for key in STANDARD]
    price = money_field(
        t("Breakfast a person"), "start_price", RatePlans.currency, required=False, error=StartBox.errors["breakfast"]
    )
    return rx.el.section(
        rx.el.header(rx.el.h2(t("Begin with the usual plans"))),
        rx.el.form(
            rx.el.p(t("They follow the price of your first plan. All of it can be changed afterwards."), class_name="muted"),
            rx.el.div(*boxes, class_name="fields"),
            rx.el.div(price, class_name="fields two"),
            form_error(StartBox.errors["form"]),
            rx.el.div(button(t("Add these plans"), "primary", icon="plus", type="submit"), class_name="row"),
            on_submit=StartBox.save,
            class_name="stack pad",
        ),
        class_name="card",
    )
