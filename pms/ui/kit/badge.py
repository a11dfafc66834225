"""Small marks: pills for states, dots, avatars."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit.button import classes

STATUS_KINDS = {
    "tentative": "tentative",
    "confirmed": "confirmed",
    "checked_in": "in",
    "checked_out": "",
    "cancelled": "bad",
    "no_show": "bad",
}
"""Which pill a reservation's status wears."""


def pill(words: Any, kind: Any = "") -> rx.Component:
    """A state in words. `kind`: "confirmed", "in", "tentative", "ok", "warn", "bad", "" for over and done."""
    return rx.el.span(words, class_name=classes("pill ", kind) if isinstance(kind, rx.Var) else f"pill {kind}".strip())


def dot(kind: Any = "", label: Any = None) -> rx.Component:
    """A coloured dot; never alone with its meaning: give it a label or words beside it."""
    return (
        rx.el.span(class_name=classes("dot ", kind) if isinstance(kind, rx.Var) else f"dot {kind}", role="img", aria_label=label)
        if label is not None
        else rx.el.span(class_name=classes("dot ", kind) if isinstance(kind, rx.Var) else f"dot {kind}", aria_hidden="true")
    )


def initials(name: str) -> str:
    """One or two letters for a person: "Rasa Kazlauskienė" -> "RK"."""
    parts = [part for part in name.split() if part]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def hue(name: str) -> str:
    """The avatar colour a name always gets: "h0" to "h5"."""
    return f"h{sum(map(ord, name)) % 6}"


def avatar(letters: Any, hue: Any = "h0", label: Any = None) -> rx.Component:
    """A person as letters in a circle; letters and hue come from `initials` and `hue` on the server."""
    named = classes("avatar ", hue) if isinstance(hue, rx.Var) else f"avatar {hue}"
    if label is None:
        return rx.el.span(letters, class_name=named, aria_hidden="true")
    return rx.el.span(letters, class_name=named, role="img", aria_label=label, title=label)
