"""One connection looked at closely: how it stands, what is mapped, what was said, what was refused, how we get in."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.channels.map_page import access_form, mapping_table
from pms.ui.channels.parts import address, bar, facts, in_small_print, state_pill, tabs, tools, ways_out
from pms.ui.channels.rows import Ability, Call, Difference, Message, Refusal
from pms.ui.channels.state import ROUTE, Channels
from pms.ui.kit import button, copied, empty, link, note, number_cell, pill, t, table, table_row, word_of
from pms.ui.shell import Session, page_head

S = Channels
MAY_SEE_GUESTS = Session.granted["guest.view"]
STATES = {
    "stored": N_("Waits"),
    "applied": N_("In the books"),
    "attention": N_("In the books, to see to"),
    "overtaken": N_("Overtaken"),
    "stuck": N_("Not taken in"),
    "seen": N_("Not taken in, seen to"),
}


def one_connection() -> rx.Component:
    """A connection that has been set up."""
    words = [
        ("state", t("State")),
        ("mapping", t("Mapping")),
        ("messages", t("Messages")),
        ("calls", t("Calls")),
        ("refused", t("Refused")),
        ("compared", t("Comparison")),
        ("access", t("Access")),
    ]
    back = link(t("All connections"), href=ROUTE, class_name="muted")
    body = rx.match(
        S.part,
        ("mapping", mapping_table()),
        ("messages", _messages()),
        ("calls", _calls()),
        ("refused", _refused()),
        ("compared", _compared()),
        ("access", _access()),
        _state(),
    )
    return rx.fragment(
        page_head(rx.fragment(S.one.channel, " · ", S.one.house), back, state_pill(S.one)),
        rx.el.div(
            tabs(t("Part"), S.part, [(code, said, address(S.one, code)) for code, said in words]),
            rx.cond(S.one.detail != "", note(S.one.detail, "warn"), rx.fragment()),
            body,
            class_name="page channels-page",
        ),
    )


def _state() -> rx.Component:
    card = rx.el.section(
        rx.el.header(rx.el.h2(t("How it stands"))), facts(S.one), rx.el.footer(tools(S.one)), class_name="card house-card"
    )
    left = rx.cond(S.one.state == "closing", rx.el.div(_closing(), card, class_name="stack"), card)
    return rx.el.div(left, _abilities(), class_name="side-by-side")


def _closing() -> rx.Component:
    """How far it is closed, and the way out where it cannot be."""
    one = S.progress
    return rx.el.section(
        rx.el.h2(t("{channel} is being closed", channel=S.one.channel), role="status"),
        bar(t("Closed")),
        rx.el.p(
            t("{accepted} of {cells} closed, {left} to go", accepted=one.accepted, cells=one.cells, left=one.to_go),
            class_name="muted num",
        ),
        rx.el.p(t("You may leave this page; it goes on. What {channel} sells until then comes in.", channel=S.one.channel)),
        rx.el.div(
            button(t("Keep it live"), on_click=S.set_state(S.one.id, S.one.version, "live")),
            button(t("Disconnect at once"), "danger", on_click=S.end(S.one.version)),
            class_name="row wrap",
        ),
        rx.el.p(_at_once(), class_name="muted"),
        class_name="stack",
    )


def _at_once() -> rx.Component:
    words = t(
        "Disconnected at once, {channel} goes on selling what it was told last, and nobody here hears of it.",
        channel=S.one.channel,
    )
    return rx.fragment(words)


def _abilities() -> rx.Component:
    lost = S.abilities.foreach(lambda one: rx.cond(one.missing, _lost(one), rx.fragment()))
    rows = table(t("What the channel understands"), [t("What"), t("There"), t("Here")], S.abilities, _ability)
    return rx.el.section(rx.el.h2(t("What the channel understands")), lost, rows, class_name="stack")


def _lost(one: Ability) -> rx.Component:
    return rx.el.div(note(one.lost, "warn"), key=one.name)


def _ability(one: Ability) -> rx.Component:
    return table_row(
        one.words,
        pill(one.there, rx.cond(one.known, "ok", rx.cond(one.missing, "warn", ""))),
        rx.cond(one.used, t("Used"), t("Not used")),
        key=one.name,
    )


def _messages() -> rx.Component:
    columns = [t("Time"), t("Booking"), t("State"), t("Reservation"), ""]
    none = empty(t("No message yet"), t("What the channel says of bookings is kept here, word for word."), mark="mail")
    return rx.cond(S.messages.length() > 0, table(t("Messages"), columns, S.messages, _message), none)


def _message(one: Message) -> rx.Component:
    state = rx.el.div(
        rx.el.div(
            pill(word_of(one.state, STATES), one.kind),
            rx.cond(one.thanked, pill(t("Acknowledged")), rx.fragment()),
            class_name="row wrap",
        ),
        rx.cond(one.words != "", rx.el.div(in_small_print(one.words, one.detail), class_name="faint"), rx.fragment()),
        class_name="two-lines",
    )
    opened = rx.cond(
        MAY_SEE_GUESTS,
        button(
            t("As sent"),
            "quiet",
            on_click=S.open_message(one.id),
            aria_label=t("{booking} as the channel sent it", booking=one.booking),
        ),
        rx.fragment(),
    )
    again = button(
        t("Take in again"),
        "quiet",
        on_click=S.take_in_again(one.id),
        aria_label=t("Take in {booking} again", booking=one.booking),
    )
    return table_row(
        rx.el.span(one.at, class_name="num nowrap"),
        rx.el.div(
            rx.el.b(one.booking, class_name="strong"), rx.el.span(one.revision, class_name="faint cut"), class_name="two-lines"
        ),
        rx.el.td(state, class_name="text wraps"),
        rx.cond(one.href != "", link(one.code, href=one.href), rx.el.span(one.code)),
        rx.el.div(
            ways_out(one.ways, one.booking), opened, rx.cond(one.state == "overtaken", rx.fragment(), again), class_name="row end"
        ),
        key=one.id,
    )


def _calls() -> rx.Component:
    columns = [t("Time"), t("Call"), t("Answer"), ("num", t("Took")), ""]
    none = empty(
        t("No call yet"), t("Every call to the channel is kept here for 30 days, without secrets and card numbers."), mark="phone"
    )
    return rx.cond(S.calls.length() > 0, table(t("Calls"), columns, S.calls, _call), none)


def _call(one: Call) -> rx.Component:
    path = rx.el.div(
        rx.cond(one.inward, pill(t("From the channel")), rx.fragment()),
        rx.el.code(one.path, class_name="cut-lines"),
        class_name="row wrap",
    )
    opened = button(
        t("Open"), "quiet", on_click=S.open_call(one.id.to(int)), aria_label=t("Open the call of {time}", time=one.at)
    )
    return table_row(
        rx.el.span(one.at, class_name="num nowrap"),
        rx.el.td(path, class_name="text wraps"),
        pill(one.status, one.kind),
        number_cell(one.took),
        rx.el.div(rx.cond(MAY_SEE_GUESTS, opened, rx.fragment()), class_name="row end"),
        key=one.id,
    )


def _refused() -> rx.Component:
    columns = [t("Nights"), t("What"), t("Values"), t("Why, in the channel's words")]
    none = empty(t("Nothing is refused"), t("What the channel does not take stands here, with its reasons."), mark="check")
    again = rx.el.div(
        rx.el.p(t("These values are sent again once a night, when they change, or when you say so."), class_name="muted grow"),
        button(t("Try refused again"), "primary", on_click=S.try_again(S.one.id)),
        class_name="row wrap",
    )
    some = rx.fragment(again, table(t("Refused"), columns, S.refusals, _refusal))
    return rx.cond(S.refusals.length() > 0, some, none)


def _refusal(one: Refusal) -> rx.Component:
    return table_row(
        rx.el.span(one.nights, class_name="nowrap"),
        one.product,
        one.told,
        rx.el.td(one.words, class_name="text wraps"),
        key=one.key,
    )


def _compared() -> rx.Component:
    columns = [t("Night"), t("What"), t("Field"), t("It accepted"), t("It shows")]
    head = rx.el.div(
        rx.el.p(
            t(
                "Every night the channel's calendar is read and compared with what it accepted. "
                "What differs or is not shown is told anew."
            ),
            class_name="muted grow",
        ),
        button(t("Compare now"), on_click=S.compare(S.one.id)),
        class_name="row wrap",
    )
    none = empty(t("No difference"), S.one.drift, mark="check")
    some = rx.fragment(rx.el.p(S.one.drift, class_name="strong"), table(t("Comparison"), columns, S.differences, _difference))
    return rx.fragment(head, rx.cond(S.differences.length() > 0, some, none))


def _difference(one: Difference) -> rx.Component:
    return table_row(rx.el.span(one.night, class_name="nowrap"), one.product, one.field, one.ours, one.theirs, key=one.key)


def _access() -> rx.Component:
    close = button(t("Close all rooms and disconnect"), "primary", on_click=S.close_and_end(S.one.version))
    closed = rx.fragment(
        rx.el.p(
            t(
                "No room and no rate is offered there any more on the next 500 nights, then the connection ends by itself. "
                "It takes a few minutes; what is sold until then comes in."
            )
        ),
        rx.el.div(close, class_name="row"),
    )
    sure = rx.el.div(
        rx.el.p(t("Disconnect {channel}?", channel=S.one.channel), class_name="strong"),
        rx.cond(S.one.was_told & (S.one.state != "closing"), closed, rx.fragment()),
        rx.cond(S.one.was_told, rx.el.p(_at_once()), rx.fragment()),
        rx.el.div(
            button(rx.cond(S.one.was_told, t("Disconnect at once"), t("Disconnect")), "danger", on_click=S.end(S.one.version)),
            button(t("Keep"), "quiet", on_click=S.never_mind),
            class_name="row",
        ),
        class_name="stack tight",
        role="alert",
    )
    ask = rx.el.div(button(t("Disconnect"), "danger", on_click=S.ask_to_end), class_name="row")
    words = t("Nothing is told any more and no bookings come in. Bookings and messages stay here.")
    ending = rx.el.div(
        rx.el.h3(t("Disconnect")), rx.el.p(words, class_name="muted"), rx.cond(S.ending, sure, ask), class_name="section"
    )
    hook = rx.el.div(
        rx.el.h3(t("Address for the channel")),
        rx.el.p(t("Where the channel brings its bookings and news, if it asks for an address."), class_name="muted"),
        rx.el.div(copied(S.hook, "hook", t("Address for the channel"), t("Copy the address")), class_name="copy-line"),
        class_name="section",
    )
    return rx.el.div(access_form(), hook, ending, class_name="stack loose narrow-form")
