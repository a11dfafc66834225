"""The blocks screen."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.blocks.rows import BlockRow, Group, Pick
from pms.ui.blocks.state import Blocks
from pms.ui.kit import (
    button,
    date_field,
    empty,
    icon_button,
    link,
    loading,
    pill,
    radio,
    t,
    table,
    table_row,
    text_field,
    tn,
    word_of,
    wrong,
)
from pms.ui.shell import Screen, Session, page_head
from pms.ui.shell.box_parts import form_drawer, trouble

S = Blocks
MAY = Session.granted["block.manage"]
KINDS = {"out_of_order": N_("Out of order"), "out_of_service": N_("Out of service")}


def page() -> rx.Component:
    """Present and coming blocks, by date."""
    new = rx.cond(MAY & (Session.house != ""), button(t("Block units"), "primary", icon="plus", on_click=S.add), rx.fragment())
    columns = [t("Unit"), t("Kind"), t("Nights"), t("Reason"), t("By"), ""]
    lines = table(t("Blocks"), columns, S.lines, _line)
    nothing = empty(
        t("Nothing is blocked"),
        t("Units that cannot be sold, or need a look first, stand here: a repair, new paint, a deep clean."),
        mark="block",
    )
    return rx.fragment(
        page_head(t("Blocks"), actions=(new,)),
        rx.cond(S.ready, rx.el.div(rx.cond(S.lines.length() > 0, lines, nothing), class_name="page"), loading()),
        _form(),
    )


def _line(one: BlockRow) -> rx.Component:
    mark = rx.el.span(class_name=rx.cond(one.kind == "out_of_order", "hatched", "hatched look"), aria_hidden="true")
    unit = rx.el.div(
        rx.el.b(one.unit, class_name="strong"), rx.el.span(one.room_type, class_name="faint cut"), class_name="two-lines"
    )
    nights = rx.el.div(
        link(
            one.first, " – ", one.end, href=one.href, class_name="nowrap", aria_label=t("{unit} on the calendar", unit=one.unit)
        ),
        rx.el.span(tn("{n} night", "{n} nights", one.nights), class_name="faint"),
        rx.cond(one.present, pill(t("Now"), "warn"), rx.fragment()),
        class_name="row wrap",
    )
    tools = rx.el.div(
        icon_button("edit", t("Change the block of {unit}", unit=one.unit), tip=False, on_click=S.edit(one.id)),
        button(t("Lift"), "quiet", on_click=S.lift(one.id, one.version), aria_label=t("Lift the block of {unit}", unit=one.unit)),
        class_name="row end",
    )
    return table_row(
        unit,
        rx.el.div(mark, word_of(one.kind, KINDS), class_name="row nowrap"),
        nights,
        rx.el.td(one.reason, class_name="wraps"),
        one.by,
        rx.cond(MAY, tools, rx.fragment()),
        key=one.id,
    )


def _form() -> rx.Component:
    kind = S.filled.kind
    return form_drawer(
        S,
        "block",
        rx.cond(S.row != "", t("Block {unit}", unit=S.filled.unit), t("Block units")),
        rx.cond(S.row == "", _units(), rx.fragment()),
        rx.el.fieldset(
            rx.el.legend(t("Kind"), class_name="label"),
            rx.el.div(
                radio(
                    t("Out of order"),
                    "block_kind",
                    "out_of_order",
                    hint=t("Not for sale."),
                    default_checked=kind == "out_of_order",
                ),
                radio(
                    t("Out of service"),
                    "block_kind",
                    "out_of_service",
                    hint=t("For sale, but look at it first."),
                    default_checked=kind == "out_of_service",
                ),
                class_name="row wrap choices",
            ),
            wrong("block_kind", S.errors["block_kind"]),
            class_name="field",
        ),
        rx.el.div(
            date_field(t("First night"), "first_night", default_value=S.filled.first),
            date_field(t("Free again on"), "end_night", default_value=S.filled.end, error=S.errors["end_night"]),
            class_name="fields two",
        ),
        text_field(
            t("Reason"), "reason", default_value=S.filled.reason, error=S.errors["reason"], max_length=200, auto_complete="off"
        ),
        trouble(S),
        save=rx.cond(S.row != "", t("Save"), t("Block")),
    )


def _units() -> rx.Component:
    some = rx.el.div(rx.foreach(S.groups, _group), class_name="picks", tab_index=-1)
    none = rx.el.p(t("This property has no units yet."), class_name="muted")
    return rx.el.fieldset(
        rx.el.legend(t("Units"), class_name="label"),
        rx.cond(S.groups.length() > 0, some, none),
        wrong("units", S.errors["units"]),
        class_name="field",
    )


def _group(one: Group) -> rx.Component:
    return rx.el.div(
        rx.el.h3(one.name),
        rx.el.div(rx.foreach(one.picks, _pick), class_name="units"),
        role="group",
        aria_label=one.name,
        key=one.name,
    )


def _pick(one: Pick) -> rx.Component:
    name = "unit." + one.id
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, id=name), rx.el.span(one.name), class_name="pick", html_for=name, key=one.id
    )


SCREEN = Screen(route="/blocks", title=N_("Blocks"), draw=page, on_load=Blocks.load, permission="block.manage")
