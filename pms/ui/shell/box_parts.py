"""Parts of the forms over one row, drawn; see `box`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit import button, form_error, link, note, t


def trouble(S: Any) -> rx.Component:
    """What is wrong with the form as a whole, and the ways on: the present state, or the nights on the calendar."""
    again = button(t("Show it as it is now"), "quiet", icon="undo", on_click=S.refresh)
    return rx.fragment(
        form_error(S.errors["form"]),
        rx.cond(S.stale, rx.el.div(again, class_name="row"), rx.fragment()),
        rx.cond((S.look != "") & (S.refused == ""), see_calendar(S.look), rx.fragment()),
    )


def see_calendar(href: Any) -> rx.Component:
    """To the nights a refusal names."""
    return rx.el.div(link(t("See these nights on the calendar"), href=href), class_name="row")


def ending(S: Any, title: Any, text: Any, question: Any) -> rx.Component:
    """The end of a form: what archiving means, one more question before it, and why it cannot be if it cannot."""
    sure = rx.el.div(
        rx.el.p(question, class_name="strong"),
        rx.el.div(
            button(t("Archive"), "danger", icon="archive", on_click=S.archive),
            button(t("Keep"), "quiet", on_click=S.never_mind),
            class_name="row",
        ),
        class_name="stack tight",
        role="alert",
    )
    ask = rx.el.div(button(title, "danger", icon="archive", on_click=S.ask), class_name="row")
    why_not = rx.cond(
        S.refused != "",
        rx.fragment(note(S.refused, "bad"), rx.cond(S.look != "", see_calendar(S.look), rx.fragment())),
        rx.fragment(),
    )
    return rx.el.div(
        rx.el.h3(title), rx.el.p(text, class_name="muted"), why_not, rx.cond(S.asking, sure, ask), class_name="section"
    )
