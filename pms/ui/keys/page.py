"""The API keys screen."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.keys.rows import SCOPES, KeyRow
from pms.ui.keys.state import Keys
from pms.ui.kit import (
    button,
    checkbox,
    copied,
    dialog,
    empty,
    form_error,
    loading,
    note,
    pill,
    t,
    table,
    table_row,
    text_field,
    word_of,
    wrong,
)
from pms.ui.shell import Screen, page_head

S = Keys


def page() -> rx.Component:
    """Every key, those in force first."""
    columns = [t("Key"), t("May"), t("Properties"), t("Made"), t("Last used"), ""]
    new = button(t("New key"), "primary", icon="plus", on_click=S.add)
    nothing = empty(
        t("No keys yet"),
        t("A key lets a program in: your website, a channel, a report. It may do only what you tick."),
        button(t("New key"), "primary", icon="plus", on_click=S.add),
        mark="key",
    )
    keys = table(t("API keys"), columns, S.keys, _key)
    manual = rx.el.a(t("How to use the API"), href="/api/docs", target="_blank", class_name="muted")
    return rx.fragment(
        page_head(t("API keys"), manual, actions=(new,)),
        rx.cond(S.ready, rx.el.div(rx.cond(S.keys.length() > 0, keys, nothing), class_name="page"), loading()),
        _making(),
    )


def _key(one: KeyRow) -> rx.Component:
    name = rx.el.div(
        rx.el.b(one.name, class_name="strong"),
        rx.el.span(one.prefix, class_name="faint secret-key"),
        class_name="two-lines who-cell",
    )
    sure = rx.el.div(
        button(t("Revoke"), "danger", on_click=S.revoke(one.id), aria_label=t("Revoke {name} now", name=one.name)),
        button(t("Keep"), "quiet", on_click=S.never_mind),
        class_name="row end",
    )
    ask = rx.el.div(
        button(t("Revoke"), "quiet danger", on_click=S.ask(one.id), aria_label=t("Revoke {name}", name=one.name)),
        class_name="row end",
    )
    return table_row(
        name,
        rx.el.div(rx.foreach(one.scopes, lambda scope: rx.el.span(pill(scope), key=scope)), class_name="scopes"),
        one.where,
        one.created,
        one.used,
        rx.cond(one.revoked, rx.el.div(pill(t("Revoked"), "bad"), class_name="row end"), rx.cond(S.row == one.id, sure, ask)),
        key=one.id,
    )


def _making() -> rx.Component:
    return dialog(
        rx.cond(S.made != "", _made(), _form()),
        open=S.open,
        on_close=S.close,
        title=t("New key"),
        id="key-dialog",
    )


def _form() -> rx.Component:
    scopes = rx.foreach(
        S.scopes, lambda scope: checkbox(word_of(scope, SCOPES), "scope." + scope, id="scope-" + scope, key=scope)
    )
    some = rx.foreach(S.houses, lambda house: checkbox(house[1], "property." + house[0], id="key-" + house[0], key=house[0]))
    return rx.el.form(
        text_field(
            t("Name of the key"),
            "key_name",
            hint=t("What it is for: Website, Booking engine."),
            error=S.errors["key_name"],
            auto_complete="off",
        ),
        rx.el.fieldset(
            rx.el.legend(t("May"), class_name="label"),
            rx.el.div(scopes, class_name="ticks"),
            wrong("scopes", S.errors["scopes"]),
            class_name="field",
        ),
        rx.el.fieldset(
            rx.el.legend(t("Properties"), class_name="label"),
            checkbox(t("All properties"), "everywhere", id="key-everywhere", checked=S.everywhere, on_change=S.tick_everywhere),
            rx.cond(S.everywhere, rx.fragment(), rx.el.div(some, class_name="stack tight indented")),
            wrong("properties", S.errors["properties"]),
            class_name="field",
        ),
        form_error(S.errors["form"]),
        button(t("Make the key"), "primary large", type="submit"),
        on_submit=S.save,
        class_name="stack",
        key=S.serial,
    )


def _made() -> rx.Component:
    return rx.el.div(
        note(t("Copy the key now: it is shown this once. We keep only a fingerprint of it."), "warn", mark="key"),
        copied(S.made, "made-key", t("The new key"), t("Copy the key")),
        class_name="stack",
    )


SCREEN = Screen(route="/api-keys", title=N_("API keys"), draw=page, on_load=Keys.load, permission="api_keys.manage")
