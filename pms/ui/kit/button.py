"""Buttons, links that look like buttons, and the segmented control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from pms.ui.kit.icons import icon as draw


def classes(*names: str | rx.Var[Any] | None) -> Any:
    """Class names joined; a Var among them makes the whole a Var."""
    if any(isinstance(name, rx.Var) for name in names):
        joined: Any = ""
        for name in filter(lambda one: one is not None and not (isinstance(one, str) and not one), names):
            joined = rx.Var.create(name) if isinstance(joined, str) else joined + " " + name
        return joined
    return " ".join(name for name in names if isinstance(name, str) and name)


def _inside(label: Any, icon: str | None) -> list[Any]:
    return ([draw(icon, small=True)] if icon else []) + ([label] if label is not None else [])


def button(label: Any, kind: str = "", icon: str | None = None, busy: Any = False, **props: Any) -> rx.Component:
    """A button. `kind`: "primary", "quiet", "danger", "large", "wide", combined by spaces. `busy` shows work under way."""
    spinning = rx.cond(busy, " busy", "") if isinstance(busy, rx.Var) else (" busy" if busy else "")
    named = classes("btn", kind, props.pop("class_name", ""))
    props.setdefault("type", "button")
    if isinstance(busy, rx.Var):
        props["custom_attrs"] = {**props.get("custom_attrs", {}), "aria-busy": busy}
    return rx.el.button(*_inside(label, icon), class_name=named + spinning, **props)


def icon_button(name: str, label: Any, kind: str = "quiet", tip: bool = True, **props: Any) -> rx.Component:
    """A square button with an icon only; `label` names it for assistive technology and as its tooltip."""
    attributes = {**props.pop("custom_attrs", {}), **({"data-tip": label} if tip else {})}
    props.setdefault("type", "button")
    named = classes("btn square", kind, props.pop("class_name", ""))
    return rx.el.button(draw(name), aria_label=label, class_name=named, custom_attrs=attributes, **props)


def link_button(label: Any, href: Any, kind: str = "", icon: str | None = None, **props: Any) -> rx.Component:
    """A link drawn as a button, within the app without a page load."""
    return link(*_inside(label, icon), href=href, class_name=classes("btn", kind), **props)


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link within the app: the page changes without being loaded anew."""
    return ReactRouterLink.create(*children, to=href, **props)


def segmented(label: Any, value: Any, options: Sequence[tuple[str, Any]], on_change: Any) -> rx.Component:
    """A choice among a few, all in sight. `on_change(code)` gets the chosen code; `value` is the Var of the present one."""
    buttons = [
        rx.el.button(words, type="button", aria_pressed=value == code, on_click=on_change(code)) for code, words in options
    ]
    return rx.el.div(*buttons, class_name="seg", role="group", aria_label=label)
