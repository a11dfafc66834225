"""The properties screen."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.kit import (
    button,
    empty,
    icon_button,
    loading,
    pill,
    select_field,
    switch,
    t,
    text_field,
    time_field,
    tn,
)
from pms.ui.properties.rows import Card
from pms.ui.properties.state import Properties
from pms.ui.shell import Screen, page_head
from pms.ui.shell.box_parts import row_drawer

S = Properties


def page() -> rx.Component:
    """A card for each property."""
    archived = switch(
        t("With archived ones"), "with_archived", checked=S.with_archived, on_change=S.toggle_archived, id="with-archived"
    )
    grid = rx.cond(
        S.cards.length() > 0,
        rx.el.ul(rx.foreach(S.cards, _card), class_name="houses", role="list"),
        empty(
            t("No property yet"),
            t("Open your first property; then add its rooms and beds."),
            button(t("New property"), "primary", icon="plus", on_click=S.add),
            mark="property",
        ),
    )
    return rx.fragment(
        page_head(t("Properties"), archived, actions=(button(t("New property"), "primary", icon="plus", on_click=S.add),)),
        rx.cond(S.ready, rx.el.div(grid, class_name="page"), loading()),
        _form(),
    )


def _card(one: Card) -> rx.Component:
    head = rx.el.header(
        rx.el.div(
            rx.el.h2(one.name, class_name="cut"),
            rx.el.span(one.place, class_name="faint cut"),
            class_name="two-lines grow",
        ),
        rx.cond(one.archived, pill(t("Archived")), _order(one)),
    )
    facts = rx.el.dl(
        _fact(t("Rooms and beds"), _size(one)),
        _fact(t("Check-in from"), one.check_in),
        _fact(t("Check-out until"), one.check_out),
        _fact(t("Currency"), one.currency),
        _fact(t("Timezone"), one.zone),
        class_name="facts pad",
    )
    foot = rx.el.footer(
        button(t("Rooms and beds"), "quiet", icon="rooms", on_click=S.open_rooms(one.id)),
        rx.el.div(class_name="grow"),
        button(t("Change"), "quiet", icon="edit", on_click=S.edit(one.id), aria_label=t("Change {name}", name=one.name)),
    )
    back = rx.el.footer(
        rx.el.div(class_name="grow"),
        button(
            t("Bring back"),
            "quiet",
            icon="undo",
            on_click=S.bring_back(one.id, one.version),
            aria_label=t("Bring back {name}", name=one.name),
        ),
    )
    return rx.el.li(head, facts, rx.cond(one.archived, back, foot), class_name="card house-card", key=one.id)


def _size(one: Card) -> Any:
    return rx.fragment(tn("{n} unit", "{n} units", one.units), " · ", tn("{n} room type", "{n} room types", one.room_types))


def _fact(words: Any, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(rx.el.b(value)))


def _order(one: Card) -> rx.Component:
    earlier = icon_button(
        "up", t("Move {name} earlier", name=one.name), tip=False, on_click=S.move(one.id, -1), disabled=one.first
    )
    later = icon_button("down", t("Move {name} later", name=one.name), tip=False, on_click=S.move(one.id, 1), disabled=one.last)
    return rx.cond(S.several, rx.el.div(earlier, later, class_name="row order"), rx.fragment())


def _form() -> rx.Component:
    return row_drawer(
        S,
        "property",
        S.filled.name,
        t("New property"),
        text_field(
            t("Property name"), "property_name", default_value=S.filled.name, error=S.errors["property_name"], auto_complete="off"
        ),
        text_field(t("City"), "city", default_value=S.filled.city, optional=True, auto_complete="off"),
        select_field(
            t("Country"), "country", S.countries, value=S.filled.country, on_change=S.choose_country, error=S.errors["country"]
        ),
        select_field(
            t("Timezone"),
            "timezone",
            S.timezones,
            value=S.filled.timezone,
            on_change=S.choose_timezone,
            error=S.errors["timezone"],
        ),
        select_field(
            t("Currency"),
            "currency",
            S.currencies,
            value=S.filled.currency,
            on_change=S.choose_currency,
            error=S.errors["currency"],
        ),
        rx.el.div(
            time_field(t("Check-in from"), "check_in_time", default_value=S.filled.check_in_time),
            time_field(t("Check-out until"), "check_out_time", default_value=S.filled.check_out_time),
            class_name="fields two",
        ),
        archive=(
            t("Archive this property"),
            t("It leaves the calendar and cannot be sold any more. Its reservations and books stay."),
        ),
    )


SCREEN = Screen(route="/properties", title=N_("Properties"), draw=page, on_load=Properties.load, permission="property.manage")
