"""The forms of `box`, drawn: in a drawer, with what is wrong, and with their end."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit import button, drawer, form_error, link, note, t


def form_drawer(
    S: Any,
    name: str,
    title: Any,
    *inside: rx.Component,
    below: Any = None,
    save: Any = None,
    wide: bool = False,
    form: Any = rx.el.form,
    **props: Any,
) -> rx.Component:
    """A form in a drawer, saved from its foot: `<name>-form` in `<name>-drawer`. `inside` are its fields, `below` follows it;
    `save` is what the button says, `form` another kind of form, and `props` go to that.
    """
    props.update(id=f"{name}-form", on_submit=S.save, class_name="stack", key=S.serial)
    return drawer(
        rx.fragment(form(*inside, **props), below),
        open=S.open,
        on_close=S.close,
        title=title,
        id=f"{name}-drawer",
        modal=True,
        wide=wide,
        footer=[button(t("Save") if save is None else save, "primary", type="submit", custom_attrs={"form": f"{name}-form"})],
    )


def row_drawer(
    S: Any, name: str, called: Any, new: Any, *inside: rx.Component, archive: tuple[Any, Any], **more: Any
) -> rx.Component:
    """The form over a row that is `called` so, which can be archived there, or for a `new` one. `archive` is what that is called,
    and what it means.
    """
    title, end = rx.cond(S.row != "", called, new), rx.cond(S.row != "", ending(S, *archive, called), rx.fragment())
    return form_drawer(S, name, title, *inside, trouble(S), below=end, **more)


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


def ending(S: Any, title: Any, text: Any, name: Any) -> rx.Component:
    """The end of a form over a row of that name: what archiving means, one more question before it, and why it cannot be."""
    sure = rx.el.div(
        rx.el.p(t("Archive {name}?", name=name), class_name="strong"),
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
