"""The drawer of one stay, drawn."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.drawer_deal import deal_part
from pms.ui.calendar.drawer_parts import fact, form, section, select
from pms.ui.calendar.drawer_prices import plan_part, prices_part, stay_asked, weighed
from pms.ui.calendar.drawer_reports import reports_part
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.ways import letters, oversold_note
from pms.ui.kit import (
    button,
    date_field,
    drawer,
    icon,
    number_field,
    pill,
    t,
    text_area,
    text_field,
    tn,
    word_of,
)
from pms.ui.kit.badge import STATUS_KINDS
from pms.ui.shell import Session

STATUS_WORDS = {
    "tentative": N_("Tentative"),
    "confirmed": N_("Confirmed"),
    "checked_in": N_("In house"),
    "checked_out": N_("Checked out"),
    "cancelled": N_("Cancelled"),
    "no_show": N_("No-show"),
}
ACTION_WORDS = {
    "confirm": N_("Confirm"),
    "check_in": N_("Check in"),
    "check_out": N_("Check out"),
    "cancel": N_("Cancel the stay"),
    "no_show": N_("No-show"),
    "undo_check_in": N_("Undo check-in"),
    "undo_check_out": N_("Undo check-out"),
    "reinstate": N_("Reinstate"),
}
COST_WORDS = {"room": N_("Room, all nights"), "transport": N_("Transport"), "compensation": N_("Compensation for the guest")}
KINDS = rx.Var.create(STATUS_KINDS)

S, C = StayDrawer, StayDrawer.card


def stay_drawer() -> rx.Component:
    """The drawer; below stands what can be done, or the question before a cancellation."""
    money = [deal_part(), plan_part(), prices_part()]
    parts = [_lodging(), _stay(), *money, _guest(), _reservation(), reports_part(), _others(), _history()]
    body = rx.el.div(*parts, class_name="stack", key=C.stay)
    head = rx.el.div(
        pill(word_of(C.status, STATUS_WORDS), KINDS[C.status].to(str)),
        rx.cond(C.name != C.code, rx.el.span(C.code, class_name="faint num"), rx.fragment()),
        class_name="row",
    )
    footer = rx.cond(S.asking == "", _actions(), _sure())
    return drawer(body, open=S.open, on_close=S.close, title=C.name, id="stay-drawer", head=head, footer=[footer])


def _lodging() -> rx.Component:
    """That a night of the stay is oversold, with the ways out; or where the guest sleeps instead."""

    def cost(one: rx.Var[list[str]]) -> rx.Component:
        payer = rx.cond(one[1] == "house", t("We pay"), t("The guest pays"))
        return fact(word_of(one[0], COST_WORDS) + " · " + payer, one[2])

    gone = rx.el.div(
        rx.el.div(fact(t("Sleeps instead at"), C.elsewhere), rx.foreach(C.costs, cost), class_name="facts"),
        rx.cond(C.walked, letters(C.stay), rx.fragment()),
        class_name="stack",
    )
    return rx.cond(C.oversold, oversold_note(C.stay), rx.cond(C.elsewhere != "", gone, rx.fragment()))


def _sure() -> rx.Component:
    """The question before a cancellation: whose, which rooms, how many nights."""
    whole = S.asking == "whole"
    rooms = rx.cond(whole, C.rooms, [C.place + " · " + C.comes.split(",")[0] + " – " + C.goes.split(",")[0]])
    nights = rx.cond(whole, C.room_nights, C.nights)
    on_sale = tn("{n} night is on sale again at once.", "{n} nights are on sale again at once.", nights)
    return rx.el.div(
        rx.el.p(
            rx.cond(whole, t("Cancel the reservation of {guest}?", guest=C.name), t("Cancel the stay of {guest}?", guest=C.name)),
            class_name="strong",
        ),
        rx.el.ul(rx.foreach(rooms, lambda room, n: rx.el.li(room, key=n)), class_name="due"),
        rx.el.p(on_sale, " ", t("A cancelled stay can be reinstated while there is room."), class_name="muted"),
        rx.el.div(
            button(t("Keep it"), id="keep-it", on_click=S.ask("")),
            rx.cond(
                whole,
                button(tn("Cancel {n} room", "Cancel {n} rooms", C.rooms.length()), "danger", on_click=S.cancel_whole),
                button(t("Cancel the stay"), "danger", on_click=S.do("cancel")),
            ),
            class_name="row",
        ),
        class_name="stack tight sure",
        role="alert",
    )


def _actions() -> rx.Component:
    def one(action: rx.Var[str], n: rx.Var[int]) -> rx.Component:
        words = word_of(action, ACTION_WORDS)
        ask = button(words, "danger", on_click=S.ask("stay"))
        first = button(words, "primary", on_click=S.do(action))
        return rx.fragment(
            rx.cond(action == "cancel", ask, rx.cond(n == 0, first, button(words, on_click=S.do(action)))), key=action
        )

    return rx.el.div(rx.foreach(C.actions, one), class_name="actions")


def _stay() -> rx.Component:
    party = rx.cond(
        C.children > 0,
        tn("{n} adult", "{n} adults", C.adults)
        + ", "
        + tn("{n} child", "{n} children", C.children)
        + rx.cond(C.ages != "", " (" + C.ages + ")", ""),
        tn("{n} adult", "{n} adults", C.adults),
    )
    shown = rx.el.div(
        rx.el.div(rx.el.span(C.place + " · " + C.room_type), rx.el.b(party)),
        rx.el.div(rx.el.span(C.comes), rx.el.b(tn("{n} night", "{n} nights", C.nights)), rx.el.span(C.goes)),
        rx.cond(
            Session.granted["reservation.change"] & (C.nights > 1) & (S.editing == ""),
            rx.el.button(
                icon("right", small=True),
                t("Change units during the stay"),
                type="button",
                class_name="link",
                on_click=S.edit_section("split"),
            ),
            rx.fragment(),
        ),
        class_name="facts",
    )
    units = rx.fragment(
        rx.cond(C.split, rx.el.option(t("As it lies now"), value="keep"), rx.fragment()),
        rx.el.option(t("Unassigned"), value=""),
        rx.foreach(S.units, lambda one: rx.el.option(one[1], value=one[0], key=one[0])),
    )
    hint = {"placeholder": "4, 9", "auto_complete": "off"}
    ages = text_field(
        t("Ages of the children"),
        "ages",
        optional=True,
        default_value=C.ages,
        error=S.errors["ages"],
        max_length=200,
        **hint,
        **weighed("ages"),
    )
    fields = form(
        S.save_stay,
        rx.el.div(
            date_field(t("Arrival"), "arrival", default_value=C.arrival, error=S.errors["arrival"], **weighed("arrival")),
            date_field(
                t("Departure"), "departure", default_value=C.departure, error=S.errors["departure"], **weighed("departure")
            ),
            class_name="fields two",
        ),
        select(t("Unit"), "unit", units, rx.cond(C.split, "keep", C.unit_id), S.errors["unit"]),
        rx.el.div(
            number_field(
                t("Adults"), "adults", least=1, most=99, default_value=C.adults, error=S.errors["adults"], **weighed("adults")
            ),
            number_field(
                t("Children"), "children", most=99, default_value=C.children, error=S.errors["children"], **weighed("children")
            ),
            ages,
            class_name="fields two",
        ),
        stay_asked(),
    )
    return rx.cond(S.editing == "split", _split(), section(t("Stay"), "stay", shown, fields))


def _split() -> rx.Component:
    nights = rx.foreach(
        C.prices, lambda night, n: rx.cond(n > 0, rx.el.option(night.text, value=night.night, key=night.night), rx.fragment())
    )
    units = rx.foreach(S.units, lambda one: rx.el.option(one[1], value=one[0], key=one[0]))
    fields = form(
        S.save_split,
        select(t("From the night of"), "night", nights, C.prices[1].night, S.errors["night"]),
        select(t("in unit"), "unit", units, S.units[0][0], S.errors["unit"]),
    )
    return rx.el.section(rx.el.h3(t("Change units during the stay")), fields, class_name="section")


def _guest() -> rx.Component:
    def some(label: Any, value: Any) -> rx.Component:
        return rx.cond(value != "", fact(label, value), rx.fragment())

    shown = rx.el.div(
        fact(t("Name"), C.name),
        some(t("E-mail"), C.email),
        some(t("Phone"), C.phone),
        some(t("Country"), C.country),
        some(t("About the guest"), C.guest_notes),
        class_name="facts",
    )
    fields = form(
        S.save_guest,
        rx.el.div(
            text_field(t("First name"), "first_name", optional=True, default_value=C.first_name, error=S.errors["first_name"]),
            text_field(t("Last name"), "last_name", default_value=C.last_name, error=S.errors["last_name"]),
            text_field(t("E-mail"), "email", optional=True, type="email", default_value=C.email, error=S.errors["email"]),
            text_field(t("Phone"), "phone", optional=True, type="tel", default_value=C.phone, error=S.errors["phone"]),
            text_field(
                t("Country"),
                "country",
                optional=True,
                max_length=2,
                hint=t("Two letters, such as LT"),
                default_value=C.country,
                error=S.errors["country"],
            ),
            class_name="fields two",
        ),
        text_area(t("About the guest"), "guest_notes", optional=True, default_value=C.guest_notes, error=S.errors["notes"]),
    )
    return rx.cond(C.knows_guest, section(t("Guest"), "guest", shown, fields, "guest.change"), rx.fragment())


def _reservation() -> rx.Component:
    tags = rx.el.div(rx.foreach(C.tags, lambda tag: pill(tag)), class_name="row wrap")
    shown = rx.el.div(
        fact(t("Source"), C.source + rx.cond(C.external_ref != "", " · " + C.external_ref, "")),
        fact(t("Booked"), C.booked),
        rx.cond(C.tags_text != "", tags, rx.fragment()),
        rx.cond(C.notes != "", rx.el.p(C.notes, class_name="notes"), rx.fragment()),
        class_name="facts",
    )
    fields = form(
        S.save_notes,
        text_field(t("Source"), "source", default_value=C.source, error=S.errors["source"]),
        text_field(
            t("Tags"), "tags", optional=True, hint=t("Separated by commas"), default_value=C.tags_text, error=S.errors["tags"]
        ),
        rx.cond(
            C.knows_guest,
            text_area(t("Notes"), "notes", optional=True, default_value=C.notes, error=S.errors["notes"]),
            rx.fragment(),
        ),
    )
    return section(t("Reservation"), "notes", shown, fields)


def _others() -> rx.Component:
    def line(one: rx.Var[list[str]]) -> rx.Component:
        return rx.el.button(
            one[1],
            pill(word_of(one[2], STATUS_WORDS), KINDS[one[2]].to(str)),
            type="button",
            class_name="other",
            on_click=S.show_stay(one[0]),
            key=one[0],
        )

    more = rx.el.button(
        icon("plus", small=True), t("Add a room"), type="button", class_name="link", on_click=NewBooking.begin_more
    )
    whole = button(t("Cancel reservation"), "danger", on_click=S.ask("whole"))
    return rx.el.section(
        rx.cond(C.others.length() > 0, rx.el.h3(t("Other rooms of this reservation")), rx.fragment()),
        rx.foreach(C.others, line),
        rx.cond(Session.granted["reservation.change"], more, rx.fragment()),
        rx.cond(C.cancels_whole, rx.el.div(whole, class_name="row"), rx.fragment()),
        class_name="section",
    )


def _history() -> rx.Component:
    def line(event: rx.Var[list[str]]) -> rx.Component:
        return rx.el.li(rx.el.b(event[0]), rx.el.span(event[1] + " · " + event[2]))

    told = rx.el.section(rx.el.h3(t("History")), rx.el.ol(rx.foreach(C.history, line), class_name="story"), class_name="section")
    return rx.cond(C.history.length() > 0, told, rx.fragment())
