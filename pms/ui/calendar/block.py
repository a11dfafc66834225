"""The dialog of a block, drawn."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.calendar.block_state import BlockBox
from pms.ui.kit import button, date_field, dialog, form_error, select_field, t, text_field
from pms.ui.shell import Session

S = BlockBox
KINDS = (("out_of_order", N_("Out of order: not for sale")), ("out_of_service", N_("Out of service: for sale, look first")))


def block_dialog() -> rx.Component:
    """Nights, kind and reason; lifting an existing one."""
    form = rx.el.form(
        select_field(
            t("Kind"), "kind", [(code, t(words)) for code, words in KINDS], default_value=S.kind, error=S.errors["kind"]
        ),
        rx.el.div(
            date_field(t("First night"), "first_night", default_value=S.first_night, error=S.errors["first_night"]),
            date_field(t("Free again on"), "end_night", default_value=S.end_night, error=S.errors["end_night"]),
            class_name="fields two",
        ),
        text_field(t("Reason"), "reason", default_value=S.reason, error=S.errors["reason"], max_length=200, auto_complete="off"),
        form_error(S.errors["form"]),
        id="block-form",
        on_submit=S.save,
        class_name="stack",
        key=S.serial,
    )
    may = Session.granted["block.manage"]
    footer = [
        rx.cond(may & (S.block != ""), button(t("Lift the block"), "danger", on_click=S.lift), rx.fragment()),
        rx.cond(
            may,
            button(rx.cond(S.block != "", t("Save"), t("Block")), "primary", type="submit", custom_attrs={"form": "block-form"}),
            rx.fragment(),
        ),
    ]
    title = t("Block {unit}", unit=S.unit_name)
    return dialog(form, open=S.open, on_close=S.close, title=title, id="block-dialog", footer=footer)
