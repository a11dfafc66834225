"""Short messages that come and go, with one action, seldom two: "Moved Smith to 204 · Undo".

return notice(translate("Moved {guest}", self.locale, guest=name), undo=Calendar.take_back(move_id))
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_sonner.toast import Toaster

UNDO_FOR = 12_000
SHOWN_FOR = 4_500


def toaster() -> rx.Component:
    """The place where messages appear, once per page; the shell has it."""
    return Toaster.create(
        position="bottom-center",
        rich_colors=False,
        expand=False,
        visible_toasts=3,
    )


def notice(
    message: str,
    description: str | None = None,
    action: str | None = None,
    on_action: Any = None,
    bad: bool = False,
    id: str | None = None,
    instead: tuple[str, Any] | None = None,
) -> rx.event.EventSpec:
    """Show a message, already in the reader's language; with `action` a button that calls `on_action`.

    `instead` is one more choice, (label, event), before it. For handlers to return.
    """
    props: dict[str, Any] = {
        "duration": UNDO_FOR if action else SHOWN_FOR * (2 if bad else 1),
        "unstyled": True,
        "class_name": "toast",
    }
    if action is not None:
        props["action"] = {"label": action, "on_click": on_action}
    if instead is not None:
        props["cancel"] = {"label": instead[0], "on_click": instead[1]}
    if description:
        props["description"] = description
    if id:
        props["id"] = id
    return rx.toast.error(message, important=True, **props) if bad else rx.toast(message, **props)


def notice_instead(name: str, number: int, message: str, *more: Any, **props: Any) -> list[rx.event.EventSpec]:
    """A message in the place of the one before; `number` counts those of that name, from 1 on. The one before goes, for a toast
    that only changed its words would keep its buttons.
    """
    return [rx.toast.dismiss(f"{name}{number - 1}"), notice(message, *more, **props, id=f"{name}{number}")]
