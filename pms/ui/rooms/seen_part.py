"""What names written down come to, drawn."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.rooms.rows import Seen


def preview(seen: Any) -> rx.Component:
    """The units understood so far, and how many."""
    kept: Seen = seen
    return rx.el.div(
        rx.foreach(kept.names, lambda name: rx.el.span(name, class_name="unit", key=name)),
        rx.cond(kept.more > 0, rx.el.span("+", kept.more, class_name="unit"), rx.fragment()),
        rx.cond(kept.summary != "", rx.el.span(kept.summary, class_name="muted"), rx.fragment()),
        class_name="units",
        aria_live="polite",
    )
