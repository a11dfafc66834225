"""A screen: its address, its title, how it is drawn, what loads it, who may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True)
class Screen:
    """One page of the application, drawn inside the shell.

    `title` is an English sentence for `t()`. `on_load` runs when the page is opened, when a broken socket is back, and when
    the person's permissions changed; it should `show(...)` a `LiveView`.
    """

    route: str
    title: str
    draw: Callable[[], rx.Component]
    on_load: Any = None
    permission: str | None = None


SCREENS: dict[str, Screen] = {}
"""Every screen by its route; filled by `shell.add_screen`."""
