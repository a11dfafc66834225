"""The list of amenities, drawn."""

from __future__ import annotations

import reflex as rx

from pms.properties.property import NAME_LONGEST
from pms.ui.kit import button, dialog, empty, form_error, icon_button, t, text_field, tn
from pms.ui.rooms.amenity_state import AmenityBox
from pms.ui.rooms.rows import AmenityRow
from pms.ui.rooms.state import Rooms

S = AmenityBox


def amenities_dialog() -> rx.Component:
    """Every amenity of the organization, to rename or remove, and a field for one more."""
    add = rx.el.form(
        rx.el.div(
            text_field(
                t("New amenity"),
                "amenity_name",
                error=S.errors["amenity_name"],
                max_length=NAME_LONGEST,
                auto_complete="off",
                class_name="grow",
            ),
            button(t("Add"), "primary", type="submit"),
            class_name="row beside",
        ),
        on_submit=S.add,
        key=S.serial,
    )
    known = rx.cond(
        Rooms.amenities.length() > 0,
        rx.el.ul(rx.foreach(Rooms.amenities, _amenity), class_name="lines", role="list"),
        empty(t("No amenities yet"), t("A balcony, a sea view, a desk: what guests ask for. Room types then have them or not.")),
    )
    return dialog(
        rx.fragment(add, form_error(S.errors["form"]), known),
        open=S.open,
        on_close=S.close,
        title=t("Amenities"),
        id="amenities-dialog",
    )


def _amenity(one: AmenityRow) -> rx.Component:
    line = rx.el.div(
        rx.el.div(
            rx.el.span(one.name, class_name="strong cut"),
            rx.el.span(tn("{n} room type", "{n} room types", one.used), class_name="faint"),
            class_name="two-lines grow",
        ),
        icon_button("edit", t("Rename {name}", name=one.name), tip=False, on_click=S.rename(one.id)),
        icon_button("trash", t("Remove {name}", name=one.name), tip=False, on_click=S.ask(one.id)),
        class_name="row",
    )
    return rx.el.li(rx.cond(S.row == one.id, _renaming(one), rx.cond(S.leaving == one.id, _leaving(one), line)), key=one.id)


def _renaming(one: AmenityRow) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            text_field(
                t("New name"),
                "renamed",
                default_value=one.name,
                error=S.errors["renamed"],
                max_length=NAME_LONGEST,
                auto_complete="off",
                class_name="grow",
            ),
            button(t("Save"), "primary", type="submit"),
            button(t("Keep"), "quiet", on_click=S.never_mind),
            class_name="row beside",
        ),
        on_submit=S.save,
    )


def _leaving(one: AmenityRow) -> rx.Component:
    return rx.el.div(
        rx.el.p(t("Remove {name} from every room type?", name=one.name), class_name="grow strong"),
        button(t("Remove"), "danger", on_click=S.remove(one.id)),
        button(t("Keep"), "quiet", on_click=S.never_mind),
        class_name="row wrap",
        role="alert",
    )
