"""Setting up a connection, in four steps with an address each."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.channels.map_page import access_form, credential, mapping_table
from pms.ui.channels.map_state import Mapping
from pms.ui.channels.parts import bar, no_answer, state_pill
from pms.ui.channels.set_up_state import SetUp
from pms.ui.channels.state import ROUTE, Channels
from pms.ui.kit import button, copied, empty, form_error, link, link_button, note, select_field, t, text_field, tn
from pms.ui.shell import page_head

S = SetUp
C = Channels
STEPS = (
    ("access", N_("Channel and access")),
    ("mapping", N_("Rooms and rates")),
    ("check", N_("Check")),
    ("tell", N_("Tell the channel")),
)


def _steps(present: Any) -> rx.Component:
    """Where one is, and how far it is."""
    items = [
        rx.el.li(
            rx.el.span(str(n), class_name="stage-number", aria_hidden="true"),
            rx.el.span(t(words)),
            aria_current=rx.cond(present == code, "step", "false"),
        )
        for n, (code, words) in enumerate(STEPS, start=1)
    ]
    return rx.el.ol(*items, class_name="stages", aria_label=t("Steps"))


def _head(title: Any, *more: rx.Component) -> rx.Component:
    return page_head(title, link(t("All connections"), href=ROUTE, class_name="muted"), *more)


def _which() -> rx.Component:
    """All channels there are, in sight."""
    return rx.el.fieldset(
        rx.el.legend(t("Channel"), class_name="label"),
        rx.el.div(
            rx.foreach(
                S.channels,
                lambda one: rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="channel",
                        value=one[0],
                        checked=S.channel == one[0],
                        on_change=S.choose_channel(one[0]),
                    ),
                    rx.el.span(one[1]),
                    class_name="pick",
                    key=one[0],
                ),
            ),
            class_name="units",
        ),
        class_name="field",
    )


def first_form() -> rx.Component:
    """Which channel, which property, and what lets us in."""
    first = rx.el.p(t("Choose where the property is sold; what lets us in there is asked for then."), class_name="muted")
    form = rx.el.form(
        _which(),
        form_error(S.errors["channel"]),
        rx.cond(S.channel != "", _access(), first),
        on_submit=S.connect,
        class_name="stack",
    )
    no_house = empty(t("No property yet"), t("Open your first property; then add its rooms and beds."), mark="property")
    return rx.fragment(
        _head(t("Connect a channel")),
        rx.el.div(
            _steps("access"),
            rx.cond(S.houses.length() > 0, rx.el.div(form, class_name="narrow-form"), no_house),
            class_name="page channels-page",
        ),
    )


def _access() -> rx.Component:
    """Once a channel is chosen: which property it is there, and what lets us in."""
    return rx.fragment(
        rx.el.div(
            select_field(t("Property"), "property", S.houses, value=S.house, on_change=S.choose_house),
            text_field(
                t("Its number there"),
                "remote_property",
                hint=t("How the channel knows your property: hotel ID, property ID."),
                error=S.errors["remote_property"],
                auto_complete="off",
                spell_check=False,
            ),
            class_name="fields",
        ),
        rx.foreach(S.asked, lambda one: credential(one)),
        form_error(S.errors["credentials"]),
        note(t("Nothing is told to the channel before you have seen what it would be.")),
        rx.cond(S.agrees, note(t("You are sent to the channel then, where whoever owns the listings agrees.")), rx.fragment()),
        rx.el.div(
            button(
                rx.cond(S.agrees, t("Connect and go to agree"), t("Connect and read its rooms")), "primary large", type="submit"
            ),
            class_name="row",
        ),
    )


def steps_of() -> rx.Component:
    """The steps of a connection there is."""
    body = rx.match(C.step, ("check", _check()), ("tell", _tell()), _map())
    return rx.fragment(
        _head(rx.fragment(C.one.channel, " · ", C.one.house), state_pill(C.one)),
        rx.el.div(_steps(C.step), body, class_name="page channels-page"),
    )


def _to(step: str) -> Any:
    return f"{ROUTE}?connection=" + C.one.id + f"&step={step}"


def _map() -> rx.Component:
    enough = C.one.products > 0
    on = rx.cond(
        enough,
        link_button(t("Check what would be told"), _to("check"), "primary large"),
        button(t("Check what would be told"), "primary large", disabled=True),
    )
    wrong_key = rx.cond(Mapping.locked_out, rx.el.div(access_form(), class_name="narrow-form"), rx.fragment())
    foot = rx.el.div(
        link_button(t("Give up"), f"{ROUTE}?connection=" + C.one.id + "&part=access", "quiet"),
        rx.el.div(class_name="grow"),
        on,
        class_name="row foot wrap",
    )
    return rx.fragment(mapping_table(), wrong_key, foot)


def _figure(words: Any, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(value), class_name="figure")


def _figures() -> rx.Component:
    """What would be told, in numbers."""
    one = S.counted
    seen = rx.fragment(
        _figure(t("Shown like that already"), one.same),
        _figure(t("Shown otherwise"), one.differ),
        _figure(t("Not shown yet"), one.unseen),
    )
    return rx.el.dl(
        _figure(t("Nights"), one.nights),
        _figure(t("Rooms and rates"), one.products),
        _figure(t("Values to tell"), one.cells),
        rx.cond(one.readable, seen, rx.fragment()),
        class_name="figures",
    )


def _check() -> rx.Component:
    one = S.counted
    blind = note(t("This channel's calendar cannot be read, so it cannot be said what differs."))
    again = rx.el.div(button(t("Ask again"), icon="undo", on_click=S.count), class_name="row")
    foot = rx.el.div(
        link_button(t("Back to rooms and rates"), _to("mapping"), "quiet", icon="left"),
        rx.el.div(class_name="grow"),
        button(t("Tell {channel} now", channel=C.one.channel), "primary large", on_click=S.tell, disabled=one.cells == ""),
        class_name="row foot wrap",
    )
    return rx.fragment(
        rx.cond(
            S.counting,
            rx.el.p(t("Working out what would be told, and reading what the channel shows."), role="status"),
            rx.fragment(),
        ),
        rx.cond(S.said != "", no_answer(S.said, S.said_words, again), rx.fragment()),
        rx.cond(one.cells != "", rx.fragment(_figures(), rx.cond(one.readable, rx.fragment(), blind)), rx.fragment()),
        rx.cond(
            one.cells != "",
            rx.el.p(
                rx.cond(
                    C.one.sells,
                    t(
                        "From then on {channel} shows what is left and what it costs here, and its bookings come in.",
                        channel=C.one.channel,
                    ),
                    t("From then on {channel} shows what it costs here; it sends no bookings itself.", channel=C.one.channel),
                ),
                class_name="muted",
            ),
            rx.fragment(),
        ),
        foot,
    )


def _refused() -> rx.Component:
    """What the channel did not take, and where that is said."""
    one = C.progress
    return rx.cond(
        one.refused > 0,
        note(
            rx.fragment(
                tn("{n} night was refused.", "{n} nights were refused.", one.refused),
                " ",
                link(t("See why"), href=f"{ROUTE}?connection=" + C.one.id + "&part=refused"),
            ),
            "warn",
        ),
        rx.fragment(),
    )


def _hook() -> rx.Component:
    """Where the channel brings what it has: without it, it stays silent."""
    return rx.el.section(
        rx.el.h3(t("Address for the channel")),
        rx.el.p(t("Enter it at {channel}: there it brings its bookings and news.", channel=C.one.channel), class_name="muted"),
        rx.el.div(copied(C.hook, "hook", t("Address for the channel"), t("Copy the address")), class_name="copy-line"),
        class_name="section narrow-form",
    )


def _tell() -> rx.Component:
    one = C.progress
    words = rx.cond(
        one.done,
        t("{channel} has been told everything.", channel=C.one.channel),
        t("{channel} is being told. You may leave this page; it goes on.", channel=C.one.channel),
    )
    live = rx.cond(
        C.one.state == "live",
        link_button(t("To the connection"), f"{ROUTE}?connection=" + C.one.id, "primary large"),
        button(t("Go live"), "primary large", on_click=S.go_live, disabled=~one.done),
    )
    return rx.fragment(
        rx.el.section(
            rx.el.h2(words, role="status"),
            bar(t("Told")),
            rx.el.p(
                t("{accepted} of {cells} accepted, {left} to go", accepted=one.accepted, cells=one.cells, left=one.to_go),
                class_name="muted num",
            ),
            class_name="stack",
        ),
        _refused(),
        rx.cond(C.one.detail != "", note(C.one.detail, "warn"), rx.fragment()),
        rx.cond(
            C.one.next_try != "",
            rx.el.p(t("The channel asks to wait; it goes on at {time}.", time=C.one.next_try), class_name="muted"),
            rx.fragment(),
        ),
        rx.cond(C.one.brings, _hook(), rx.fragment()),
        rx.el.div(rx.el.div(class_name="grow"), live, class_name="row foot wrap"),
    )
