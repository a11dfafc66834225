"""Fields: one label, one control, a hint, and the error beside what caused it.

`name` is the key under which a form sends the value; `error` is a string Var, usually `S.errors["name"]`, empty when all is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from pms.ui.kit.button import button
from pms.ui.kit.icons import icon
from pms.ui.kit.words import t


def field(
    label: Any,
    control: rx.Component,
    name: str,
    hint: Any = None,
    error: Any = None,
    optional: bool = False,
    class_name: str = "",
) -> rx.Component:
    """A labelled control. The control must have `id=name`; `text_field` and its kin see to that."""
    return rx.el.div(
        rx.el.label(label, rx.el.span(t("optional"), class_name="optional") if optional else None, html_for=name),
        control,
        rx.el.span(hint, class_name="hint", id=f"{name}-hint") if hint is not None else None,
        wrong(name, error),
        class_name=f"field {class_name}".strip(),
    )


def wrong(name: str, error: Any) -> rx.Component | None:
    """What is wrong with the field, spoken by screen readers as it appears."""
    if error is None:
        return None
    return rx.el.span(
        rx.cond(error, rx.fragment(icon("warning", small=True), error), rx.fragment()),
        class_name="wrong",
        id=f"{name}-wrong",
        role="alert",
    )


def _described(name: str, hint: Any, error: Any) -> dict[str, Any]:
    by = " ".join(filter(None, (f"{name}-hint" if hint is not None else "", f"{name}-wrong" if error is not None else "")))
    found: dict[str, Any] = {"aria_describedby": by} if by else {}
    if error is not None:
        found["aria_invalid"] = rx.cond(error, "true", "false")
    return found


def text_field(
    label: Any,
    name: str,
    hint: Any = None,
    error: Any = None,
    optional: bool = False,
    unit: Any = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """One line of text. `unit` is printed at the end inside the control. Other props go to the input."""
    props.setdefault("required", not optional)
    control = rx.el.input(id=name, name=name, class_name="input", **_described(name, hint, error), **props)
    if unit is not None:
        control = rx.el.div(control, rx.el.span(unit, class_name="unit"), class_name="input-group has-unit")
    return field(label, control, name, hint, error, optional, class_name)


def password_field(label: Any, name: str, new: bool = False, **props: Any) -> rx.Component:
    """A password; `new` when it is being chosen, so that password managers offer one."""
    return text_field(label, name, type="password", auto_complete="new-password" if new else "current-password", **props)


def number_field(label: Any, name: str, least: int | None = 0, most: int | None = None, **props: Any) -> rx.Component:
    """A whole number, with the digits keyboard on phones."""
    limits = {key: value for key, value in (("min", least), ("max", most)) if value is not None}
    return text_field(label, name, type="number", input_mode="numeric", step=1, **limits, **props)


def money_field(label: Any, name: str, currency: Any, **props: Any) -> rx.Component:
    """An amount as people write it; read it on the server with `pms.kernel.formats.read_money`."""
    return text_field(label, name, unit=currency, type="text", input_mode="decimal", auto_complete="off", **props)


def date_field(label: Any, name: str, **props: Any) -> rx.Component:
    """A local date by the browser's own picker, which knows the reader's habits; sends ISO "2026-11-23"."""
    return text_field(label, name, type="date", **props)


def time_field(label: Any, name: str, **props: Any) -> rx.Component:
    """A time of day, sent as "15:00"."""
    return text_field(label, name, type="time", **props)


def select_field(
    label: Any,
    name: str,
    options: Sequence[tuple[str, Any]] | Any,
    hint: Any = None,
    error: Any = None,
    optional: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A choice from a list of (code, words), plain or a Var of such pairs."""
    props.setdefault("required", not optional)
    if isinstance(options, rx.Var):
        choices: list[Any] = [rx.foreach(options, lambda pair: rx.el.option(pair[1], value=pair[0], key=pair[0]))]
    else:
        choices = [rx.el.option(words, value=code) for code, words in options]
    control = rx.el.select(*choices, id=name, name=name, class_name="input", **_described(name, hint, error), **props)
    return field(label, control, name, hint, error, optional, class_name)


def text_area(
    label: Any, name: str, hint: Any = None, error: Any = None, optional: bool = False, class_name: str = "", **props: Any
) -> rx.Component:
    """Several lines of text."""
    props.setdefault("required", not optional)
    control = rx.el.textarea(id=name, name=name, class_name="input", **_described(name, hint, error), **props)
    return field(label, control, name, hint, error, optional, class_name)


def checkbox(label: Any, name: str, hint: Any = None, **props: Any) -> rx.Component:
    """A yes or no that is sent with its form."""
    return _check(label, name, hint, type="checkbox", **props)


def switch(label: Any, name: str, hint: Any = None, **props: Any) -> rx.Component:
    """A yes or no that acts at once; give it `checked` and `on_change`."""
    return _check(label, name, hint, type="checkbox", role="switch", **props)


def radio(label: Any, name: str, value: str, hint: Any = None, **props: Any) -> rx.Component:
    """One of several answers; all of one question share `name`."""
    return _check(label, name, hint, type="radio", value=value, **props)


def _check(label: Any, name: str, hint: Any, **props: Any) -> rx.Component:
    props.setdefault("id", f"{name}-{props['value']}" if "value" in props else name)
    words = rx.el.span(label, rx.el.small(hint) if hint is not None else None)
    return rx.el.label(rx.el.input(name=name, **props), words, class_name="check", html_for=props["id"])


def copied(value: Any, name: str, label: Any, copy: Any) -> rx.Component:
    """Something to be taken along once, such as a link or a key: shown whole, with a button that copies it."""
    return rx.fragment(
        rx.el.input(value=value, read_only=True, class_name="input secret-key", id=name, aria_label=label),
        button(
            copy,
            "primary large",
            icon="copy",
            on_click=[rx.set_clipboard(value), rx.call_script(f"document.getElementById('{name}').select()")],
        ),
    )


def form_error(error: Any) -> rx.Component:
    """What is wrong with the form as a whole."""
    return rx.cond(error, note(error, "bad"), rx.fragment())


def note(text: Any, kind: str = "", mark: str | None = None) -> rx.Component:
    """A remark set apart: "" to inform, "warn", "bad"."""
    return rx.el.div(
        icon(mark or ("info" if not kind else "warning")),
        rx.el.div(text),
        class_name=f"note {kind}".strip(),
        role="alert" if kind == "bad" else "note",
    )
