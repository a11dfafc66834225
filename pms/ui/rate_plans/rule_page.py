"""The form of a price rule, drawn: the condition of its kind first, the others folded away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import reflex as rx

from pms.kernel.formats import weekday
from pms.kernel.words import LOCALES, N_
from pms.ui.kit import Words, money_field, select_field, t, text_field, wrong
from pms.ui.rate_plans.parts import fields, line, lines, more, small_field, ticks
from pms.ui.rate_plans.rule_state import RuleBox, SpanLine
from pms.ui.rate_plans.state import RatePlans
from pms.ui.shell.box_parts import row_drawer

S = RuleBox
KINDS = {
    "weekday": N_("Weekdays"),
    "season": N_("Season"),
    "holiday": N_("Holidays"),
    "event": N_("Event"),
    "occupancy": N_("How full the house is"),
    "last_minute": N_("Last minute"),
}
MONDAY = date(2024, 1, 1)


def rule_drawer() -> rx.Component:
    """A rule: when it holds, and by how much it moves the price."""
    return row_drawer(
        S,
        "rule",
        S.filled.name,
        t("New price rule"),
        *_fields(),
        archive=(t("Archive this rule"), t("Prices no longer follow it. To pause it, switch it off in the list.")),
    )


def _fields() -> list[rx.Component]:
    return [
        text_field(t("Name"), "rule_name", default_value=S.filled.name, error=S.errors["name"], auto_complete="off"),
        select_field(
            t("What it follows"),
            "rule_kind",
            [(code, t(words)) for code, words in KINDS.items()],
            default_value=S.kind,
            on_change=S.choose_kind,
            error=S.errors["kind"],
        ),
        *(rx.cond(_is(kinds), draw(), rx.fragment()) for kinds, draw in CONDITIONS),
        fields(
            text_field(
                t("Per cent"),
                "rule_percent",
                unit="%",
                hint=t("8 is eight per cent more, −8 eight per cent less."),
                optional=True,
                default_value=S.filled.percent,
                error=S.errors["percent"],
                auto_complete="off",
            ),
            money_field(
                t("and an amount"),
                "rule_amount",
                RatePlans.currency,
                optional=True,
                default_value=S.filled.amount,
                error=S.errors["amount"],
            ),
        ),
        more(t("Only also when"), *(rx.cond(_is(kinds), rx.fragment(), draw()) for kinds, draw in CONDITIONS)),
        more(t("Only for"), _only()),
    ]


def _is(kinds: tuple[str, ...]) -> rx.Var[bool]:
    found = S.kind == kinds[0]
    for kind in kinds[1:]:
        found = found | (S.kind == kind)
    return found


def _weekdays() -> rx.Component:
    def name(day: int) -> rx.Var[str]:
        words = {locale: weekday(MONDAY + timedelta(days=day), locale) for locale in LOCALES}
        return rx.match(Words.locale, *((one, word) for one, word in words.items() if one != "en"), words["en"])  # type: ignore[no-any-return]

    boxes = [
        rx.el.label(
            rx.el.input(type="checkbox", name=f"rule_weekday.{day}", default_checked=S.filled.weekdays.contains(str(day))),
            rx.el.span(name(day)),
            class_name="pick",
        )
        for day in range(7)
    ]
    return rx.el.fieldset(
        rx.el.legend(t("Nights of"), class_name="label"),
        rx.el.div(*boxes, class_name="week"),
        wrong("rule_weekday", S.errors["weekdays"]),
        class_name="field",
    )


def _spans() -> rx.Component:
    def span(one: rx.Var[SpanLine]) -> rx.Component:
        return line(
            small_field(t("First night"), "rule_span." + one.n + ".first", one.first, type="date"),
            small_field(t("Last night"), "rule_span." + one.n + ".last", one.last, type="date"),
            drop=S.drop_span(one.n),
            key=one.n,
        )

    return lines(t("Dates"), S.spans, span, S.add_span, t("Add dates"), "rule_spans", S.errors["spans"])


def _holidays() -> rx.Component:
    options = [("", t("Any day")), ("day", t("Public holidays")), ("eve", t("Eves of public holidays"))]
    return select_field(
        t("Holidays of the country"),
        "rule_holidays",
        options,
        optional=True,
        default_value=S.filled.holidays,
        error=S.errors["holidays"],
    )


def _occupancy() -> rx.Component:
    of = [("room_type", t("The room type")), ("property", t("The whole house"))]
    return rx.el.div(
        text_field(
            t("Sold from"),
            "rule_occupancy_from",
            unit="%",
            optional=True,
            default_value=S.filled.occupancy_from,
            error=S.errors["occupancy_from"],
            auto_complete="off",
        ),
        text_field(
            t("and below"),
            "rule_occupancy_below",
            unit="%",
            optional=True,
            default_value=S.filled.occupancy_below,
            error=S.errors["occupancy_below"],
            auto_complete="off",
        ),
        select_field(t("of"), "rule_occupancy_of", of, default_value=S.filled.occupancy_of),
        class_name="fields three",
    )


def _last_minute() -> rx.Component:
    return text_field(
        t("Up to so many days before the night"),
        "rule_days_before",
        optional=True,
        input_mode="numeric",
        default_value=S.filled.days_before,
        error=S.errors["days_before"],
        auto_complete="off",
    )


def _only() -> rx.Component:
    every = t("None ticked: all of them.")
    return rx.fragment(
        ticks(t("Room types"), "rule_type", RatePlans.types, S.filled.types, hint=every),
        ticks(
            t("Plans with prices of their own"),
            "rule_plan",
            RatePlans.masters,
            S.filled.plans,
            hint=every,
            error=S.errors["rate_plan_ids"],
        ),
    )


CONDITIONS: tuple[tuple[tuple[str, ...], Callable[[], rx.Component]], ...] = (
    (("weekday",), _weekdays),
    (("season", "event"), _spans),
    (("holiday",), _holidays),
    (("occupancy",), _occupancy),
    (("last_minute",), _last_minute),
)
