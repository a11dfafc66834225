"""What is what: the channel's rooms and rates in a table, each with a choice; and the form of what lets us in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.channels.map_state import MapLine, Mapping
from pms.ui.channels.parts import no_answer
from pms.ui.channels.set_up_state import Asked, SetUp
from pms.ui.channels.state import Channels
from pms.ui.kit import button, field, form_error, note, pill, t, table, table_row, text_field, tn, wrong
from pms.ui.kit.words import Words

S = Mapping


def _tools() -> rx.Component:
    """What this is, and help with it."""
    return rx.el.div(
        rx.el.p(
            t("Rooms get what is left, rates get prices and restrictions. A rate belongs to the room type of its room."),
            class_name="muted grow",
        ),
        button(t("Propose the rest"), icon="bolt", on_click=S.propose, disabled=~S.was_read),
        button(t("Read again"), "quiet", icon="undo", on_click=S.read, busy=S.reading),
        class_name="row wrap",
    )


def mapping_table() -> rx.Component:
    """Every room and rate the channel sells, and what it is here."""
    columns = [t("At the channel"), t("Here"), ""]
    waits = rx.el.div(
        rx.el.p(t("Reading the channel's rooms and rates."), role="status", class_name="muted"),
        class_name="row",
        aria_busy="true",
    )
    again = rx.el.div(button(t("Ask again"), icon="undo", on_click=S.read), class_name="row")
    return rx.fragment(
        _tools(),
        rx.cond(S.reading & (S.lines.length() == 0), waits, rx.fragment()),
        rx.cond(S.said != "", no_answer(S.said, S.said_words, again), rx.fragment()),
        rx.cond(
            S.open_rates > 0,
            note(
                tn(
                    "{n} rate is not mapped: it is not told prices.",
                    "{n} rates are not mapped: they are not told prices.",
                    S.open_rates,
                )
            ),
            rx.fragment(),
        ),
        rx.cond(S.lines.length() > 0, table(t("Mapping"), columns, S.lines, _line), rx.fragment()),
        rx.cond(
            S.was_read & (S.lines.length() == 0),
            note(t("The channel names no rooms. Enter their numbers below."), "warn"),
            rx.fragment(),
        ),
        _by_hand(),
    )


def _line(one: MapLine) -> rx.Component:
    size = rx.cond(one.sleeps > 0, rx.el.span(" · ", tn("sleeps {n}", "sleeps {n}", one.sleeps)), rx.fragment())
    name = rx.el.div(
        rx.el.span(one.name, class_name=rx.cond(one.is_rate, "", "strong")),
        rx.el.span(rx.cond(one.name != one.remote_id, one.remote_id, ""), size, class_name="faint cut"),
        class_name="two-lines",
    )
    gone = rx.cond(one.gone, pill(t("No longer there"), "warn"), rx.fragment())
    mark = rx.cond(one.value != "", pill(t("Mapped"), "ok"), rx.cond(one.fixed != "", rx.fragment(), pill(t("Not mapped"))))
    return table_row(
        rx.el.td(name, class_name=rx.cond(one.is_rate, "derived", "")),
        rx.el.td(
            rx.cond(
                one.fixed != "",
                rx.el.span(t("The channel works it out itself"), " (", one.fixed, ")", class_name="muted"),
                _choice(one),
            ),
            wrong("map", S.errors[one.remote_id]),
            class_name="what-here text",
        ),
        rx.el.div(gone, mark, class_name="row end"),
        key=one.remote_id,
    )


def _choice(one: MapLine) -> rx.Component:
    """A select; for a rate of the plans, in the room type its room is."""

    def options(choices: Any) -> rx.Component:
        return rx.foreach(choices, lambda pair: rx.el.option(pair[1], value=pair[0], key=pair[0]))

    def choose(choices: Any, **props: Any) -> rx.Component:
        return rx.el.select(
            rx.el.option(t("Not mapped"), value=""),
            options(choices),
            value=one.value,
            on_change=lambda value: S.choose(one.remote_id, value),
            class_name="input",
            aria_label=t("{name} is here", name=one.name),
            **props,
        )

    waits = rx.el.span(t("Map its room first"), class_name="faint")
    return rx.cond(one.is_rate, rx.cond(one.waits, waits, choose(S.plans)), choose(S.rooms))


def _by_hand() -> rx.Component:
    """For channels that cannot be asked, and for what they do not name."""
    kinds = rx.el.select(
        rx.foreach(S.rooms, lambda pair: rx.el.option(pair[1], value=pair[0], key=pair[0])),
        rx.foreach(S.plans, lambda pair: rx.el.option(pair[1], value=pair[0], key=pair[0])),
        id="value",
        name="value",
        class_name="input",
    )
    form = rx.el.form(
        text_field(
            t("Its number there"),
            "remote_id",
            error=S.errors["remote_id"],
            hint=t("A room, or a rate as ROOM/RATE."),
            auto_complete="off",
        ),
        field(t("Here"), kinds, "value"),
        rx.el.div(button(t("Map"), type="submit"), class_name="row"),
        id="add-product",
        on_submit=S.add,
        class_name="stack narrow-form",
    )
    inside = (rx.el.summary(t("Map something by its number")), rx.el.div(form, class_name="stack"))
    named = S.lines.length() > 0
    return rx.cond(named, rx.el.details(*inside, class_name="folded"), rx.el.details(*inside, class_name="folded", open=True))


def credential(one: Asked, all_optional: bool = False) -> rx.Component:
    """What the channel wants to know; secrets are never shown."""
    name = "credential." + one.name
    needed = one.needed if not all_optional else False
    several = rx.el.textarea(id=name, name=name, class_name="input", rows="4", spell_check=False, required=needed)
    chosen = rx.el.select(
        rx.el.option(t("As usual"), value=""),
        rx.foreach(one.choices, lambda word: rx.el.option(word, value=word, key=word)),
        id=name,
        name=name,
        class_name="input",
    )
    single = rx.el.input(
        id=name,
        name=name,
        class_name="input",
        type=rx.cond(one.secret, "password", "text"),
        auto_complete=rx.cond(one.secret, "new-password", "off"),
        spell_check=False,
        required=needed,
    )
    optional = (
        rx.fragment()
        if all_optional
        else rx.cond(one.needed | one.is_way, rx.fragment(), rx.el.span(t("optional"), class_name="optional"))
    )
    lead = rx.fragment() if all_optional else rx.cond(one.lead != "", rx.el.span(one.lead, class_name="way"), rx.fragment())
    return rx.el.div(
        lead,
        rx.el.label(one.label, optional, html_for=name),
        rx.cond(one.choices.length() > 0, chosen, rx.cond(one.lines, several, single)),
        rx.cond(one.hint != "", rx.el.span(one.hint, class_name="hint"), rx.fragment()),
        class_name="field",
        key=one.name,
    )


def access_form() -> rx.Component:
    """Other credentials for a connection there is."""
    return rx.el.form(
        rx.el.h2(t("Access to {channel}", channel=Channels.one.channel)),
        rx.el.p(
            t("Property {remote}. What you leave empty stays as it is; nothing of it is ever shown.", remote=Channels.one.remote),
            class_name="muted",
        ),
        rx.foreach(SetUp.asked, lambda one: credential(one, all_optional=True)),
        form_error(S.errors["credentials"]),
        rx.el.div(
            button(t("Save and try"), "primary", type="submit", busy=S.reading),
            rx.cond(
                SetUp.agrees,
                button(t("Go to {channel} to agree", channel=Channels.one.channel), type="button", on_click=SetUp.agree),
                rx.fragment(),
            ),
            class_name="row wrap",
        ),
        id="access-form",
        on_submit=S.change_access,
        class_name="stack",
        lang=Words.locale,
    )
