"""The form of a room type, drawn."""

from __future__ import annotations

import reflex as rx

from pms.properties.room_type import DESCRIPTION_LONGEST, PARTY_MOST
from pms.ui.kit import checkbox, money_field, number_field, radio, t, text_area, text_field, wrong
from pms.ui.rooms.rows import TYPED_MOST
from pms.ui.rooms.seen_part import preview
from pms.ui.rooms.state import Rooms
from pms.ui.rooms.type_state import TypeBox
from pms.ui.shell.box_parts import row_drawer

S = TypeBox


def type_drawer() -> rx.Component:
    """A room type: what it is called, who fits, what it costs, what it has."""
    return row_drawer(
        S,
        "type",
        S.filled.name,
        t("New room type"),
        text_field(
            t("Name of the room type"), "type_name", default_value=S.filled.name, error=S.errors["type_name"], auto_complete="off"
        ),
        _what(),
        rx.el.div(
            number_field(t("Adults"), "adults", 1, PARTY_MOST, default_value=S.filled.adults, error=S.errors["adults"]),
            number_field(t("Children"), "children", 0, PARTY_MOST, default_value=S.filled.children, error=S.errors["children"]),
            class_name="fields two",
        ),
        money_field(
            t("Price per night"), "base_price", Rooms.currency, default_value=S.filled.price, error=S.errors["base_price"]
        ),
        rx.cond(S.row == "", _first_units(), rx.fragment()),
        text_area(
            t("Description"),
            "description",
            optional=True,
            default_value=S.filled.description,
            error=S.errors["description"],
            max_length=DESCRIPTION_LONGEST,
        ),
        _amenities(),
        archive=(
            t("Archive this room type"),
            t("It and its units leave the calendar. What happened in them stays in the books."),
        ),
    )


def _what() -> rx.Component:
    kind = S.filled.unit_type
    return rx.el.fieldset(
        rx.el.legend(t("What guests book"), class_name="label"),
        rx.el.div(
            radio(t("A whole room"), "unit_type", "room", default_checked=kind != "bed"),
            radio(t("A bed in a shared room"), "unit_type", "bed", default_checked=kind == "bed"),
            class_name="row wrap choices",
        ),
        wrong("unit_type", S.errors["unit_type"]),
        class_name="field",
    )


def _first_units() -> rx.Component:
    return rx.el.div(
        text_field(
            t("Numbers on the doors"),
            "new_units",
            hint=t("Ranges and names: 101-112, 114, A1-A3."),
            optional=True,
            error=S.errors["new_units"],
            max_length=TYPED_MOST,
            on_change=S.preview.debounce(200),
            auto_complete="off",
        ),
        preview(S.seen),
        class_name="stack tight",
    )


def _amenities() -> rx.Component:
    boxes = rx.foreach(
        Rooms.amenities,
        lambda one: checkbox(
            one.name, "amenity." + one.id, id="amenity-" + one.id, default_checked=S.filled.amenities.contains(one.id), key=one.id
        ),
    )
    return rx.cond(
        Rooms.amenities.length() > 0,
        rx.el.fieldset(
            rx.el.legend(t("Amenities"), class_name="label"), rx.el.div(boxes, class_name="ticks"), class_name="field"
        ),
        rx.fragment(),
    )
