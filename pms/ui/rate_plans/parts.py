"""Parts of the forms of set-up: lines one can add, boxes to tick, what is seldom needed, a form heard as it is typed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit import button, checkbox, icon_button, t, wrong


def _fields(e: rx.Var[Any]) -> tuple[rx.Var[dict[str, Any]]]:
    """Everything in the form, as it would be sent; in the browser the event is called `_` and the name it has here."""
    return (rx.Var("Object.fromEntries(new FormData(_e.currentTarget))").to(dict),)


class HeardForm(rx.el.Form):
    """A form that says what stands in it whenever something does: `on_typed`."""

    on_change: rx.EventHandler[_fields]


def small_field(label: Any, name: Any, value: Any, unit: Any = None, **props: Any) -> rx.Component:
    """A short field within a line: its label above it."""
    props.setdefault("type", "text")
    box = rx.el.input(name=name, default_value=value, class_name="input", auto_complete="off", **props)
    control = box if unit is None else rx.el.div(box, rx.el.span(unit, class_name="unit"), class_name="input-group has-unit")
    return rx.el.label(rx.el.span(label), control, class_name="small-field")


def number_small(label: Any, name: Any, value: Any, unit: Any = None, **props: Any) -> rx.Component:
    """A whole number or a decimal within a line."""
    return small_field(label, name, value, unit, input_mode="decimal", **props)


def line(*fields: rx.Component, drop: Any, key: Any) -> rx.Component:
    """Fields that belong together, with a way to be without them."""
    away = icon_button("close", t("Remove"), tip=False, on_click=drop)
    return rx.el.div(rx.el.div(*fields, class_name="line-fields"), away, class_name="form-line", key=key)


def lines(legend: Any, rows: Any, draw: Any, add: Any, add_words: Any, name: str, error: Any, hint: Any = None) -> rx.Component:
    """Lines one can add and remove."""
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="label"),
        rx.el.span(hint, class_name="hint") if hint is not None else None,
        rx.foreach(rows, draw),
        rx.el.div(button(add_words, "quiet", icon="plus", on_click=add), class_name="row"),
        wrong(name, error),
        class_name="field all-lines",
    )


def ticks(legend: Any, name: str, choices: Any, ticked: Any, hint: Any = None, error: Any = None) -> rx.Component:
    """Boxes to tick, sent as `<name>.<id>`."""
    boxes = rx.foreach(
        choices,
        lambda one: checkbox(
            one.name, name + "." + one.id, id=name + "-" + one.id, default_checked=ticked.contains(one.id), key=one.id
        ),
    )
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="label"),
        rx.el.div(boxes, class_name="ticks"),
        rx.el.span(hint, class_name="hint") if hint is not None else None,
        wrong(name, error) if error is not None else None,
        class_name="field",
    )


def more(title: Any, *children: Any, **props: Any) -> rx.Component:
    """What most people never need, folded away."""
    return rx.el.details(rx.el.summary(title), rx.el.div(*children, class_name="stack"), class_name="folded", **props)


def fields(*several: rx.Component) -> rx.Component:
    """Fields side by side where there is room."""
    return rx.el.div(*several, class_name="fields two")
