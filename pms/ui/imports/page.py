"""The import screen: one file at a time on its way in, and the history below."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.imports.presets import CUSTOM, DATE_FORMATS
from pms.imports.read import MAX_BYTES
from pms.kernel.words import N_
from pms.ui.imports.rows import Bad, Choice, Count, Line, NewType
from pms.ui.imports.state import BAD_ROWS, Imports
from pms.ui.kit import (
    button,
    empty,
    icon,
    link,
    loading,
    note,
    number_cell,
    pill,
    select_field,
    switch,
    t,
    table,
    table_row,
    tn,
    wrong,
)
from pms.ui.shell import Screen, Session, page_head

_SEND = """
(async () => {
  const field = document.getElementById("import-file"), file = field.files[0];
  if (!file) return {message: ""};
  const asked = new URLSearchParams({property: field.dataset.property, name: file.name});
  try {
    const answer = await fetch("/files/imports?" + asked, {method: "POST", body: file});
    return await answer.json();
  } catch {
    return {message: field.dataset.broken};
  } finally {
    field.value = "";
  }
})()
"""


def page() -> rx.Component:
    """The whole screen."""
    steps = rx.match(
        Imports.stage,
        ("match", rx.fragment(_file_head(), _format(), _preview(), _match_foot())),
        ("tried", rx.fragment(_file_head(), _report(), _tried_foot())),
        ("follow", _follow()),
        _upload(),
    )
    body = rx.cond(Session.house, rx.fragment(steps, _history()), _no_property())
    return rx.fragment(
        page_head(t("Import bookings"), actions=(_back(),)),
        rx.cond(Imports.ready, rx.el.div(body, class_name="page imports"), loading()),
    )


def _no_property() -> rx.Component:
    return empty(t("No property yet"), t("Set up a property first; its bookings can then be imported here."), mark="property")


def _back() -> rx.Component:
    return rx.cond(Imports.stage, button(t("All imports"), icon="left", on_click=Imports.back), rx.fragment())


def _upload() -> rx.Component:
    """The whole area takes a dropped file: a file field lies over it, unseen but not unheard."""
    control = rx.el.input(
        id="import-file",
        type="file",
        accept=".csv,.txt,.tsv,.zip",
        disabled=Imports.sending,
        aria_describedby="import-file-wrong",
        on_change=[Imports.send, rx.call_script(_SEND, callback=Imports.received)],
        custom_attrs={
            "data-property": Session.house,
            "data-broken": t("The server did not answer. Check the connection and try again."),
        },
    )
    return rx.el.section(
        rx.el.div(
            rx.el.div(icon("upload"), class_name="mark"),
            rx.el.label(
                rx.cond(Imports.sending, t("Reading the file"), t("Choose a file with bookings, or drop it here")),
                html_for="import-file",
            ),
            rx.el.p(
                t(
                    "A CSV, or a zip with one CSV, up to {size} MB. Nothing is imported before you have seen what it would do.",
                    size=MAX_BYTES // 2**20,
                ),
                class_name="muted",
            ),
            control,
            class_name=rx.cond(Imports.sending, "drop busy", "drop"),
        ),
        wrong("import-file", Imports.errors["file"]),
        class_name="stack",
    )


def _file_head() -> rx.Component:
    return rx.el.div(
        icon("import"),
        rx.el.h2(Imports.now.file_name, class_name="cut"),
        pill(Imports.now.state_words, Imports.now.kind),
        class_name="row",
    )


def _format() -> rx.Component:
    dates = [(pattern, example) for pattern, example in DATE_FORMATS.items()]
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                select_field(
                    t("Format"),
                    "preset",
                    Imports.presets,
                    value=Imports.preset,
                    on_change=Imports.set_preset,
                    error=Imports.errors["preset"],
                ),
                rx.cond(
                    Imports.preset == CUSTOM,
                    select_field(
                        t("Dates look like"), "date_format", dates, value=Imports.date_format, on_change=Imports.set_date_format
                    ),
                    rx.fragment(),
                ),
                class_name="fields",
            ),
            switch(
                t("Move the dates so that today lies inside"),
                "shift",
                t("For trying things out with an old file: whole weeks, weekdays stay."),
                checked=Imports.shift,
                on_change=Imports.set_shift,
            ),
            rx.cond(Imports.preset == CUSTOM, _columns(), rx.fragment()),
            wrong("mapping", Imports.errors["mapping"]),
            class_name="pad stack loose",
        ),
        class_name="card",
    )


def _columns() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Which column is what"), class_name="strong"),
        rx.el.div(rx.foreach(Imports.choices, _column), class_name="columns"),
    )


def _column(one: Choice) -> rx.Component:
    nothing = rx.el.option("—", value="")
    return rx.el.label(
        rx.el.span(one.words, class_name="label"),
        rx.el.select(
            nothing,
            rx.foreach(Imports.header, lambda name: rx.el.option(name, value=name, key=name)),
            value=one.column,
            on_change=lambda column: Imports.set_column(one.field, column),
            class_name="input",
        ),
        class_name="field",
        key=one.field,
    )


def _preview() -> rx.Component:
    """The file's first rows as a spreadsheet would show them."""
    return rx.el.section(
        rx.el.h3(t("The first rows")),
        rx.el.div(
            rx.el.table(
                rx.el.caption(t("The first rows"), class_name="sr"),
                rx.el.thead(rx.el.tr(rx.foreach(Imports.header, lambda name: rx.el.th(name, scope="col", key=name)))),
                rx.el.tbody(rx.foreach(Imports.preview, lambda cells, n: rx.el.tr(rx.foreach(cells, _cell), key=n))),
                class_name="table",
            ),
            class_name="table-wrap cards-on-phone first-rows",
            tab_index=0,
        ),
        class_name="stack tight",
    )


def _cell(cell: rx.Var[str], n: rx.Var[int]) -> rx.Component:
    return rx.el.td(cell, key=n, custom_attrs={"data-label": Imports.header[n]})


def _reading() -> rx.Component:
    """While the file is read: how far, that one may leave, and the way to stop."""
    return rx.el.div(
        rx.el.div(
            _progress(Imports.tried_percent, t("Rows read")),
            rx.el.p(t("Reading the file: {n} %", n=Imports.tried_percent), " · ", t("You may leave; the answer waits here.")),
            class_name="stack tight grow muted num",
        ),
        button(t("Stop"), on_click=Imports.stop_reading),
        class_name="row foot",
    )


def _progress(percent: Any, label: Any) -> rx.Component:
    return rx.el.div(
        rx.el.i(style={"width": percent.to_string() + "%"}),
        class_name="progress tall",
        role="progressbar",
        aria_label=label,
        custom_attrs={"aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100},
    )


def _match_foot() -> rx.Component:
    return rx.cond(Imports.trying, _reading(), _match_buttons())


def _match_buttons() -> rx.Component:
    return rx.el.div(
        button(t("Discard the file"), "quiet", on_click=Imports.discard),
        rx.el.div(class_name="grow"),
        button(t("Check without importing"), "primary", on_click=Imports.try_dry),
        class_name="row foot",
    )


def _figure(words: Any, value: Any, kind: str = "") -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(value, class_name=f"num {kind}".strip()), class_name="figure")


def _report() -> rx.Component:
    found = Imports.report
    return rx.fragment(
        rx.cond(
            found.nothing_new, note(t("Every booking of this file is here already: nothing would be imported.")), rx.fragment()
        ),
        rx.el.p(t("Arrivals and departures from {first} to {last}", first=found.first, last=found.last), class_name="muted"),
        rx.el.dl(
            _figure(t("Rows"), found.rows),
            _figure(t("New"), found.fresh),
            _figure(t("Here already"), found.known),
            _figure(t("Rejected"), found.rejected),
            _figure(t("Stays"), found.stays),
            _figure(t("Nights sold"), found.nights),
            _figure(t("Revenue"), found.revenue),
            class_name="figures",
        ),
        rx.cond(
            found.weeks != 0,
            note(tn("All dates move by {n} week.", "All dates move by {n} weeks.", found.weeks)),
            rx.fragment(),
        ),
        rx.el.div(
            _counts(t("Stays by status"), Imports.statuses),
            _counts(t("Why rows are rejected"), Imports.reasons),
            _types(),
            class_name="thirds",
        ),
    )


def _counts(title: Any, counts: Any) -> rx.Component:
    return rx.cond(
        counts.length() > 0,
        rx.el.section(
            rx.el.header(rx.el.h2(title)),
            rx.el.div(rx.foreach(counts, _count), class_name="pad facts"),
            class_name="card",
        ),
        rx.fragment(),
    )


def _count(one: Count) -> rx.Component:
    return rx.el.div(rx.el.span(one.words), rx.el.b(one.count, class_name="num"), key=one.words)


def _types() -> rx.Component:
    return rx.cond(
        Imports.new_types.length() > 0,
        rx.el.section(
            rx.el.header(rx.el.h2(t("Room types to be added"))),
            rx.el.div(
                rx.foreach(Imports.new_types, _type),
                rx.el.p(t("As many units as the file's busiest night needs."), class_name="faint"),
                class_name="pad facts",
            ),
            class_name="card",
        ),
        rx.fragment(),
    )


def _type(one: NewType) -> rx.Component:
    return rx.el.div(rx.el.span(one.name), rx.el.b(tn("{n} unit", "{n} units", one.units), class_name="num"), key=one.name)


def _tried_foot() -> rx.Component:
    return rx.cond(Imports.trying, _reading(), _tried_buttons())


def _tried_buttons() -> rx.Component:
    return rx.el.div(
        button(t("Change the format"), "quiet", icon="left", on_click=Imports.set_date_format(Imports.date_format)),
        rx.el.div(class_name="grow"),
        button(
            t("Import"),
            "primary",
            icon="import",
            disabled=Imports.report.nothing_new,
            on_click=Imports.start,
        ),
        class_name="row foot",
    )


def _follow() -> rx.Component:
    now = Imports.now
    return rx.fragment(
        _file_head(),
        rx.el.div(
            _progress(now.percent, t("Rows imported")),
            rx.el.p(t("{done} of {total} rows", done=now.done, total=now.total), class_name="muted num", role="status"),
            class_name="stack tight",
        ),
        rx.cond(now.problem, note(now.problem, "bad"), rx.fragment()),
        rx.el.dl(
            _figure(t("Imported"), now.imported),
            _figure(t("Here already"), now.known),
            _figure(t("Rejected"), now.rejected),
            _figure(t("Waiting for a unit"), now.unassigned),
            _figure(t("Nights oversold"), now.oversold),
            class_name="figures",
        ),
        rx.el.div(_follow_actions(), class_name="row wrap"),
        _rejected(),
    )


def _follow_actions() -> rx.Component:
    return rx.match(
        Imports.now.state,
        (
            "running",
            rx.fragment(
                rx.el.p(
                    t("You can leave this page: the import goes on, also if you close the browser."), class_name="muted grow"
                ),
                button(t("Continue a stalled import"), "quiet", on_click=Imports.resume),
                button(t("Stop"), "danger", on_click=Imports.cancel),
            ),
        ),
        ("failed", button(t("Try again"), "primary", icon="undo", on_click=Imports.resume)),
        rx.fragment(),
    )


def _rejected() -> rx.Component:
    download = link(
        icon("import", small=True),
        t("Download all as CSV"),
        href="/files/imports/" + Imports.chosen + "/rejected.csv",
        reload_document=True,
        download="rejected.csv",
        class_name="btn",
    )
    return rx.cond(
        Imports.now.has_rejected,
        rx.el.section(
            rx.el.div(rx.el.h2(t("Rejected rows")), rx.el.div(class_name="grow"), download, class_name="row"),
            rx.el.div(rx.foreach(Imports.bad_reasons, _count), class_name="facts reasons"),
            table(t("Rejected rows"), [("num", t("Row")), t("Why"), t("What it says")], Imports.bad_rows, _bad),
            rx.cond(
                Imports.bad_rows.length() >= BAD_ROWS,
                rx.el.p(t("The first {n} are shown; the file has them all.", n=BAD_ROWS), class_name="faint"),
                rx.fragment(),
            ),
            class_name="stack",
        ),
        rx.fragment(),
    )


def _bad(row: Bad) -> rx.Component:
    return table_row(number_cell(row.row), row.reason, rx.el.td(row.content, class_name="said"), key=row.row)


def _history() -> rx.Component:
    columns = [t("File"), t("State"), ("num", t("Imported")), ("num", t("Rejected")), t("When"), t("By")]
    return rx.cond(
        Imports.stage == "",
        rx.cond(
            Imports.lines.length() > 0,
            rx.el.section(
                rx.el.h2(t("Earlier imports")), table(t("Earlier imports"), columns, Imports.lines, _line), class_name="stack"
            ),
            empty(
                t("Nothing imported yet"),
                t("Bring the bookings of your last system along: its export, or any list with arrival, departure and room type."),
                mark="import",
            ),
        ),
        rx.fragment(),
    )


def _line(one: Line) -> rx.Component:
    return table_row(
        rx.el.td(rx.el.button(one.file_name, type="button", class_name="as-link", on_click=Imports.choose(one.id))),
        pill(one.state_words, one.kind),
        number_cell(one.imported),
        number_cell(one.rejected),
        one.when,
        one.by,
        key=one.id,
    )


SCREEN = Screen(route="/imports", title=N_("Import bookings"), draw=page, on_load=Imports.load, permission="import.run")
