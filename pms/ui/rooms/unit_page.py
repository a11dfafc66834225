"""The form of a unit and the one that adds many, drawn."""

from __future__ import annotations

import reflex as rx

from pms.properties.unit_names import NAME_LONGEST
from pms.ui.kit import button, dialog, field, t, text_field, wrong
from pms.ui.rooms.rows import TYPED_MOST
from pms.ui.rooms.seen_part import preview
from pms.ui.rooms.state import Rooms
from pms.ui.rooms.unit_state import FLOOR_LONGEST, AddBox, UnitBox
from pms.ui.shell.box_parts import ending, form_drawer, trouble

S = UnitBox


def unit_drawer() -> rx.Component:
    """One room or bed: its name, its floor, what it counts as, where it stands."""
    order = rx.el.div(
        rx.el.h3(t("Order")),
        rx.el.div(
            button(t("Move earlier"), icon="left", on_click=Rooms.move_unit(S.row, -1)),
            button(t("Move later"), icon="right", on_click=Rooms.move_unit(S.row, 1)),
            class_name="row",
        ),
        class_name="section",
    )
    end = ending(
        S,
        t("Archive this unit"),
        t("It leaves the calendar, and there is one less to sell. What happened in it stays in the books."),
        S.filled.name,
    )
    return form_drawer(
        S,
        "unit",
        S.filled.name,
        text_field(
            t("Name or number"),
            "unit_name",
            default_value=S.filled.name,
            error=S.errors["unit_name"],
            max_length=NAME_LONGEST,
            auto_complete="off",
        ),
        text_field(
            t("Floor"), "floor", default_value=S.filled.floor, optional=True, max_length=FLOOR_LONGEST, auto_complete="off"
        ),
        _kind(),
        trouble(S),
        below=rx.fragment(order, end),
    )


def _kind() -> rx.Component:
    """The types to choose from; drawn anew with the form, so that the present one is chosen."""
    options = rx.foreach(Rooms.types, lambda one: rx.el.option(one.name, value=one.id, key=one.id))
    control = rx.el.select(options, id="unit_kind", name="unit_kind", class_name="input", required=True, default_value=S.kind)
    return field(t("Room type"), control, "unit_kind", error=S.errors["unit_kind"])


def add_dialog() -> rx.Component:
    """Units in bulk, as people write them down."""
    form = rx.el.form(
        text_field(
            t("Numbers on the doors"),
            "added",
            hint=t("Ranges and names: 101-112, 114, A1-A3."),
            error=AddBox.errors["added"],
            max_length=TYPED_MOST,
            on_change=AddBox.preview.debounce(200),
            auto_complete="off",
        ),
        preview(AddBox.seen),
        text_field(t("Floor"), "added_floor", optional=True, max_length=FLOOR_LONGEST, auto_complete="off"),
        wrong("add", AddBox.errors["form"]),
        id="add-form",
        on_submit=AddBox.save,
        class_name="stack",
        key=AddBox.serial,
    )
    return dialog(
        form,
        open=AddBox.open,
        on_close=AddBox.close,
        title=t("Add units to {name}", name=AddBox.name),
        id="add-dialog",
        footer=[button(t("Add"), "primary", type="submit", custom_attrs={"form": "add-form"})],
    )
