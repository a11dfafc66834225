"""The rooms screen: room types in order, each with its rooms or beds."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.kit import button, empty, icon, icon_button, link_button, loading, pill, switch, t, table, table_row, tn, word_of
from pms.ui.rooms.amenity_page import amenities_dialog
from pms.ui.rooms.amenity_state import AmenityBox
from pms.ui.rooms.rows import Chip, Gone, TypeCard
from pms.ui.rooms.state import Rooms
from pms.ui.rooms.type_page import type_drawer
from pms.ui.rooms.type_state import TypeBox
from pms.ui.rooms.unit_page import add_dialog, unit_drawer
from pms.ui.rooms.unit_state import AddBox, UnitBox
from pms.ui.shell import Screen, Session, page_head

UNIT_TYPES = {"room": N_("Rooms"), "bed": N_("Beds")}
MAY = Session.granted["property.manage"]


class _Chip(rx.el.Button):
    """A unit that can be dragged."""

    on_drag_start: rx.EventHandler[rx.event.no_args_event_spec]
    on_drag_over: rx.EventHandler[rx.event.no_args_event_spec]
    on_drop: rx.EventHandler[rx.event.no_args_event_spec]


class _Box(rx.el.Section):
    """A place to drop units into."""

    on_drag_over: rx.EventHandler[rx.event.no_args_event_spec]
    on_drop: rx.EventHandler[rx.event.no_args_event_spec]


def page() -> rx.Component:
    """One property as it is built."""
    actions = (
        _if_may(button(t("Amenities"), on_click=AmenityBox.manage)),
        _if_may(button(t("New room type"), "primary", icon="plus", on_click=TypeBox.add)),
    )
    total = rx.el.span(tn("{n} unit", "{n} units", Rooms.units), class_name="muted")
    body = rx.cond(
        Session.house == "", _no_property(), rx.cond(Rooms.types.length() > 0, rx.foreach(Rooms.types, _type), _no_types())
    )
    archived = switch(t("With archived ones"), "with_archived", checked=Rooms.with_archived, on_change=Rooms.toggle_archived)
    return rx.fragment(
        page_head(t("Rooms and beds"), total, _if_may(archived), actions=actions),
        rx.cond(Rooms.ready, rx.el.div(body, _if_may(_archived()), class_name="page rooms"), loading()),
        rx.cond(MAY, rx.fragment(type_drawer(), unit_drawer(), add_dialog(), amenities_dialog()), rx.fragment()),
    )


def _if_may(what: rx.Component) -> rx.Component:
    return rx.cond(MAY & (Session.house != ""), what, rx.fragment())


def _archived() -> rx.Component:
    """What was taken out of the house, to be brought back."""
    some = table(t("Archived"), [t("Name"), t("What"), t("Archived on"), ""], Rooms.gone, _gone)
    none = rx.el.p(t("Nothing is archived here."), class_name="muted")
    shown = rx.el.section(rx.el.h2(t("Archived")), rx.cond(Rooms.gone.length() > 0, some, none), class_name="stack tight")
    return rx.cond(Rooms.with_archived, shown, rx.fragment())


def _gone(one: Gone) -> rx.Component:
    with_units = rx.cond(
        one.units > 0,
        tn("Room type with {n} unit", "Room type with {n} units", one.units),
        t("Room type without units"),
    )
    back = button(
        t("Bring back"),
        "quiet",
        icon="undo",
        on_click=Rooms.bring_back(one.kind, one.id, one.version),
        aria_label=t("Bring back {name}", name=one.name),
    )
    return table_row(
        rx.el.b(one.name, class_name="strong"),
        rx.cond(one.kind == "type", with_units, one.room_type),
        one.when,
        rx.el.div(back, class_name="row end"),
        key=one.id,
    )


def _no_property() -> rx.Component:
    way = rx.cond(MAY, link_button(t("Properties"), "/properties", "primary"), rx.fragment())
    return empty(t("No property yet"), t("Open your first property; then add its rooms and beds."), way, mark="property")


def _no_types() -> rx.Component:
    way = _if_may(button(t("New room type"), "primary", icon="plus", on_click=TypeBox.add))
    text = t("A room type is what guests book: a double, a suite, a bed in a dorm. Add one with the numbers on its doors.")
    return empty(t("No rooms yet"), text, way, mark="rooms")


def _type(one: TypeCard) -> rx.Component:
    chips = rx.el.ul(
        rx.foreach(one.chips, _chip),
        _if_may(
            rx.el.li(
                button(
                    t("Add units"),
                    "quiet chip-add",
                    icon="plus",
                    on_click=AddBox.add(one.id),
                    aria_label=t("Add units to {name}", name=one.name),
                )
            )
        ),
        class_name="chips",
        role="list",
        aria_label=t("Units of {name}", name=one.name),
    )
    return _Box.create(
        rx.el.header(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(one.name, class_name="cut"),
                    pill(word_of(one.unit_type, UNIT_TYPES), rx.cond(one.unit_type == "bed", "confirmed", "")),
                    rx.el.span(one.chips.length(), class_name="faint num"),
                    class_name="row",
                ),
                _told(one),
                class_name="two-lines grow",
            ),
            _if_may(_tools(one)),
        ),
        rx.cond(one.description != "", rx.el.p(one.description, class_name="muted said"), rx.fragment()),
        chips,
        class_name="card type-card",
        aria_label=one.name,
        key=one.id,
        on_drag_over=rx.prevent_default,
        on_drop=Rooms.drop_in(one.id).prevent_default,
    )


def _told(one: TypeCard) -> rx.Component:
    """Who fits, for how much, with what."""
    parts: list[Any] = [
        tn("{n} adult", "{n} adults", one.adults),
        rx.cond(one.children > 0, rx.fragment(", ", tn("{n} child", "{n} children", one.children)), ""),
        " · ",
        t("{price} a night", price=one.price),
        rx.cond(one.amenities != "", rx.fragment(" · ", one.amenities), ""),
    ]
    return rx.el.span(*parts, class_name="faint")


def _tools(one: TypeCard) -> rx.Component:
    return rx.el.div(
        icon_button(
            "up", t("Move {name} earlier", name=one.name), tip=False, on_click=Rooms.move_type(one.id, -1), disabled=one.first
        ),
        icon_button(
            "down", t("Move {name} later", name=one.name), tip=False, on_click=Rooms.move_type(one.id, 1), disabled=one.last
        ),
        icon_button("edit", t("Change {name}", name=one.name), tip=False, on_click=TypeBox.edit(one.id)),
        class_name="row order",
    )


def _chip(one: Chip) -> rx.Component:
    inside = [
        rx.el.b(one.name, class_name="cut"),
        rx.cond(one.floor != "", rx.el.span(one.floor, class_name="faint cut"), rx.fragment()),
    ]
    editable = _Chip.create(
        icon("grip", small=True, class_name="grip"),
        *inside,
        type="button",
        class_name="chip",
        draggable=True,
        on_click=UnitBox.edit(one.id),
        on_drag_start=Rooms.pick_up(one.id),
        on_drag_over=rx.prevent_default,
        on_drop=Rooms.drop_on(one.id).prevent_default.stop_propagation,
    )
    return rx.el.li(rx.cond(MAY, editable, rx.el.span(*inside, class_name="chip")), key=one.id)


SCREEN = Screen(route="/rooms", title=N_("Rooms and beds"), draw=page, on_load=Rooms.load, permission="property.view")
