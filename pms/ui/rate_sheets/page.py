"""The screen for spreadsheets of rates: a span to take out, a file to bring in, what it would do, and the way back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.rates.sheets import BYTES_MAX
from pms.ui.kit import button, empty, icon, link_button, loading, note, number_cell, pill, t, table, table_row, wrong
from pms.ui.rate_sheets.state import RateSheets, Row
from pms.ui.shell import Screen, Session, page_head

S = RateSheets

_SEND = """
(async () => {
  const field = document.getElementById("rates-file"), said = document.getElementById("rates-sheet").dataset;
  const file = field?.files[0] || window.ratesFile, asked = new URLSearchParams({property: said.property});
  if (!file) return {message: said.again};
  if (!field) asked.set("fingerprint", said.fingerprint);
  window.ratesFile = file;
  const send = () => new Promise((done, broken) => {  // fetch does not say how much has been sent
    const request = new XMLHttpRequest(), bar = document.getElementById("rates-sent");
    request.upload.onprogress = ({loaded, total}) => { if (bar) bar.value = Math.round(100 * loaded / total); };
    request.onload = () => done(JSON.parse(request.responseText));
    request.onerror = broken;
    request.open("POST", "/files/rates?" + asked);
    request.send(file);
  });
  try {
    return {...await send(), name: file.name};
  } catch {
    return {message: said.broken};
  } finally {
    if (field) field.value = "";
  }
})()
"""
_TAKE = """
(async () => {
  const link = document.getElementById("rates-out");
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) return {message: (await answer.json()).message};
    const [, name] = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition"));
    const href = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement("a"), {href, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
    return {message: ""};
  } catch {
    return {message: document.getElementById("rates-sheet").dataset.broken};
  }
})()
"""
TAKE = [S.take.prevent_default, rx.call_script(_TAKE, callback=S.taken)]
"""Save the file, or say on the page why there is none; without a script the link alone does it."""
SEND = [S.send, rx.call_script(_SEND, callback=S.received)]
"""With a file just chosen: what would it do? Without the field on the page: do what was shown, with the file the browser kept."""


def page() -> rx.Component:
    """The whole screen."""
    steps = rx.match(S.stage, ("tried", _tried()), ("done", _done()), rx.fragment(_in(), _out()))
    body = rx.cond(Session.house, steps, empty(t("No property yet"), t("Set up a property first."), mark="property"))
    return rx.fragment(
        page_head(t("Import and export rates"), link_button(t("Rates"), "/rates", icon="left")),
        rx.cond(S.ready, rx.el.div(_told(), body, class_name="page imports"), loading()),
    )


def _told() -> rx.Component:
    """What the browser's part needs to know."""
    known = {
        "data-property": Session.house,
        "data-fingerprint": S.fingerprint,
        "data-again": t("Choose the file again: the page was loaded anew since."),
        "data-broken": t("The server did not answer. Check the connection and try again."),
    }
    return rx.el.div(id="rates-sheet", hidden=True, custom_attrs=known)


def _in() -> rx.Component:
    """The whole area takes a dropped file, as on the screen for bookings."""
    control = rx.el.input(
        id="rates-file",
        type="file",
        accept=".csv,.xlsx",
        disabled=S.sending,
        aria_describedby="rates-file-wrong",
        on_change=SEND,
    )
    words = t(
        "An XLSX or a CSV up to {size} MB, as it is exported below. Nothing changes before you have seen what would.",
        size=BYTES_MAX // 2**20,
    )
    return rx.el.section(
        rx.el.div(
            rx.el.div(icon("upload"), class_name="mark"),
            rx.el.label(
                rx.cond(S.sending, t("Reading the file"), t("Choose a file with rates, or drop it here")), html_for="rates-file"
            ),
            rx.el.p(words, class_name="muted"),
            control,
            class_name=rx.cond(S.sending, "drop busy", "drop"),
        ),
        _sent(),
        wrong("rates-file", S.errors["file"]),
        rx.el.p(t("An empty cell leaves a value as it is; a hyphen clears it."), class_name="faint"),
        class_name="stack",
    )


def _sent() -> rx.Component:
    """How much of the file is on the server; the browser's part moves it."""
    bar = rx.el.progress(id="rates-sent", max=100, value=0, class_name="sent", aria_label=t("Sent"))
    return rx.cond(S.sending, bar, rx.fragment())


def _out() -> rx.Component:
    """What is chosen makes the address of a link: the browser saves what comes."""

    def day(label: Any, name: str, value: Any) -> rx.Component:
        control = rx.el.input(
            id=f"rates-{name}", type="date", value=value, on_change=lambda to: S.choose(name, to), class_name="input"
        )
        return rx.el.div(rx.el.label(label, html_for=f"rates-{name}"), control, class_name="field")

    form = rx.el.select(
        rx.el.option("XLSX", value="xlsx"),
        rx.el.option("CSV", value="csv"),
        id="rates-format",
        value=S.form,
        on_change=lambda to: S.choose("form", to),
        class_name="input",
    )
    address = "/files/rates?property=" + Session.house + "&from=" + S.first + "&to=" + S.last + "&format=" + S.form
    fields = rx.el.div(
        day(t("First night"), "first", S.first),
        day(t("Last night"), "last", S.last),
        rx.el.div(rx.el.label(t("Format"), html_for="rates-format"), form, class_name="field"),
        class_name="fields",
    )
    save = rx.el.a(
        icon("import", small=True),
        t("Download"),
        id="rates-out",
        href=address,
        class_name="btn",
        aria_busy=S.taking,
        on_click=TAKE,
    )
    return rx.el.section(
        rx.el.header(rx.el.h2(t("Export"))),
        rx.el.div(fields, wrong("rates-span", S.errors["span"]), rx.el.div(save, class_name="row end"), class_name="pad stack"),
        class_name="card",
    )


def _head() -> rx.Component:
    return rx.el.div(icon("import"), rx.el.h2(S.file_name, class_name="cut"), class_name="row")


def _figures() -> rx.Component:
    def one(words: Any, value: Any) -> rx.Component:
        return rx.el.div(rx.el.dt(words), rx.el.dd(value, class_name="num"), class_name="figure")

    return rx.el.dl(
        one(t("Rows"), S.rows),
        one(t("Nights that change"), S.changing_text),
        one(t("Refused"), S.refused_text),
        class_name="figures",
    )


def _tried() -> rx.Component:
    nothing = rx.cond(S.changing == 0, note(t("This file changes nothing.")), rx.fragment())
    partly = rx.cond(S.refused > 0, note(t("Refused rows are left out; the others are changed."), "warn"), rx.fragment())
    foot = rx.el.div(
        button(t("Another file"), "quiet", on_click=S.back),
        rx.el.div(class_name="grow"),
        button(
            t("Change the rates"),
            "primary",
            icon="import",
            busy=S.sending,
            disabled=S.changing == 0,
            on_click=SEND,
        ),
        class_name="row foot",
    )
    return rx.fragment(_head(), nothing, partly, _figures(), _sent(), wrong("rates-file", S.errors["file"]), _rows(), foot)


def _rows() -> rx.Component:
    columns = [("num", t("Row")), t("Night"), t("What it would do"), ""]
    return rx.cond(
        S.lines.length() > 0,
        rx.el.section(
            table(t("What it would do"), columns, S.lines, _row),
            rx.cond(S.cut, rx.el.p(t("The first {n} are shown.", n=S.lines.length()), class_name="faint"), rx.fragment()),
            class_name="stack",
        ),
        rx.fragment(),
    )


def _row(one: Row) -> rx.Component:
    state = rx.cond(one.refused, pill(t("Refused"), "bad"), rx.fragment())
    return table_row(number_cell(one.row), one.cell, rx.el.td(one.text, class_name="said"), state, key=one.row)


def _done() -> rx.Component:
    undo = rx.cond(S.change_id, button(t("Undo"), icon="undo", on_click=S.undo), rx.fragment())
    return rx.fragment(
        note(t("The rates are changed.")),
        _figures(),
        rx.el.div(undo, button(t("Another file"), on_click=S.back), class_name="row"),
    )


SCREEN = Screen(
    route="/rates/import", title=N_("Import and export rates"), draw=page, on_load=RateSheets.load, permission="rate.change"
)
