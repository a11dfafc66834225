"""Menus on the browser's popover: open by their button, close by Esc, by a click elsewhere, or by a choice."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit.button import link
from pms.ui.kit.icons import icon


def menu(
    name: str, trigger: Any, *items: Any, label: Any, trigger_class: str = "btn quiet", at_end: bool = False, tip: bool = False
) -> rx.Component:
    """A button that opens a list. `name` must be unique on the page; `label` names button and list for assistive technology."""
    anchor = f"--{name}"
    attributes: dict[str, Any] = {"popovertarget": name, "aria-haspopup": "menu", **({"data-tip": label} if tip else {})}
    return rx.fragment(
        rx.el.button(
            trigger,
            type="button",
            class_name=trigger_class,
            aria_label=label,
            custom_attrs=attributes,
            style={"anchorName": anchor},
        ),
        rx.el.div(
            *items,
            id=name,
            class_name="menu end" if at_end else "menu",
            role="menu",
            aria_label=label,
            custom_attrs={"popover": "auto"},
            style={"positionAnchor": anchor},
        ),
    )


def menu_item(
    label: Any, mark: str | None = None, kind: str = "", menu: str = "", href: Any = None, checked: Any = None, **props: Any
) -> rx.Component:
    """One choice. `menu` names the menu to close with it; `checked` makes it one of a set."""
    inside = [
        icon(mark) if mark else None,
        rx.el.span(label, class_name="grow cut"),
        icon("check", small=True, class_name="tick") if checked is not None else None,
    ]
    named = f"menu-item {kind}".strip()
    if href is not None:
        return link(*filter(None, inside), href=href, class_name=named, role="menuitem", **props)
    attributes: dict[str, Any] = {
        **props.pop("custom_attrs", {}),
        **({"popovertarget": menu, "popovertargetaction": "hide"} if menu else {}),
    }
    if checked is not None:
        props["aria_checked"] = checked
    role = "menuitem" if checked is None else "menuitemradio"
    return rx.el.button(*filter(None, inside), type="button", class_name=named, role=role, custom_attrs=attributes, **props)


def menu_head(words: Any) -> rx.Component:
    """A heading within a menu."""
    return rx.el.div(words, class_name="menu-head", role="presentation")


def menu_line() -> rx.Component:
    """A line between groups of choices."""
    return rx.el.hr(role="separator")
