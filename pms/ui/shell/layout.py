"""The frame around every screen: rail (tab bar on phones), top bar, the lost-connection banner, messages."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx
from reflex_base.style import color_mode, set_color_mode

from pms.kernel.words import LOCALES, N_
from pms.ui.kit.badge import avatar
from pms.ui.kit.button import link
from pms.ui.kit.icons import icon
from pms.ui.kit.menu import menu, menu_head, menu_item, menu_line
from pms.ui.kit.states import failed, loading
from pms.ui.kit.words import Words, t, word_of
from pms.ui.shell.clock import clock
from pms.ui.shell.navigation import MARKS, PLACES, Place
from pms.ui.shell.session import Session

ROLE_WORDS = {
    "owner": N_("Owner"),
    "manager": N_("Manager"),
    "front_desk": N_("Front desk"),
    "housekeeping": N_("Housekeeping"),
    "accountant": N_("Accountant"),
}
THEMES: tuple[tuple[Literal["system", "light", "dark"], str, str], ...] = (
    ("system", N_("As the device"), "screen"),
    ("light", N_("Light"), "sun"),
    ("dark", N_("Dark"), "moon"),
)


_SIGN_OUT = "fetch('/auth/sign-out', { method: 'POST' }).finally(() => location.assign('/sign-in'))"


def framed(content: rx.Component) -> rx.Component:
    """A screen inside the frame; until the guard has let the person in, stand-ins."""
    return rx.el.div(
        rx.el.a(
            t("Skip to content"),
            href="#main",
            class_name="skip",
            on_click=rx.call_script("document.getElementById('main').focus()"),
        ),
        _rail(),
        _top(),
        rx.el.main(
            rx.cond(Session.ready, rx.cond(Session.forbidden, _forbidden(), content), loading()),
            id="main",
            class_name="main",
            tab_index=-1,
        ),
        lost_connection(),
        class_name="app",
        lang=Words.locale,
    )


def _rail() -> rx.Component:
    top = [_entry(place) for place in PLACES if place.at == "top"]
    bottom = [_entry(place) for place in PLACES if place.at == "bottom"]
    return rx.el.nav(
        link(rx.el.span("O", aria_hidden="true"), href="/", class_name="logo", aria_label=t("Octaspace, to the start")),
        *top,
        rx.el.div(class_name="gap"),
        *bottom,
        class_name="rail",
        aria_label=t("Main"),
    )


def _entry(place: Place) -> rx.Component:
    words = t(place.words)
    return rx.cond(
        Session.places.contains(place.route),
        link(
            icon(place.icon),
            rx.el.span(in_two_lengths(words, t(place.brief)) if place.brief else words, class_name="words"),
            *_mark(place),
            href=place.route,
            class_name="place" if place.phone else "place desk-only",
            aria_current=rx.cond(Session.route == place.route, "page", "false"),
            custom_attrs={"data-tip": words, "data-tip-side": "right"},
        ),
        rx.fragment(),
    )


def _mark(place: Place) -> list[rx.Component]:
    """How many things wait for somebody there."""
    if (mark := MARKS.get(place.route)) is None:
        return []
    number = rx.el.span(
        rx.el.span(rx.cond(mark.count > 99, "99+", mark.count), aria_hidden="true"), rx.el.span(mark.words, class_name="sr")
    )
    return [rx.cond(mark.count > 0, rx.el.span(number, class_name="mark-count"), rx.fragment())]


def _top() -> rx.Component:
    return rx.el.header(
        _houses(),
        rx.el.span(
            rx.cond(Session.house_now.city != "", Session.house_now.city + " · ", ""),
            clock(Session.house_now.timezone, Words.locale),
            class_name="where",
        ),
        rx.el.div(class_name="grow"),
        rx.el.span(
            rx.el.span(t("Live"), class_name="on"),
            rx.el.span(t("Reconnecting"), class_name="off"),
            class_name="live",
            role="status",
        ),
        _account(),
        class_name="top",
    )


def _houses() -> rx.Component:
    """The property's name; where there are several, a menu of them."""
    several = menu(
        "houses",
        rx.fragment(rx.el.span(Session.house_now.name, class_name="cut"), icon("down", small=True)),
        menu_head(Session.organization),
        rx.foreach(
            Session.houses,
            lambda one: menu_item(
                one.name,
                "property",
                menu="houses",
                checked=rx.cond(one.id == Session.house, "true", "false"),
                on_click=Session.choose_house(one.id),
                key=one.id,
            ),
        ),
        label=t("Property"),
        trigger_class="btn quiet house",
    )
    return rx.cond(Session.houses.length() > 1, several, rx.el.span(Session.house_now.name, class_name="house alone cut"))


def _account() -> rx.Component:
    others = [
        rx.cond(
            Session.places.contains(place.route),
            menu_item(t(place.words), place.icon, kind="phone-only", href=place.route),
            rx.fragment(),
        )
        for place in PLACES
        if not place.phone
    ]
    return menu(
        "account-menu",
        avatar(Session.letters, Session.hue),
        rx.el.div(
            rx.el.b(Session.name, class_name="cut"),
            rx.el.span(word_of(Session.role, ROLE_WORDS), class_name="faint"),
            class_name="who",
        ),
        menu_item(t("Your account"), "team", href="/account"),
        *others,
        menu_line(),
        menu_head(t("Language")),
        *[
            menu_item(
                name,
                menu="account-menu",
                checked=rx.cond(Words.locale == code, "true", "false"),
                on_click=Session.speak(code),
                lang=code,
            )
            for code, name in LOCALES.items()
        ],
        menu_line(),
        menu_head(t("Appearance")),
        *[_theme(*theme) for theme in THEMES],
        menu_line(),
        menu_item(t("Sign out"), "out", on_click=rx.call_script(_SIGN_OUT)),
        label=t("Account and settings"),
        trigger_class="who-button",
        at_end=True,
    )


def _theme(mode: Literal["system", "light", "dark"], words: str, mark: str) -> rx.Component:
    return menu_item(t(words), mark, checked=rx.cond(color_mode == mode, "true", "false"), on_click=set_color_mode(mode))


def _forbidden() -> rx.Component:
    return failed(
        t("This is not open to you"), t("Your role does not include this page. Whoever manages your team can change that.")
    )


def lost_connection() -> rx.Component:
    """Shown while the socket is gone: `live.js` marks the document, the style sheet does the rest."""
    return rx.el.div(t("Connection lost. Reconnecting, please wait."), class_name="lost", role="alert")


def in_two_lengths(title: Any, brief: Any) -> rx.Component:
    """A title with a shorter one for screens where its tools leave less room; the style sheet chooses."""
    return rx.fragment(rx.el.span(title, class_name="at-length"), rx.el.span(brief, class_name="in-brief"))


def page_head(title: Any, *tools: rx.Component, actions: tuple[rx.Component, ...] = ()) -> rx.Component:
    """The line above a screen's content: its title, its tools, and at the end its actions, the main one last."""
    end = [rx.el.div(*actions, class_name="bar-actions")] if actions else []
    return rx.el.div(rx.el.h1(title), *tools, *end, class_name="bar")
