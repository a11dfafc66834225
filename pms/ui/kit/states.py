"""What a screen shows when there is nothing to show: not yet, not any, or not possible."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit.icons import icon
from pms.ui.kit.words import t


def empty(title: Any, text: Any = None, action: rx.Component | None = None, mark: str = "info") -> rx.Component:
    """Nothing here yet: say what would be here, and offer the step that brings it."""
    return rx.el.div(
        rx.el.div(icon(mark), class_name="mark"),
        rx.el.h2(title),
        rx.el.p(text) if text is not None else None,
        action,
        class_name="empty",
    )


def failed(title: Any, text: Any = None, action: rx.Component | None = None) -> rx.Component:
    """It did not work: what, and what to do now."""
    return rx.el.div(
        rx.el.div(icon("warning"), class_name="mark"),
        rx.el.h2(title),
        rx.el.p(text) if text is not None else None,
        action,
        class_name="empty bad",
        role="alert",
    )


def skeleton(width: str = "100%", height: str = "14px") -> rx.Component:
    """A grey stand-in for something on its way."""
    return rx.el.div(class_name="skeleton", style={"width": width, "height": height}, aria_hidden="true")


def loading(lines: int = 6) -> rx.Component:
    """A page's worth of stand-ins; tells screen readers once."""
    widths = ("62%", "88%", "74%", "94%", "55%", "80%")
    return rx.el.div(
        rx.el.span(t("Loading"), class_name="sr", role="status"),
        *(skeleton(widths[n % len(widths)], "16px") for n in range(lines)),
        class_name="stack loose",
        style={"padding": "24px"},
    )
