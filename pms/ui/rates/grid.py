"""The grid drawn: slots of rows, each with a cell a day. Cells carry no handlers: `grid.js` hears for all of them."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar

from pms.ui.calendar.chart import day_text, placed
from pms.ui.kit import icon, t
from pms.ui.rates import rows
from pms.ui.rates.edits import Edits
from pms.ui.rates.marks import FIELDS, mark_short, mark_words, marks_words
from pms.ui.rates.sheet import ROWS_MAX
from pms.ui.rates.state import Rates
from pms.ui.shell import Session

SCRIPT = "$/public/rates/grid.js"


def _looked(top: rx.Var[int], height: rx.Var[int]) -> tuple[rx.Var[Any], ...]:
    return top, height


def _put(cells: rx.Var[list[Any]], texts: rx.Var[list[str]]) -> tuple[rx.Var[Any], ...]:
    return cells, texts


def _ruled(what: rx.Var[str], cells: rx.Var[list[Any]], text: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return what, cells, text


def _put_rules(what: rx.Var[str], cells: rx.Var[list[Any]], texts: rx.Var[list[str]]) -> tuple[rx.Var[Any], ...]:
    return what, cells, texts


def _pasted(
    what: rx.Var[str], row: rx.Var[str], day: rx.Var[int], texts: rx.Var[list[list[str]]], seen: rx.Var[list[Any]]
) -> tuple[rx.Var[Any], ...]:
    return what, row, day, texts, seen


def _allowed(cells: rx.Var[list[Any]], text: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return cells, text


def _asked(row: rx.Var[str], day: rx.Var[int], x: rx.Var[int], y: rx.Var[int]) -> tuple[rx.Var[Any], ...]:
    return row, day, x, y


def _wished(what: rx.Var[str], row: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return what, row


def _opened(row: rx.Var[str], day: rx.Var[int]) -> tuple[rx.Var[Any], ...]:
    return row, day


class Grid(rx.Component):
    """The scrolling container: reports what is in sight, hears mouse, keys and clipboard, draws the selection."""

    library = SCRIPT
    tag = "Grid"

    goto: rx.Var[int]
    rows: rx.Var[int]
    answer: rx.Var[list[str]]
    address: rx.Var[dict[str, str]]
    editable: rx.Var[bool]
    overselling: rx.Var[bool]
    narrow: rx.Var[bool]
    layer: rx.Var[str]
    zone: rx.Var[str]
    label: rx.Var[str]

    on_look: rx.EventHandler[_looked]
    on_put: rx.EventHandler[_put]
    on_rule: rx.EventHandler[_ruled]
    on_rules: rx.EventHandler[_put_rules]
    on_paste: rx.EventHandler[_pasted]
    on_allow: rx.EventHandler[_allowed]
    on_ask: rx.EventHandler[_asked]
    on_wish: rx.EventHandler[_wished]
    on_open: rx.EventHandler[_opened]


def parsed(slot: str, how: str) -> rx.Var[Any]:
    """What a slot of the state holds, taken apart; the same text gives the same object, so that React sees no change."""
    text = getattr(Rates, slot)
    data = rx.vars.VarData(imports={SCRIPT: [ImportVar(tag=how)]})
    return rx.Var(f"{how}({text!s})", _var_data=rx.vars.VarData.merge(data, text._get_all_var_data()))


def grid(address: rx.Var[dict[str, str]], **does: Any) -> rx.Component:
    """The grid. `does` are the handlers of what is done on it."""
    variables = placed(days=Rates.days.length(), height=Rates.height, letters=Rates.letters)
    return Grid.create(
        rx.el.div(
            _heads(),
            *[_line(n) for n in range(ROWS_MAX)],
            rx.el.div(rx.el.i(class_name="fill"), class_name="chosen-cells", aria_hidden="true", hidden=True),
            rx.el.input(
                class_name="cell-editor",
                input_mode="decimal",
                auto_complete="off",
                hidden=True,
                aria_label=t("Price"),
                custom_attrs={f"data-{name}": t(words) for name, words in FIELDS},
            ),
            class_name=_sheet_class(),
            custom_attrs=variables,
        ),
        goto=Rates.goto,
        rows=Rates.count,
        answer=Edits.answer,
        address=address,
        editable=Session.granted["rate.change"],
        overselling=Session.granted["reservation.oversell"],
        narrow=Rates.narrow,
        layer=Rates.layer,
        zone=Session.house_now.timezone,
        label=t("Rates"),
        on_look=Rates.look,
        on_put=Edits.put,
        on_rule=Edits.rule,
        on_rules=Edits.put_rules,
        on_paste=Edits.paste,
        on_allow=Edits.allow,
        **does,
    )


def _sheet_class() -> Any:
    look = rx.match(Rates.view, ("prices", "sheet prices-only"), ("availability", "sheet sales-only"), "sheet").to(str)
    only = [(name, f" layer only-{rows.MARKS.get(name, 'c')}") for name, _ in FIELDS if name not in ("price", "overbooking")]
    look = look + rx.match(Rates.layer, *only, "").to(str)
    tight = rx.cond(Rates.letters > 6, " tight long", " tight")
    wide = look + rx.cond(Rates.days.length() > 14, tight, "").to(str)
    return rx.cond(Rates.narrow, "sheet day-list", wide)


def _heads() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(t("Sold / limit")),
            rx.cond(Session.granted["rate.change"], _layers(), rx.el.span(_prices())),
            class_name="corner",
            role="columnheader",
        ),
        rx.foreach(Rates.days, _day),
        class_name="heads",
        role="row",
    )


def _prices() -> rx.Var[str]:
    return t("Prices in {currency}", currency=Rates.currency)


def _layers() -> rx.Component:
    """What of a cell is typed, copied, pasted, filled and cleared."""
    options = [
        rx.el.option(_prices() if name == "price" else t(words), value=name) for name, words in FIELDS if name != "overbooking"
    ]
    label = t("Typed, copied, filled")
    return rx.el.select(*options, value=Rates.layer, on_change=Rates.act_on, class_name="layers", aria_label=label, title=label)


def _day(day: rx.Var[int]) -> rx.Component:
    kind = rx.cond(day == Rates.today, "head-day now", rx.cond((day + 3) % 7 >= 5, "head-day weekend", "head-day"))
    return rx.el.div(
        rx.el.span(day_text(day, "weekday")),
        rx.el.b(day_text(day, "day"), rx.el.em(day_text(day, "month"))),
        class_name=kind,
        role="columnheader",
        aria_label=day_text(day, "full"),
        title=day_text(day, "full"),
        key=day,
    )


def _line(slot: int) -> rx.Component:
    """One slot. Only the place is set here, so that a row which moves is not sent again."""
    head, cells = parsed(f"head{slot}", "head").to(list[str]), parsed(f"row{slot}", "cells").to(list[list[Any]])
    return rx.cond(
        Rates.at[slot] >= 0,
        rx.el.div(
            rate_row(head=head, cells=cells, first=Rates.first, tight=Rates.days.length() > 14, here=Rates.today),
            class_name="rate-line " + head[1],
            role="row",
            aria_rowindex=Rates.at[slot] + 2,
            custom_attrs={**placed(y=Rates.tops[slot]), "data-row": head[0], "data-i": Rates.at[slot]},
        ),
        rx.fragment(),
    )


@rx.memo
def rate_row(
    head: rx.Var[list[str]], cells: rx.Var[list[list[Any]]], first: rx.Var[int], tight: rx.Var[bool], here: rx.Var[int]
) -> rx.Component:
    """A room type's header with what is sold, or a plan with its prices and restrictions."""
    is_type = (head[1] == "t") | (head[1] == "f")
    return rx.cond(
        is_type,
        rx.fragment(
            _type_name(head),
            rx.foreach(cells, lambda cell, n: _type_cell(cell, first + n, head[2])),
        ),
        rx.fragment(
            rx.el.div(
                rx.el.span(
                    rx.cond(head[1] == "m", rx.fragment(), icon("lock", small=True)),
                    rx.el.b(head[2], class_name="cut"),
                    title=head[3],
                ),
                rx.el.small(head[3], class_name="cut", title=head[3]),
                class_name="plan-name",
                role="rowheader",
            ),
            rx.foreach(cells, lambda cell, n: _cell(cell, first + n, head, tight, here)),
        ),
    )


def _type_name(head: rx.Var[list[str]]) -> rx.Component:
    fold = rx.el.button(
        icon("down", small=True),
        rx.el.b(head[2], class_name="cut"),
        type="button",
        class_name="fold",
        on_click=Rates.fold(head[0].to(str)[1:]),
        aria_expanded=rx.cond(head[1] == "f", "false", "true"),
        title=head[2],
    )
    return rx.el.div(fold, class_name="plan-name", role="rowheader")


def _type_cell(cell: rx.Var[list[Any]], day: Any, name: Any) -> rx.Component:
    text, look, beyond = cell[0].to(str), cell[1].to(str), cell[3].to(int)
    label = name + ", " + day_text(day, "date") + ": " + t("{sold} sold", sold=text)
    more = rx.cond(beyond > 0, ", " + t("{n} of them overbooking", n=beyond.to(str)), "").to(str)
    over, none = look.contains("v"), look.contains("z")
    state = rx.cond(none, ", " + t("none left"), rx.cond(over, ", " + t("oversold"), "")).to(str)
    return rx.el.div(
        rx.el.span(text),
        rx.cond(beyond > 0, rx.el.sup("+" + beyond.to(str)), rx.fragment()),
        _on_channels(look),
        class_name=_classes(rx.cond(over, "sold none over", rx.cond(none, "sold none", "sold")).to(str), day),
        role="gridcell",
        tab_index=-1,
        aria_label=label.to(str) + more + state + _sync_words(look),
        custom_attrs={"data-d": day, "data-v": beyond},
        key=day,
    )


def _on_channels(look: Any) -> rx.Component:
    """Whether a channel has yet to be told, or refused: a ring, or a mark of exclamation. Nothing where all have it."""
    no = rx.el.i(class_name="sync refused", title=t("refused by a channel"))
    return rx.cond(look.contains("r"), no, rx.cond(look.contains("w"), rx.el.i(class_name="sync waits"), rx.fragment()))


def _sync_words(look: Any) -> Any:
    no, waits = ", " + t("refused by a channel"), ", " + t("channels are being told")
    return rx.cond(look.contains("r"), no, rx.cond(look.contains("w"), waits, "")).to(str)


def _classes(named: Any, day: Any) -> Any:
    return named + rx.cond((day + 3) % 7 >= 5, " weekend", "").to(str)


def _cell(cell: rx.Var[list[Any]], day: Any, head: rx.Var[list[str]], tight: Any, here: Any) -> rx.Component:
    price, look, marks, version = cell[0].to(str), cell[1].to(str), cell[2].to(list[list[str]]), cell[3].to(int)
    closed, sold_out = look.contains("c"), look.contains("s")
    whole, cents = cell[4].to(str), cell[5].to(str)
    stop = rx.cond(closed, t("closed"), rx.cond(sold_out, t("sold out"), ""))
    shown = rx.cond(
        (marks.length() > 0) | (stop != ""),
        rx.el.span(
            rx.cond(stop != "", rx.el.i(stop, class_name=rx.cond(closed, "stop", "stop full")), rx.fragment()),
            rx.foreach(marks, lambda mark: _mark(mark, tight)),
            class_name="marks",
            title=marks_words(marks),
        ),
        rx.fragment(),
    )
    return rx.el.div(
        rx.el.b(
            whole, rx.cond(cents != "", rx.el.small(cents), rx.fragment()), class_name=rx.cond(whole.length() > 3, "many", "")
        ),
        shown,
        rx.cond(look.contains("h"), rx.el.i(class_name="apart", title=t("different on a channel")), rx.fragment()),
        _on_channels(look),
        class_name=_classes("rate " + look.split("").join(" "), day),
        role="gridcell",
        tab_index=-1,
        aria_label=cell_label(price, look, marks, day, head),
        custom_attrs={"data-d": day, "data-v": version, "data-m": cell[6].to(str)},
        key=day,
    )


def _mark(mark: rx.Var[list[str]], tight: Any) -> rx.Component:
    """A restriction in its few letters, and in fewer still for where it shares a cell: the style sheet chooses."""
    fewer = {"data-few": mark_short(mark, True)}
    return rx.el.i(mark_short(mark, tight), title=mark_words(mark), custom_attrs=fewer, class_name="l-" + mark[0], key=mark[0])


def cell_label(price: Any, look: Any, marks: Any, day: Any, head: Any) -> rx.Var[str]:
    """Everything a cell says, in words."""
    words = [
        (look.contains("m"), t("set by hand")),
        (look.contains("c"), t("closed")),
        (look.contains("s"), t("sold out")),
        (look.contains("h"), t("different on a channel")),
        (head[1] != "m", t("follows its parent")),
    ]
    label = head[2].to(str) + ", " + head[4].to(str) + ", " + day_text(day, "date") + ": " + price
    for holds, said in words:
        label = label + rx.cond(holds, ", " + said, "").to(str)
    return label + rx.cond(marks.length() > 0, ", " + marks_words(marks), "").to(str) + _sync_words(look)
