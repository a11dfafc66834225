"""The sheet "Ways out" of an oversold night, drawn."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.calendar.drawer_parts import select
from pms.ui.calendar.ways_rows import Buyer, Way
from pms.ui.calendar.ways_state import WALK, WaysOut
from pms.ui.kit import button, drawer, icon, link, money_field, note, pill, t, text_field, tn
from pms.ui.shell import Session

S, W = WaysOut, WaysOut.ways
LANGUAGES = (("lt", "Lietuvių"), ("en", "English"), ("de", "Deutsch"))


def ways_sheet() -> rx.Component:
    """Who was sold the night, and what can be done for the one chosen."""
    lacks = rx.cond(
        W.too_many > 0,
        pill(tn("{n} guest too many", "{n} guests too many", W.too_many), "bad"),
        pill(t("A room for everybody"), "ok"),
    )
    body = rx.el.div(
        rx.cond(S.walked != "", letters(S.walked), rx.fragment()),
        _sold(),
        rx.cond(W.blocks.length() > 0, _blocks(), rx.fragment()),
        rx.cond(W.stay != "", rx.fragment(_types(), _sisters(), _walk()), rx.fragment()),
        class_name="stack",
    )
    head = rx.el.div(lacks, rx.el.span(t("Ways out"), class_name="faint"), class_name="row")
    return drawer(body, open=S.open, on_close=S.close, title=W.title, id="ways-out", head=head)


def letters(stay: Any) -> rx.Component:
    """The letter for a walked guest, in each language."""
    links = [
        link(
            words,
            href="/files/walked/" + stay + f"/letter.pdf?language={code}",
            reload_document=True,
            target="_blank",
            lang=code,
            aria_label=t("Letter for the guest: {language}", language=words),
            class_name="btn",
        )
        for code, words in LANGUAGES
    ]
    shown = rx.el.section(
        rx.el.h3(t("Letter for the guest (PDF)")), rx.el.div(*links, class_name="row wrap"), class_name="section"
    )
    return rx.cond(Session.granted["guest.view"], shown, rx.fragment())


def _sold() -> rx.Component:
    hint = t("In the order in which they took the night. The one whose room is looked for is marked.")
    return rx.el.section(
        rx.el.h3(t("Who was sold it")),
        rx.cond(W.too_many > 0, rx.el.p(hint, class_name="faint"), rx.fragment()),
        rx.el.ul(rx.foreach(W.buyers, _buyer), class_name="buyers", role="list"),
        class_name="section",
    )


def _buyer(one: rx.Var[Buyer]) -> rx.Component:
    chosen = (one.stay == W.stay) & (W.stay != "")
    marks = rx.el.span(
        rx.cond(one.beyond, pill(t("beyond the house"), "bad"), rx.fragment()),
        rx.cond(one.status == "checked_in", pill(t("In house"), "in"), rx.fragment()),
        class_name="row wrap",
    )
    said = rx.el.span(
        rx.el.b(one.name),
        rx.el.small(one.dates + " · " + tn("{n} night", "{n} nights", one.nights)),
        rx.el.small(one.since),
        class_name="grow",
    )
    pick = rx.el.button(
        said,
        marks,
        type="button",
        class_name=rx.cond(chosen, "buyer chosen", "buyer"),
        aria_pressed=rx.cond(chosen, "true", "false"),
        disabled=~one.moves | (W.too_many == 0),
        on_click=S.choose(one.stay),
    )
    return rx.el.li(pick, key=one.stay)


def _line(one: rx.Var[Way], does: rx.Component) -> rx.Component:
    named = rx.el.span(rx.el.b(one.name), rx.el.small(one.more), class_name="grow")
    return rx.el.div(named, does, class_name="way")


def _part(title: Any, ways: rx.Var[list[Way]], draw: Any, none: Any, hint: Any = None) -> rx.Component:
    some = rx.fragment(rx.el.p(hint, class_name="faint") if hint is not None else rx.fragment(), rx.foreach(ways, draw))
    shown = rx.cond(ways.length() > 0, some, rx.el.p(none, class_name="faint"))
    return rx.el.section(rx.el.h3(title), shown, class_name="section")


def _blocks() -> rx.Component:
    def draw(one: rx.Var[Way]) -> rx.Component:
        lift = button(
            t("Lift the block"), on_click=S.lift(one.id, one.version), aria_label=t("Lift the block of {unit}", unit=one.name)
        )
        return rx.el.div(_line(one, rx.cond(Session.granted["block.manage"], lift, rx.fragment())), key=one.id)

    return _part(t("Blocked units"), W.blocks, draw, "")


def _types() -> rx.Component:
    def draw(one: rx.Var[Way]) -> rx.Component:
        go = button(
            t("Move here"),
            on_click=S.move_to_type(one.id),
            aria_label=t("Move {guest} to {room_type}", guest=W.who, room_type=one.name),
        )
        return rx.el.div(_line(one, rx.cond(Session.granted["reservation.change"], go, rx.fragment())), key=one.id)

    hint = t(
        "{guest} keeps the agreed price of {price}. Beside it: what the type costs more today.",
        guest=W.who,
        price=W.agreed,
    )
    return _part(t("Another room type"), W.types, draw, t("No other room type has room on all nights."), hint)


def _sisters() -> rx.Component:
    def draw(one: rx.Var[Way]) -> rx.Component:
        ask = button(
            t("Move there"), on_click=S.ask(one.id), aria_label=t("Move {guest} to {property}", guest=W.who, property=one.name)
        )
        may = Session.granted["reservation.cancel"] & Session.granted["reservation.change"]
        return rx.el.div(rx.cond(S.asking == one.id, _sure(one), _line(one, rx.cond(may, ask, rx.fragment()))), key=one.id)

    return _part(t("A sister property"), W.sisters, draw, t("No property of yours has room on all nights."))


def _sure(one: rx.Var[Way]) -> rx.Component:
    words = t("The stay is booked there at the agreed price of {price} and cancelled here, both at once.", price=W.agreed)
    return rx.el.div(
        rx.el.p(t("Move {guest} to {property}?", guest=W.who, property=one.name), class_name="strong"),
        rx.el.p(words, class_name="muted"),
        rx.el.div(
            button(t("Leave it here"), id="stay-here", on_click=S.ask("")),
            button(t("Move there"), "primary", on_click=S.move_to_sister),
            class_name="row wrap",
        ),
        class_name="stack tight sure",
        role="alert",
    )


def _walk() -> rx.Component:
    begin = rx.el.div(
        rx.el.p(
            t("The stay is cancelled here. Where the guest sleeps and what it costs is kept, and a letter is made."),
            class_name="faint",
        ),
        rx.el.div(button(t("Walk {guest}", guest=W.who), "danger", on_click=S.ask(WALK)), class_name="row"),
        class_name="stack tight",
    )
    shown = rx.el.section(rx.el.h3(t("Another hotel")), rx.cond(S.asking == WALK, _walk_form(), begin), class_name="section")
    may = Session.granted["reservation.cancel"] & Session.granted["reservation.change"]
    return rx.cond(may, shown, rx.fragment())


def _walk_form() -> rx.Component:
    payers = rx.fragment(rx.el.option(t("We pay"), value="house"), rx.el.option(t("The guest pays"), value="guest"))

    def text(label: Any, name: str, most: int, optional: bool = True, **more: Any) -> rx.Component:
        return text_field(label, name, optional=optional, error=S.errors[name], max_length=most, auto_complete="off", **more)

    def cost(label: Any, name: str) -> rx.Component:
        return money_field(label, name, W.currency, optional=True, error=S.errors[name])

    return rx.el.form(
        text(t("Hotel"), "hotel", 100, optional=False),
        text(t("Address"), "address", 200),
        text(t("Phone"), "phone", 40),
        text(t("The way there"), "transport", 200, hint=t("Stands in the letter, such as: a taxi waits at 18:00")),
        text(t("Whom the guest can ask"), "contact", 200, hint=t("Stands in the letter: a name and a number of ours")),
        rx.el.div(
            cost(t("Room, all nights"), "room_cost"),
            select(t("Who pays the room"), "room_by", payers, "house", S.errors["room_by"]),
            cost(t("Transport"), "transport_cost"),
            select(t("Who pays the transport"), "transport_by", payers, "house", S.errors["transport_by"]),
            class_name="fields two",
        ),
        cost(t("Compensation for the guest"), "compensation"),
        rx.el.div(
            button(t("Never mind"), on_click=S.ask("")),
            button(t("Walk {guest}", guest=W.who), "danger", type="submit"),
            class_name="row form-end",
        ),
        on_submit=S.walk,
        class_name="stack",
        key=W.stay,
    )


def oversold_note(stay: Any) -> rx.Component:
    """What the drawer of a stay says when it lies on an oversold night."""
    words = rx.el.div(
        rx.el.p(t("More is sold than there are rooms on a night of this stay.")),
        rx.el.button(icon("right", small=True), t("Ways out"), type="button", class_name="link", on_click=S.open_for_stay(stay)),
        class_name="stack tight",
    )
    return note(words, "warn")
