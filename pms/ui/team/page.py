"""The team page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.accounts.password_links import VALID_HOURS
from pms.kernel.words import N_
from pms.ui.kit import (
    avatar,
    button,
    checkbox,
    copied,
    dialog,
    drawer,
    form_error,
    note,
    pill,
    t,
    table,
    table_row,
    text_field,
    word_of,
)
from pms.ui.shell import Screen, Session, page_head
from pms.ui.shell.layout import ROLE_WORDS
from pms.ui.team.rows import Person, Waiting
from pms.ui.team.state import Team


def page() -> rx.Component:
    """Colleagues, then the invitations that wait."""
    return rx.fragment(
        page_head(t("Team"), actions=(button(t("Invite"), "primary", icon="plus", on_click=Team.invite_somebody),)),
        rx.el.div(
            table(t("Team"), [t("Name"), t("Role"), t("Properties"), t("Two-factor")], Team.people, _person),
            rx.cond(Team.waiting.length() > 0, _invitations(), rx.fragment()),
            class_name="page",
        ),
        _inviting(),
        _editing(),
    )


def _person(one: Person) -> rx.Component:
    who = rx.el.button(
        avatar(one.letters, one.hue),
        rx.el.span(
            rx.el.b(one.name, class_name="strong cut"), rx.el.span(one.email, class_name="faint cut"), class_name="two-lines"
        ),
        type="button",
        class_name="row who-cell",
        on_click=Team.edit(one.id),
    )
    return table_row(
        rx.el.div(who, rx.cond(one.person == Session.person, pill(t("You"), "accent"), rx.fragment()), class_name="row"),
        word_of(one.role, ROLE_WORDS),
        one.where,
        rx.cond(one.two_factor, pill(t("On"), "ok"), pill(t("Off"))),
        key=one.id,
    )


def _invitations() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Invited")),
        table(t("Invited"), [t("E-mail"), t("Role"), t("Properties"), t("Good until"), ""], Team.waiting, _invited),
        class_name="stack",
    )


def _invited(one: Waiting) -> rx.Component:
    return table_row(
        one.email,
        word_of(one.role, ROLE_WORDS),
        one.where,
        one.until,
        rx.el.div(button(t("Withdraw"), "quiet danger", on_click=Team.take_back(one.id)), class_name="row end"),
        key=one.id,
    )


def _role(name: str, **props: Any) -> rx.Component:
    options = rx.foreach(Team.roles, lambda role: rx.el.option(word_of(role, ROLE_WORDS), value=role, key=role))
    control = rx.el.select(options, id=name, name="role", class_name="input", required=True, **props)
    return rx.el.div(rx.el.label(t("Role"), html_for=name), control, class_name="field")


def _properties(prefix: str) -> rx.Component:
    """All, or a choice where there are several."""
    some = rx.foreach(
        Team.houses,
        lambda house: checkbox(
            house[1],
            "property." + house[0],
            id=f"{prefix}-" + house[0],
            default_checked=Team.edited.properties.contains(house[0]),
            key=house[0],
        ),
    )
    return rx.el.fieldset(
        checkbox(
            t("All properties"), "everywhere", id=f"{prefix}-everywhere", checked=Team.everywhere, on_change=Team.tick_everywhere
        ),
        rx.cond(Team.everywhere, rx.fragment(), rx.el.div(some, class_name="stack tight indented")),
        class_name="stack tight",
    )


def _inviting() -> rx.Component:
    ask = rx.el.form(
        text_field(t("E-mail"), "email", type="email", error=Team.errors["email"], auto_complete="off"),
        _role("invite-role", default_value="front_desk", key=Team.roles.join(",")),  # chosen only once there are options
        _properties("invite"),
        form_error(Team.errors["role"]),
        form_error(Team.errors["property_ids"]),
        button(t("Make a link"), "primary large", type="submit"),
        on_submit=Team.invite,
        class_name="stack",
    )
    made = rx.el.div(
        note(t("Send this link to your colleague. It is good for seven days and lets in once."), mark="mail"),
        copied(Team.link, "invitation-link", t("Invitation link"), t("Copy the link")),
        class_name="stack",
    )
    return dialog(
        rx.cond(Team.link != "", made, ask),
        open=Team.inviting,
        on_close=Team.stop_inviting,
        title=t("Invite a colleague"),
        id="inviting",
    )


def _editing() -> rx.Component:
    form = rx.el.form(
        rx.el.p(Team.edited.email, class_name="muted"),
        _role("edit-role", default_value=Team.edited.role, key=Team.edited.id),
        _properties("edit"),
        form_error(Team.errors["role"]),
        form_error(Team.errors["property_ids"]),
        rx.el.div(button(t("Save"), "primary", type="submit"), class_name="row"),
        on_submit=Team.save,
        class_name="stack",
        key=Team.edited.id,
    )
    return drawer(
        rx.fragment(form, _password(), rx.el.div(rx.el.h3(t("Access")), _end_access(), class_name="section")),
        open=Team.editing,
        on_close=Team.stop_editing,
        title=Team.edited.name,
        id="colleague",
        modal=True,
    )


def _password() -> rx.Component:
    """The way back for somebody who forgot their password; nobody makes one for themselves."""
    ask = rx.fragment(
        rx.el.p(
            t("A link to choose a new password with: it works once, within {n} hours, and ends their sessions.", n=VALID_HOURS),
            class_name="muted",
        ),
        rx.el.div(button(t("Make a link"), icon="key", on_click=Team.make_password_link), class_name="row"),
    )
    made = rx.fragment(
        note(t("Give this link to {name} only: whoever opens it becomes them.", name=Team.edited.name), "warn", mark="key"),
        copied(Team.new_password, "password-link", t("Link to a new password"), t("Copy the link")),
    )
    part = rx.el.div(rx.el.h3(t("Forgotten password")), rx.cond(Team.new_password != "", made, ask), class_name="section")
    return rx.cond(Team.edited.person == Session.person, rx.fragment(), part)


def _end_access() -> rx.Component:
    return rx.el.div(
        rx.el.p(t("Signs them out everywhere at once. What they did stays in the books."), class_name="muted"),
        rx.el.div(button(t("End access"), "danger", on_click=Team.withdraw), class_name="row"),
        class_name="stack",
    )


SCREEN = Screen(route="/team", title=N_("Team"), draw=page, on_load=Team.load, permission="members.manage")
