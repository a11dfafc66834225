"""Set-up in three steps: who, where, which rooms. One form; door.js turns its pages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.accounts.passwords import SHORTEST
from pms.ui.door.frame import door_field, door_form, doorway, form_wrong, wrong_place
from pms.ui.door.set_up_state import SetUpForm, TypeRow
from pms.ui.kit.button import button, icon_button
from pms.ui.kit.icons import icon
from pms.ui.kit.words import t


def set_up_page() -> rx.Component:
    """The first page of a fresh installation."""
    return doorway(
        rx.el.ol(_mark(1, t("You")), _mark(2, t("Property")), _mark(3, t("Rooms")), class_name="steps", aria_label=t("Steps")),
        door_form(_you(), _property(), _rooms(), action="/auth/set-up"),
        title=t("Set up your property"),
        text=t("Three short steps, about two minutes. Everything can be changed later."),
        wide=True,
    )


def _mark(number: int, words: Any) -> rx.Component:
    attributes = {"data-marks": str(number), **({"aria-current": "step"} if number == 1 else {})}
    return rx.el.li(words, custom_attrs=attributes)


def _step(number: int, *content: Any, back: bool = True, last: bool = False) -> rx.Component:
    backward = button(t("Back"), "large quiet", custom_attrs={"data-go": str(number - 1)}) if back else rx.el.span()
    onward = (
        button(t("Open Octaspace"), "primary large", type="submit")
        if last
        else button(t("Continue"), "primary large", custom_attrs={"data-go": str(number + 1), "data-next": ""})
    )
    return rx.el.fieldset(
        *content,
        form_wrong() if last else None,
        rx.el.div(backward, onward, class_name="between"),
        class_name="stack loose",
        custom_attrs={"data-step": str(number), **({"hidden": True} if number != 1 else {})},
    )


def _you() -> rx.Component:
    return _step(
        1,
        rx.el.div(
            door_field(
                t("Organization"),
                "organization",
                hint=t("Your company, or the name of the house."),
                auto_complete="organization",
                class_name="all",
            ),
            door_field(t("Your name"), "owner_name", auto_complete="name"),
            door_field(t("E-mail"), "owner_email", type="email", auto_complete="username"),
            door_field(
                t("Password"),
                "owner_password",
                type="password",
                auto_complete="new-password",
                min_length=SHORTEST,
                hint=t("{n} characters or more; a sentence is fine.", n=SHORTEST),
                class_name="all",
            ),
            class_name="fields",
        ),
        back=False,
    )


def _property() -> rx.Component:
    return _step(
        2,
        rx.el.div(
            door_field(t("Property name"), "property_name", auto_complete="off"),
            door_field(t("City"), "property_city", optional=True, auto_complete="off"),
            _choice(t("Country"), "property_country", SetUpForm.countries, SetUpForm.country, SetUpForm.choose_country),
            _choice(t("Currency"), "property_currency", SetUpForm.currencies, SetUpForm.currency, SetUpForm.choose_currency),
            _choice(
                t("Timezone"), "property_timezone", SetUpForm.timezones, SetUpForm.timezone, SetUpForm.choose_timezone, "all"
            ),
            door_field(t("Check-in from"), "property_check_in_time", type="time", default_value="15:00"),
            door_field(t("Check-out until"), "property_check_out_time", type="time", default_value="11:00"),
            class_name="fields",
        ),
    )


def _choice(label: Any, name: str, options: Any, value: Any, on_change: Any, class_name: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.select(
            rx.el.option("", value=""),
            rx.foreach(options, lambda pair: rx.el.option(pair[1], value=pair[0], key=pair[0])),
            id=name,
            name=name,
            value=value,
            on_change=on_change,
            required=True,
            class_name="input",
        ),
        wrong_place(name),
        class_name=f"field {class_name}".strip(),
    )


def _rooms() -> rx.Component:
    return _step(
        3,
        rx.el.p(t("Write the numbers on the doors: 101-112, 114, A1-A3."), class_name="muted"),
        rx.el.div(rx.foreach(SetUpForm.rows, _type_row), class_name="stack"),
        button(t("Add a room type"), "quiet", icon="plus", on_click=SetUpForm.add_row),
        last=True,
    )


def _type_row(row: TypeRow) -> rx.Component:
    """One room type, with what its numbers come to."""
    field = row.prefix
    return rx.el.div(
        rx.el.div(
            door_field(
                t("Room type"), field + "name", id=field + "name", placeholder=t("Double"), auto_complete="off", class_name="all"
            ),
            door_field(
                t("Numbers"),
                field + "units",
                id=field + "units",
                placeholder="101-112",
                auto_complete="off",
                on_change=SetUpForm.preview(row.number).debounce(200),
                class_name="all",
            ),
            door_field(t("Adults"), field + "adults", id=field + "adults", type="number", min=1, max=99, default_value="2"),
            door_field(
                t("Price per night, {currency}", currency=SetUpForm.currency),
                field + "base_price",
                id=field + "base_price",
                input_mode="decimal",
                auto_complete="off",
                placeholder="80",
            ),
            class_name="fields",
        ),
        rx.el.div(
            rx.el.div(
                rx.foreach(row.units, lambda unit: rx.el.span(unit, class_name="unit", key=unit)),
                rx.cond(row.more > 0, rx.el.span("+", row.more, class_name="unit"), rx.fragment()),
                rx.cond(row.summary != "", rx.el.span(row.summary, class_name="muted"), rx.fragment()),
                rx.cond(
                    row.wrong != "", rx.el.span(icon("warning", small=True), row.wrong, class_name="wrong row"), rx.fragment()
                ),
                class_name="units grow",
                aria_live="polite",
            ),
            rx.cond(
                SetUpForm.rows.length() > 1,
                icon_button("trash", t("Remove"), on_click=SetUpForm.remove_row(row.number)),
                rx.fragment(),
            ),
            class_name="row between",
        ),
        class_name="type-row",
        key=row.number,
    )
