"""The drawer of a new reservation, drawn."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.calendar.block_state import BlockBox
from pms.ui.calendar.booking_room import Draft
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.kit import button, drawer, form_error, icon, icon_button, select_field, t, text_area, text_field
from pms.ui.shell import Session

S = NewBooking
STATUSES = (("confirmed", N_("Confirmed")), ("tentative", N_("Tentative")))
SOURCES = ("desk", "phone", "e-mail", "website", "Booking.com", "Expedia", "Airbnb", "Agoda")


def booking_drawer() -> rx.Component:
    """The form; rooms are kept by the state, the rest is sent with the form."""
    form = rx.el.form(
        _guest(),
        rx.foreach(S.rooms, _room),
        rx.el.div(button(t("Add a room"), "quiet", icon="plus", on_click=S.add_room), class_name="row"),
        rx.cond(S.reservation != "", rx.fragment(), _rest()),
        id="booking-form",
        on_submit=S.save,
        class_name="stack",
        key=S.serial,
    )
    footer = [
        rx.cond(
            Session.granted["block.manage"],
            button(t("Block instead"), "quiet", on_click=BlockBox.begin_from_booking),
            rx.fragment(),
        ),
        button(t("Book"), "primary", type="submit", custom_attrs={"form": "booking-form"}),
    ]
    body = rx.fragment(form, form_error(S.errors["form"]))
    return drawer(
        body,
        open=S.open,
        on_close=S.close,
        title=rx.cond(S.reservation != "", t("Add a room"), t("New reservation")),
        id="booking-drawer",
        footer=footer,
        wide=True,
    )


def _guest() -> rx.Component:
    match = lambda one: rx.el.button(  # noqa: E731
        rx.el.b(one[1]),
        rx.el.small(one[2]),
        type="button",
        class_name="match",
        on_click=S.choose_guest(one[0]),
        key=one[0],
        role="option",
    )
    found = rx.cond(
        S.matches.length() > 0,
        rx.el.div(
            rx.el.small(t("Has been here before?")),
            rx.foreach(S.matches, match),
            class_name="matches",
            role="listbox",
            aria_label=t("Guests found"),
        ),
        rx.fragment(),
    )
    new = rx.el.div(
        rx.el.div(
            text_field(
                t("Last name"),
                "last_name",
                error=S.errors["last_name"],
                on_change=S.search.debounce(220),
                auto_complete="off",
                auto_focus=True,
            ),
            text_field(t("First name"), "first_name", optional=True, error=S.errors["first_name"], auto_complete="off"),
            class_name="fields two",
        ),
        found,
        rx.el.div(
            text_field(t("E-mail"), "email", optional=True, type="email", error=S.errors["email"], auto_complete="off"),
            text_field(t("Phone"), "phone", optional=True, type="tel", error=S.errors["phone"], auto_complete="off"),
            class_name="fields two",
        ),
        class_name="stack",
    )
    known = rx.el.div(
        icon("guests"),
        rx.el.b(S.guest_name, class_name="grow"),
        icon_button("close", t("Another guest"), tip=False, on_click=S.forget_guest),
        class_name="chosen",
    )
    return rx.cond(S.guest != "", known, new)


def _room(room: rx.Var[Draft], n: rx.Var[int]) -> rx.Component:
    drop = rx.cond(
        S.rooms.length() > 1, icon_button("close", t("Remove this room"), tip=False, on_click=S.drop_room(n)), rx.fragment()
    )
    return rx.el.fieldset(
        rx.el.div(rx.el.h3(t("Room {n}", n=(n + 1).to_string()), class_name="grow"), drop, class_name="row"),
        rx.el.div(*_place_and_party(room, n), *_plan_and_price(room, n), class_name="fields two"),
        _costs(room, n),
        class_name="room section",
        key=n,
    )


def _place_and_party(room: rx.Var[Draft], n: rx.Var[int]) -> list[rx.Component]:
    has_children = (room.children != "0") & (room.children != "")
    ages = _typed(t("Ages of the children"), "ages", room.ages, n, need=False, placeholder="4, 9", auto_complete="off")
    return [
        _typed(t("Arrival"), "arrival", room.arrival, n, type="date"),
        _typed(t("Departure"), "departure", room.departure, n, type="date"),
        _chosen(t("Room type"), "type", room.type, S.types, n),
        _chosen(t("Unit"), "unit", room.unit, room.units, n, rx.el.option(t("Unassigned"), value="")),
        _typed(t("Adults"), "adults", room.adults, n, type="number", min=1, max=99, input_mode="numeric"),
        _typed(t("Children"), "children", room.children, n, type="number", min=0, max=99, input_mode="numeric"),
        rx.cond(has_children, ages, rx.fragment()),
    ]


def _plan_and_price(room: rx.Var[Draft], n: rx.Var[int]) -> list[rx.Component]:
    agreed = t("Agreed price per night, {currency}", currency=S.currency)
    usual = {"placeholder": room.usual, "input_mode": "decimal", "auto_complete": "off"}
    reason = _typed(t("Reason for this price"), "reason", room.reason, n, need=False, max_length=200)
    return [
        _chosen(t("Rate plan"), "plan", room.plan, room.plans, n),
        _typed(agreed, "price", room.price, n, need=False, type="text", **usual),
        rx.cond(room.price != "", reason, rx.fragment()),
    ]


def _name(what: str, n: rx.Var[int]) -> rx.Var[str]:
    return rx.Var.create(f"{what}-") + n.to_string()


def _put(what: str, n: rx.Var[int]) -> Any:
    return lambda value: S.set_room(n, what, value)


def _typed(label: Any, what: str, value: Any, n: rx.Var[int], need: bool = True, **props: Any) -> rx.Component:
    name = _name(what, n)
    control = rx.el.input(id=name, value=value, on_change=_put(what, n), class_name="input", required=need, **props)
    return _labelled(label, name, control)


def _chosen(label: Any, what: str, value: Any, choices: Any, n: rx.Var[int], *before: rx.Component) -> rx.Component:
    """One of several [value, words]."""
    name = _name(what, n)
    options = rx.foreach(choices, lambda one: rx.el.option(one[1], value=one[0], key=one[0]))
    control = rx.el.select(*before, options, id=name, value=value, on_change=_put(what, n), class_name="input")
    return _labelled(label, name, control)


def _costs(room: rx.Var[Draft], n: rx.Var[int]) -> rx.Component:
    """What the plan asks, what it promises, and what stands against it."""
    despite = rx.el.label(
        rx.el.input(type="checkbox", checked=room.despite, on_change=lambda on: S.sell_despite(n, on)),
        rx.el.span(t("Sell it all the same")),
        class_name="check",
    )
    forbidden = rx.el.div(
        rx.el.span(room.forbidden),
        rx.cond(Session.granted["rate.override"], despite, rx.fragment()),
        class_name="against",
        role="alert",
    )
    return rx.el.div(
        rx.cond(room.costs != "", rx.el.p(room.costs, class_name="costs", aria_live="polite"), rx.fragment()),
        rx.cond((room.costs != "") & (room.others.length() > 0), _second_currency(room, n), rx.fragment()),
        rx.cond(room.promise != "", rx.el.p(room.promise, class_name="promise"), rx.fragment()),
        rx.cond(room.forbidden != "", forbidden, rx.fragment()),
        class_name="room-price",
    )


def _second_currency(room: rx.Var[Draft], n: rx.Var[int]) -> rx.Component:
    """About how much it is in another currency, for a guest who asks."""
    name = _name("display", n)
    choices = rx.foreach(room.others, lambda code: rx.el.option(code, value=code, key=code))
    chosen = rx.cond(room.about != "", S.shown_in, "")
    return rx.el.div(
        rx.el.label(t("Show also in"), html_for=name),
        rx.el.select(rx.el.option("–", value=""), choices, id=name, value=chosen, on_change=S.show_in, class_name="input"),
        rx.cond(room.about != "", rx.el.span(room.about, aria_live="polite"), rx.fragment()),
        class_name="about",
    )


def _labelled(label: Any, name: rx.Var[str], control: rx.Component) -> rx.Component:
    wrong = S.errors[name]
    return rx.el.div(
        rx.el.label(label, html_for=name),
        control,
        rx.cond(wrong, rx.el.span(wrong, class_name="wrong", role="alert"), rx.fragment()),
        class_name="field",
    )


def _rest() -> rx.Component:
    sources = rx.fragment(
        text_field(t("Source"), "source", default_value="desk", error=S.errors["source"], list="sources"),
        rx.el.datalist(*[rx.el.option(value=one) for one in SOURCES], id="sources"),
    )
    return rx.el.div(
        rx.el.div(
            select_field(t("Status"), "status", [(code, t(words)) for code, words in STATUSES], error=S.errors["status"]),
            rx.el.div(sources),
            class_name="fields two",
        ),
        text_field(t("Tags"), "tags", optional=True, hint=t("Separated by commas"), error=S.errors["tags"]),
        text_area(t("Notes"), "notes", optional=True, error=S.errors["notes"]),
        class_name="stack section",
    )
