"""The search for a reservation, drawn."""

from __future__ import annotations

import reflex as rx

from pms.ui.calendar.drawer import KINDS, STATUS_WORDS
from pms.ui.calendar.find_state import SHOWN, Finder, FoundLine
from pms.ui.kit import dialog, icon_button, pill, t, text_field, tn, word_of

S = Finder


def find_button() -> rx.Component:
    """Opens the search; so does "/"."""
    return icon_button("search", t("Find a reservation"), kind="", on_click=S.begin)


def find_dialog() -> rx.Component:
    """A field, and below it what it finds."""
    nothing = rx.el.p(t("Nothing found. Try another spelling, the code, or the phone number."), class_name="muted", role="status")
    count = rx.cond(
        S.more,
        t("The newest {n} are shown; write more to narrow it down.", n=SHOWN),
        tn("{n} found", "{n} found", S.lines.length()),
    )
    found = rx.fragment(
        rx.el.p(count, class_name="faint", role="status"),
        rx.el.ul(rx.foreach(S.lines, _found), class_name="found", role="list"),
    )
    shown = rx.cond(S.asked, rx.cond(S.lines.length() > 0, found, nothing), rx.fragment())
    field = text_field(
        t("Guest, code, reference or phone"),
        "find-text",
        type="search",
        hint=t("Cancelled ones too, to look at or to bring back."),
        on_change=S.search.debounce(200),
        auto_complete="off",
    )
    return dialog(
        rx.cond(S.open, rx.fragment(rx.el.form(field, on_submit=S.pick_first.prevent_default), shown), rx.fragment()),
        open=S.open,
        on_close=S.close,
        title=t("Find a reservation"),
        id="find-dialog",
    )


def _found(one: FoundLine) -> rx.Component:
    rooms = rx.cond(one.rooms > 1, tn("{n} room", "{n} rooms", one.rooms), one.where)
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                rx.el.b(rx.cond(one.name != "", one.name, t("Guest")), class_name="cut"),
                rx.el.small(one.dates + " · " + rooms),
                rx.el.small(one.code + rx.cond(one.ref != "", " · " + one.ref, ""), class_name="num"),
                class_name="two-lines grow",
            ),
            pill(word_of(one.status, STATUS_WORDS), KINDS[one.status].to(str)),
            type="button",
            on_click=S.pick(one.id),
        ),
        key=one.id,
    )
