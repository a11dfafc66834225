"""How the Reflex application is made of screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from pms.ui.kit.button import button
from pms.ui.kit.sheets import STYLESHEETS
from pms.ui.kit.states import failed
from pms.ui.kit.toast import toaster
from pms.ui.kit.words import t
from pms.ui.shell.act import unhandled
from pms.ui.shell.layout import framed
from pms.ui.shell.own_tab import OwnTab
from pms.ui.shell.screen import SCREENS, Screen
from pms.ui.shell.session import Door, Session

NAME = "Octaspace"


def make_app(http: Any) -> rx.App:
    """The application without its screens; `http` is the FastAPI application beneath which Reflex serves."""
    return rx.App(
        api_transformer=(OwnTab, http),
        html_lang="en",
        stylesheets=list(STYLESHEETS),
        toaster=toaster(),
        backend_exception_handler=unhandled,
        app_wraps={(55, "ErrorBoundary"): lambda stateful: _boundary()},
        head_components=_head(),
    )


def add_screen(app: rx.App, screen: Screen) -> None:
    """Add a page of the signed-in application: framed and guarded."""
    SCREENS[screen.route] = screen

    def page() -> rx.Component:
        return framed(screen.draw())

    page.__module__ = screen.draw.__module__  # Reflex bundles by module: a visitor of one screen does not load the others
    app.add_page(
        page,
        route=screen.route,
        title=t("{page} · Octaspace", page=t(screen.title)),
        on_load=Session.enter(screen.route),  # type: ignore[call-arg]
    )


def add_door(app: rx.App, route: str, title: str, draw: Callable[[], rx.Component], on_load: Any = None) -> None:
    """Add a page for people not signed in."""
    app.add_page(
        draw, route=route, title=t("{page} · Octaspace", page=t(title)), on_load=[Door.enter, *([on_load] if on_load else [])]
    )


def _head() -> list[rx.Component]:
    return [
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        rx.el.meta(name="theme-color", content="#ffffff", custom_attrs={"media": "(prefers-color-scheme: light)"}),
        rx.el.meta(name="theme-color", content="#191c21", custom_attrs={"media": "(prefers-color-scheme: dark)"}),
        rx.el.link(rel="icon", href="/icons/octaspace.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icons/octaspace-180.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.link(
            rel="preload",
            href="/fonts/inter-latin.woff2",
            custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
        ),
        rx.el.script(src="/live.js"),
        rx.el.script(src="/door.js", defer=True),
    ]


def _boundary() -> rx.Component:
    """What is left when a page breaks in the browser: a sentence and a way on, not a blank page."""
    again = button(t("Reload the page"), "primary", on_click=rx.call_script("location.reload()"))
    return ErrorBoundary.create(
        fallback_render=failed(t("This page broke"), t("Your work is safe. Reload the page to go on."), again)
    )
