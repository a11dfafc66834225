"""The form of a policy, drawn, with the sentence guests will read."""

from __future__ import annotations

import reflex as rx

from pms.ui.kit import note, t, text_field, wrong
from pms.ui.rate_plans.parts import HeardForm, line, lines, more, number_small, small_field
from pms.ui.rate_plans.policy_state import PolicyBox, TierLine
from pms.ui.rate_plans.state import RatePlans
from pms.ui.shell.box_parts import row_drawer

S = PolicyBox
IS_CANCELLATION = S.kind == "cancellation"


def policy_drawer() -> rx.Component:
    """A policy: its name and its steps."""
    return row_drawer(
        S,
        "policy",
        S.name,
        rx.cond(IS_CANCELLATION, t("New cancellation policy"), t("New deposit policy")),
        *_fields(),
        archive=(t("Archive this policy"), t("Plans cannot choose it any longer. Bookings made under it keep it.")),
        wide=True,
        form=HeardForm.create,
        on_change=S.preview.debounce(250),
    )


def _fields() -> list[rx.Component]:
    return [
        text_field(t("Name"), "policy_name", default_value=S.name, error=S.errors["name"], auto_complete="off"),
        note(S.sentence, mark="info"),
        lines(
            rx.cond(IS_CANCELLATION, t("What cancelling costs"), t("What is due before arrival")),
            S.tiers,
            _tier,
            S.add_tier,
            t("Add a step"),
            "policy_tiers",
            S.errors["tiers"],
            hint=rx.cond(
                IS_CANCELLATION,
                t("Days left blank: from the booking on. Nights left blank: of the whole stay."),
                t("Days left blank: at once. Nights left blank: of the whole stay."),
            ),
        ),
        rx.cond(IS_CANCELLATION, _no_show(), rx.fragment()),
    ]


def _tier(one: rx.Var[TierLine]) -> rx.Component:
    name = "policy_" + one.n
    clock = small_field(t("Time"), name + ".time", one.time, type="time")
    return line(
        number_small(t("Days before arrival"), name + ".days", one.days),
        rx.cond(IS_CANCELLATION, clock, rx.fragment()),
        *_costs(name, one),
        drop=S.drop_tier(one.n),
        key=one.n,
    )


def _costs(name: rx.Var[str] | str, one: rx.Var[TierLine]) -> tuple[rx.Component, ...]:
    return (
        number_small(t("Per cent"), name + ".percent", one.percent, unit="%"),
        number_small(t("of the first nights"), name + ".nights", one.nights),
        number_small(t("plus"), name + ".fixed", one.fixed, unit=RatePlans.currency),
    )


def _no_show() -> rx.Component:
    return more(
        t("Guests who do not arrive"),
        rx.el.span(t("Left blank, not arriving costs what the last step does."), class_name="hint"),
        rx.el.div(*_costs("policy_no_show", S.no_show), class_name="line-fields"),
        wrong("policy_no_show", S.errors["no_show"]),
    )
