"""The rate plans screen: how prices come about, in five parts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.kit import (
    button,
    empty,
    icon,
    icon_button,
    loading,
    pill,
    segmented,
    switch,
    t,
    table,
    table_row,
    word_of,
)
from pms.ui.rate_plans.band_state import BandBox
from pms.ui.rate_plans.guest_page import bands_dialog, party_drawer
from pms.ui.rate_plans.party_state import PartyBox
from pms.ui.rate_plans.plan_page import plan_drawer, quick_start
from pms.ui.rate_plans.plan_state import PlanBox
from pms.ui.rate_plans.policy_page import policy_drawer
from pms.ui.rate_plans.policy_state import PolicyBox
from pms.ui.rate_plans.rows import BandRow, GonePlan, PartyRow, PlanRow, PolicyRow, RuleRow, TaxRow
from pms.ui.rate_plans.rule_page import KINDS, rule_drawer
from pms.ui.rate_plans.rule_state import RuleBox
from pms.ui.rate_plans.state import RatePlans as S
from pms.ui.rate_plans.tax_page import tax_drawer
from pms.ui.rate_plans.tax_state import TaxBox
from pms.ui.shell import Screen, Session, page_head

MAY = Session.granted["rate.manage"]


class _Row(rx.el.Tr):
    """A rule that can be dragged."""

    on_drag_start: rx.EventHandler[rx.event.no_args_event_spec]
    on_drag_over: rx.EventHandler[rx.event.no_args_event_spec]
    on_drop: rx.EventHandler[rx.event.no_args_event_spec]


def page() -> rx.Component:
    """One property's rates as they are set up."""
    tabs = segmented(
        t("Part"),
        S.tab,
        [
            ("plans", t("Plans")),
            ("rules", t("Price rules")),
            ("guests", t("Guests and children")),
            ("policies", t("Policies")),
            ("taxes", t("Taxes and fees")),
        ],
        S.choose,
    )
    body = rx.match(S.tab, ("rules", _rules()), ("guests", _guests()), ("policies", _policies()), ("taxes", _taxes()), _plans())
    shown = rx.cond(Session.house == "", empty(t("No property yet"), t("Open your first property; then set up its rates.")), body)
    forms = rx.fragment(plan_drawer(), rule_drawer(), party_drawer(), bands_dialog(), policy_drawer(), tax_drawer())
    return rx.fragment(
        page_head(t("Rate plans"), rx.el.div(tabs, class_name="tabs"), actions=(_actions(),)),
        rx.cond(S.ready, rx.el.div(shown, class_name="page rate-plans"), loading()),
        rx.cond(MAY, forms, rx.fragment()),
    )


def _actions() -> rx.Component:
    return _if_may(
        rx.match(
            S.tab,
            ("plans", button(t("New plan"), "primary", icon="plus", on_click=PlanBox.add)),
            ("rules", button(t("New rule"), "primary", icon="plus", on_click=RuleBox.add)),
            ("taxes", button(t("New tax or fee"), "primary", icon="plus", on_click=TaxBox.add)),
            rx.fragment(),
        )
    )


def _if_may(what: rx.Component) -> rx.Component:
    return rx.cond(MAY & (Session.house != ""), what, rx.fragment())


def _named(name: Any, edit: Any, *marks: Any) -> rx.Component:
    """A row's name, a button for who may change it."""
    button_name = rx.el.button(name, type="button", class_name="as-link strong", on_click=edit)
    return rx.el.div(rx.cond(MAY, button_name, rx.el.b(name, class_name="strong")), *marks, class_name="row wrap")


def _order(name: Any, move: Any, id: Any, first: Any, last: Any) -> rx.Component:
    up = icon_button("up", t("Move {name} earlier", name=name), tip=False, on_click=move(id, -1), disabled=first)
    down = icon_button("down", t("Move {name} later", name=name), tip=False, on_click=move(id, 1), disabled=last)
    return _if_may(rx.el.div(up, down, class_name="row order end"))


def _plans() -> rx.Component:
    columns = [t("Plan"), t("Price"), t("Meals"), t("Cancellation and deposit"), t("Who may buy it"), ""]
    start = rx.cond(S.plans.length() == 1, _if_may(quick_start()), rx.fragment())
    archived = switch(t("With archived ones"), "with_archived", checked=S.with_archived, on_change=S.toggle_archived)
    return rx.fragment(
        table(t("Plans"), columns, S.plans, _plan),
        start,
        _if_may(rx.el.div(archived, class_name="row")),
        rx.cond(S.with_archived, _archived(), rx.fragment()),
    )


def _plan(one: PlanRow) -> rx.Component:
    by_default = rx.cond(one.is_first_choice, pill(t("By default"), "confirmed"), rx.fragment())
    name = _named(one.name, PlanBox.edit(one.id), pill(one.code), by_default)
    return table_row(
        rx.el.td(name, class_name=rx.cond(one.derived, "derived", "")),
        rx.el.td(one.formula, class_name="nowrap-wide"),
        rx.el.td(one.meals, class_name="nowrap"),
        rx.el.td(
            rx.el.div(rx.el.span(one.cancellation), rx.el.span(one.deposit, class_name="faint"), class_name="two-lines"),
            class_name="text",
        ),
        rx.el.td(
            rx.el.div(
                rx.el.span(one.buyers),
                rx.foreach(one.terms, lambda term: rx.el.span(term, class_name="faint", key=term)),
                class_name="two-lines",
            )
        ),
        _order(one.name, S.move_plan, one.id, one.first, one.last),
        key=one.id,
    )


def _archived() -> rx.Component:
    def gone(one: GonePlan) -> rx.Component:
        back = button(
            t("Bring back"),
            "quiet",
            icon="undo",
            on_click=S.bring_back(one.id, one.version),
            aria_label=t("Bring back {name}", name=one.name),
        )
        return table_row(
            rx.el.div(rx.el.b(one.name, class_name="strong"), pill(one.code), class_name="row"),
            one.when,
            rx.el.div(back, class_name="row end"),
            key=one.id,
        )

    some = table(t("Archived"), [t("Plan"), t("Archived on"), ""], S.gone, gone)
    none = rx.el.p(t("Nothing is archived here."), class_name="muted")
    return rx.el.section(rx.el.h2(t("Archived")), rx.cond(S.gone.length() > 0, some, none), class_name="stack tight")


def _rules() -> rx.Component:
    columns = [t("Rule"), t("When"), t("What it does"), t("On"), ""]
    text = t("Prices begin at the room type's own. A rule moves them on some nights: weekends, a season, a fair, a full house.")
    none = empty(t("No rules yet"), text, _if_may(button(t("New rule"), "primary", icon="plus", on_click=RuleBox.add)), "plans")
    hint = rx.el.p(
        t("Rules work one after the other, from top to bottom, on plans with prices of their own."), class_name="muted"
    )
    return rx.cond(S.rules.length() > 0, rx.fragment(hint, table(t("Price rules"), columns, S.rules, _rule)), none)


def _rule(one: RuleRow) -> rx.Component:
    grip = rx.cond(MAY, icon("grip", small=True, class_name="grip"), rx.fragment())
    word = rx.cond(one.is_on, t("On"), t("Off"))
    turn = switch(
        rx.el.span(word, class_name="sr"),
        "rule-on",
        id="rule-on-" + one.id,
        checked=one.is_on,
        on_change=S.switch(one.id, one.version),
        aria_label=one.name,
    )
    row = table_row(
        rx.el.div(grip, _named(one.name, RuleBox.edit(one.id), pill(word_of(one.kind, KINDS))), class_name="row"),
        one.condition,
        rx.el.td(
            rx.el.div(
                rx.el.b(one.effect, class_name="strong"),
                rx.el.span(one.example, class_name="faint nowrap"),
                class_name="two-lines",
            )
        ),
        rx.cond(MAY, turn, word),
        _order(one.name, S.move_rule, one.id, one.first, one.last),
    )
    return _Row.create(
        *row.children,
        role="row",
        key=one.id,
        class_name=rx.cond(one.is_on, "", "rests"),
        draggable=MAY,
        on_drag_start=S.pick_up(one.id),
        on_drag_over=rx.prevent_default,
        on_drop=S.drop_on(one.id).prevent_default,
    )


def _guests() -> rx.Component:
    columns = [t("Room type"), t("Price for"), t("Further adult"), t("One alone"), t("Children"), t("Limits")]
    none = empty(t("No rooms yet"), t("Add room types first; then say what parties pay in them."), mark="rooms")
    return rx.fragment(
        rx.cond(S.parties.length() > 0, table(t("What parties pay"), columns, S.parties, _party), none),
        rx.el.section(
            rx.el.header(rx.el.h2(t("Age bands")), _if_may(button(t("Change"), "quiet", icon="edit", on_click=BandBox.manage))),
            rx.cond(
                S.bands.length() > 0,
                rx.el.ul(rx.foreach(S.bands, _band), class_name="chips", role="list"),
                rx.el.p(t("Children are not told apart by age here. Nothing is charged for them."), class_name="muted pad"),
            ),
            class_name="card",
        ),
    )


def _party(one: PartyRow) -> rx.Component:
    def or_none(value: Any) -> Any:
        return rx.cond(value != "", value, "–")

    return table_row(
        _named(one.name, PartyBox.edit(one.id)),
        one.base,
        one.extra,
        or_none(one.single),
        or_none(one.children),
        or_none(one.limits),
        key=one.id,
    )


def _band(one: BandRow) -> rx.Component:
    return rx.el.li(rx.el.span(rx.el.b(one.name), rx.el.span(one.ages, class_name="faint"), class_name="chip"), key=one.name)


def _policies() -> rx.Component:
    return rx.fragment(
        _policy_card(
            t("Cancellation"),
            S.cancellations,
            "cancellation",
            t("None yet: every plan can be cancelled free of charge until arrival."),
        ),
        _policy_card(t("Deposit"), S.deposits, "deposit", t("None yet: every plan is paid at the property.")),
    )


def _policy_card(title: Any, rows: Any, kind: str, none: Any) -> rx.Component:
    columns = [t("Policy"), t("What guests read"), t("Plans")]
    add = button(
        rx.fragment(t("New policy")),
        "quiet",
        icon="plus",
        on_click=PolicyBox.add(kind),
        aria_label=t("New policy: {kind}", kind=title),
    )
    return rx.el.section(
        rx.el.div(rx.el.h2(title), _if_may(add), class_name="row between"),
        rx.cond(rows.length() > 0, table(title, columns, rows, _policy), rx.el.p(none, class_name="muted")),
        class_name="stack tight",
    )


def _policy(one: PolicyRow) -> rx.Component:
    return table_row(
        _named(one.name, PolicyBox.edit(one.id)),
        rx.el.td(one.sentence, class_name="wraps text"),
        rx.cond(one.plans != "", one.plans, "–"),
        key=one.id,
    )


def _taxes() -> rx.Component:
    columns = [t("Name"), t("Amount"), t("Prices"), t("Limits")]
    text = t("VAT, city tax, a resort fee: what is in your prices, and what guests pay on top.")
    way = _if_may(button(t("New tax or fee"), "primary", icon="plus", on_click=TaxBox.add))
    return rx.cond(
        S.taxes.length() > 0, table(t("Taxes and fees"), columns, S.taxes, _tax), empty(t("No taxes yet"), text, way, "folio")
    )


def _tax(one: TaxRow) -> rx.Component:
    return table_row(
        _named(one.name, TaxBox.edit(one.id)),
        one.amount,
        rx.cond(one.included, t("In the prices"), t("On top")),
        rx.cond(one.limits != "", one.limits, "–"),
        key=one.id,
    )


SCREEN = Screen(route="/rate-plans", title=N_("Rate plans"), draw=page, on_load=S.load, permission="property.view")
