"""The chart drawn: slots of rows and days, placed by the style sheet in units of days and rows.

Bars carry no handlers of their own: `chart.js` hears what is done on the chart as a whole and reports it.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar

from pms.kernel.words import N_
from pms.ui.calendar.moves import Moves
from pms.ui.calendar.rows import Bar
from pms.ui.calendar.state import DAY_SLOTS, ROW_SLOTS, Calendar
from pms.ui.kit import icon, t, tn, word_of
from pms.ui.kit.words import Words
from pms.ui.rates.marks import mark_short, marks_words

SCRIPT = "$/public/calendar/chart.js"
LOOK_WORDS = {
    "t": N_("Tentative"),
    "c": N_("Confirmed"),
    "i": N_("In house"),
    "o": N_("Checked out"),
    "b": N_("Out of order"),
    "s": N_("Out of service"),
}


def _looked(first: rx.Var[int], days: rx.Var[int], row: rx.Var[int], rows: rx.Var[int]) -> tuple[rx.Var[Any], ...]:
    return first, days, row, rows


def _hovered(
    key: rx.Var[str], part: rx.Var[str], row: rx.Var[str], first: rx.Var[int], nights: rx.Var[int]
) -> tuple[rx.Var[Any], ...]:
    return key, part, row, first, nights


def _dropped(
    key: rx.Var[str], version: rx.Var[int], part: rx.Var[str], row: rx.Var[str], first: rx.Var[int], shift: rx.Var[int]
) -> tuple[rx.Var[Any], ...]:
    return key, version, part, row, first, shift


def _booked(row: rx.Var[str], first: rx.Var[int], end: rx.Var[int]) -> tuple[rx.Var[Any], ...]:
    return row, first, end


def _opened(key: rx.Var[str], kind: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return key, kind


def _wished(what: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return (what,)


def _rated(row: rx.Var[str], day: rx.Var[int]) -> tuple[rx.Var[Any], ...]:
    return row, day


class Chart(rx.Component):
    """The scrolling container: keeps the place when the zoom changes, reports what is in sight, hears mouse and keys."""

    library = SCRIPT
    tag = "Chart"

    origin: rx.Var[int]
    first: rx.Var[int]
    days: rx.Var[int]
    total: rx.Var[int]
    zoom: rx.Var[int]
    compact: rx.Var[bool]
    letters: rx.Var[int]
    goto: rx.Var[list[int]]
    zone: rx.Var[str]
    address: rx.Var[dict[str, str]]
    label: rx.Var[str]
    nights: rx.Var[str]
    marks: rx.Var[dict[str, int]]
    hint: rx.Var[list[str]]
    answer: rx.Var[list[str]]

    on_look: rx.EventHandler[_looked]
    on_hover: rx.EventHandler[_hovered]
    on_drop: rx.EventHandler[_dropped]
    on_book: rx.EventHandler[_booked]
    on_open: rx.EventHandler[_opened]
    on_wish: rx.EventHandler[_wished]
    on_rate: rx.EventHandler[_rated]
    on_lack: rx.EventHandler[_rated]


def numbered(**numbers: rx.Var[int]) -> rx.Var[dict[str, int]]:
    """Numbers for the style sheet: `a` becomes --a."""
    return rx.Var.create({f"--{name}": number for name, number in numbers.items()})


def placed(**numbers: rx.Var[int]) -> dict[str, rx.Var[Any]]:
    """Where something stands. Plain inline style, where Reflex' own `style` would write a rule into a style sheet per bar."""
    return {"style": numbered(**numbers)}


def slots(name: str, count: int) -> rx.Var[list[Any]]:
    """What the slots of the state hold, taken apart; the same text gives the same object, so that React sees no change.

    One list, drawn by one component: a component of its own for every slot costs each visitor 200 KB of script.
    """
    texts = rx.Var.create([getattr(Calendar, f"{name}{n}") for n in range(count)])
    data = rx.vars.VarData(imports={SCRIPT: [ImportVar(tag="sent")]})
    return rx.Var(f"{texts!s}.map(sent)", _var_type=list[Any], _var_data=rx.vars.VarData.merge(data, texts._get_all_var_data()))


def day_text(number: Any, style: str) -> rx.Var[str]:
    """A day number in the reader's language. `style`: "weekday", "day", "month" (only on its first day) or "date"."""
    data = rx.vars.VarData(imports={SCRIPT: [ImportVar(tag="dayText")]})
    merged = rx.vars.VarData.merge(data, number._get_all_var_data(), Words.locale._get_all_var_data())
    return rx.Var(f'dayText({number!s},{Words.locale!s},"{style}")', _var_type=str, _var_data=merged).to(str)


def chart(zone: rx.Var[str], address: rx.Var[dict[str, str]], **does: Any) -> rx.Component:
    """The chart. `does` are the handlers of what is done on it: `on_book`, `on_open`, `on_rate`, `on_lack`, `on_wish`."""
    compact = Calendar.kept_height == "compact"
    numbers = {"o": Calendar.origin, "axis": Calendar.axis, "total": Calendar.total, "zoom": Calendar.zoom}
    marks = numbered(**numbers, here=Calendar.today, letters=Calendar.letters)
    return Chart.create(
        rx.el.div(class_name="paper", aria_hidden="true"),
        rx.el.div(class_name="today-column", aria_hidden="true"),
        _heads(),
        rx.foreach(slots("row", ROW_SLOTS).to(list[dict[str, Any]]), _line),
        rx.el.div(class_name="now-line", aria_hidden="true"),
        rx.el.div(rx.el.b(), rx.el.span(), rx.el.i(), class_name="ghost", role="status", hidden=True),
        origin=Calendar.origin,
        first=Calendar.first,
        days=Calendar.days,
        total=Calendar.total,
        zoom=Calendar.zoom,
        compact=compact,
        letters=Calendar.letters,
        goto=Calendar.goto,
        zone=zone,
        address=address,
        label=t("Calendar"),
        nights=t("{n}n", n="#"),
        marks=marks,
        hint=Moves.hint,
        answer=Moves.answer,
        on_look=Calendar.look,
        on_hover=Moves.hover,
        on_drop=Moves.drop,
        **does,
    )


def _heads() -> rx.Component:
    corner = rx.el.div(
        rx.el.span(t("Occupancy")),
        rx.el.span(t("Arrivals · departures"), class_name="moves"),
        rx.el.span(t("Free")),
        class_name="corner",
        role="columnheader",
    )
    return rx.el.div(
        corner,
        rx.foreach(slots("day", DAY_SLOTS).to(list[list[int]]), lambda day: day_head(day=day, today=Calendar.today)),
        class_name="heads",
        role="row",
    )


@rx.memo
def day_head(day: rx.Var[list[int]], today: rx.Var[int]) -> rx.Component:
    """The head of one day: weekday, date, occupancy, who comes and goes, what is free."""
    number, occupancy, free, arrivals, departures, lacking = (day[n].to(int) for n in range(6))
    label = t(
        "{date}: {occupancy} % occupied, {arrivals} arrivals, {departures} departures, {free} free",
        date=day_text(number, "full"),
        occupancy=occupancy.to(str),
        arrivals=arrivals.to(str),
        departures=departures.to(str),
        free=free.to(str),
    )
    kind = rx.cond(number == today, "day now", rx.cond((number + 3) % 7 >= 5, "day weekend", "day"))
    full = rx.cond(lacking > 0, "free over", rx.cond(free == 0, "free none", "free"))
    drawn = rx.el.div(
        rx.el.span(day_text(number, "weekday"), class_name="weekday"),
        rx.el.b(day_text(number, "day"), rx.el.em(day_text(number, "month"))),
        rx.el.span(rx.el.i(class_name=rx.cond(occupancy > 90, "high", "")), class_name="occupancy"),
        rx.el.span(arrivals, " · ", departures, class_name="moves"),
        rx.el.span(rx.cond(lacking > 0, "−" + lacking.to(str), free.to(str)), class_name=full),
        class_name=kind,
        custom_attrs=placed(a=number, share=occupancy),
        role="columnheader",
        title=label,
        aria_label=label,
    )
    return rx.cond(day.length() > 0, drawn, rx.fragment())


def _line(row: rx.Var[dict[str, Any]], slot: rx.Var[int]) -> rx.Component:
    """One slot. Only the place is set here, so that a row which moves down is not sent again."""
    top = Calendar.tops[slot]
    return rx.cond(
        top >= 0,
        rx.el.div(
            chart_row(row=row, plan=_plan_name(), tight=Calendar.zoom > 14),
            class_name="line " + row["t"].to(str),
            role="row",
            aria_rowindex=top + 1,
            custom_attrs={**placed(i=top), "data-row": row["k"], "data-i": top},
        ),
        rx.fragment(),
    )


def _plan_name() -> rx.Var[str]:
    """The plan whose prices are shown, and their currency; the same text for every row."""
    return rx.cond(Calendar.rates != "", Calendar.plan_name + ", " + Calendar.currency, "").to(str)


@rx.memo
def chart_row(row: rx.Var[dict[str, Any]], plan: rx.Var[str], tight: rx.Var[bool]) -> rx.Component:
    """A room type's header, a lane of what is unassigned, or a unit with its bars."""
    name, kind = row["n"].to(str), row["t"].to(str)
    bars = row["b"].to(list[list[Any]])
    counts = row["c"].to(list[int])
    return rx.fragment(
        rx.el.div(_row_head(row), class_name="unit", role="rowheader"),
        rx.cond(counts.length() > 0, _rates_or(_frees(counts, name), row, plan, tight), rx.fragment()),
        rx.foreach(bars, lambda bar: _bar(bar, rx.cond(kind == "u", name, t("Unassigned")))),
    )


def _frees(counts: rx.Var[list[int]], name: rx.Var[str]) -> rx.Component:
    """Rooms left of a type, day by day; the first of the counts is the day they begin with."""
    return rx.el.div(
        rx.foreach(
            counts,
            lambda count, n: rx.cond(
                n > 0,
                rx.cond(
                    count < 0,
                    _lack(count, counts[0] + n - 1, name),
                    rx.el.span(count_text(count), class_name=rx.cond(count == 0, "none", ""), key=n),
                ),
                rx.fragment(),
            ),
        ),
        class_name="frees",
        custom_attrs=placed(a=counts[0]),
    )


def _row_head(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """What the row is: what is unassigned, a unit, or a room type, which a click folds and unfolds."""
    name, extra, kind = row["n"].to(str), row["s"].to(str), row["t"].to(str)
    return rx.match(
        kind,
        (
            "l",
            rx.fragment(
                rx.el.span(rx.cond(name != "", t("Unassigned"), ""), class_name="loose cut"),
                rx.cond(extra != "", rx.el.small(extra, class_name="waiting"), rx.fragment()),
            ),
        ),
        ("u", rx.fragment(rx.el.b(name, class_name="cut"), rx.el.small(extra))),
        rx.el.button(
            icon("down", small=True),
            rx.el.b(name, class_name="cut"),
            rx.el.small(extra, title=tn("{n} unit", "{n} units", extra.to(int))),
            type="button",
            class_name="fold",
            on_click=Calendar.fold(row["k"].to(str)[1:]),
            aria_expanded=rx.cond(kind == "f", "false", "true"),
            title=name,
        ),
    )


def _lack(count: rx.Var[int], day: rx.Var[int], name: rx.Var[str]) -> rx.Component:
    """How many rooms a type lacks on a day: a click shows the ways out (`hands.js`)."""
    short = tn("{n} guest too many", "{n} guests too many", count * -1)
    label = name + ", " + day_text(day, "date") + ": " + short + ". " + t("Ways out")
    attributes = {"data-a": day}
    return rx.el.button(
        count_text(count),
        type="button",
        tab_index=-1,
        class_name="over lack",
        title=label,
        aria_label=label,
        custom_attrs=attributes,
        key=day,
    )


def _rates_or(free: rx.Component, row: rx.Var[dict[str, Any]], plan: rx.Var[str], tight: rx.Var[bool]) -> rx.Component:
    """In rates mode what each day of a room type costs, how many rooms are left and what restricts it; else how many are free."""
    rates = cells_of(row["r"])
    counts, key, name = row["c"].to(list[int]), row["k"].to(str), row["n"].to(str)
    days = rx.foreach(
        rates,
        lambda cell, n: rate_day(
            cell=cell, left=counts[n + 1], day=counts[0] + n, row=key, whose=name + ", " + plan, tight=tight, key=counts[0] + n
        ),
    )
    return rx.cond(rates.length() > 0, rx.el.div(days, class_name="frees rates", custom_attrs=placed(a=counts[0])), free)


def cells_of(text: rx.Var[Any]) -> rx.Var[list[list[Any]]]:
    """Cells of rates as they cross the wire, taken apart: [price, looks, marks, version]."""
    data = rx.vars.VarData(imports={"$/public/rates/cells.js": [ImportVar(tag="cells")]})
    merged = rx.vars.VarData.merge(data, text._get_all_var_data())
    return rx.Var(f"cells({text!s})", _var_data=merged).to(list[list[Any]])


@rx.memo
def rate_day(
    cell: rx.Var[list[Any]], left: rx.Var[int], day: rx.Var[int], row: rx.Var[str], whose: rx.Var[str], tight: rx.Var[bool]
) -> rx.Component:
    """The price of one day: drawn anew only where it changed, as there are hundreds. What is lacking leads to the ways out, as
    does W on the price (`hands.js`, `keys.js`)."""
    price, look, marks = cell[0].to(str), cell[1].to(str), cell[2].to(list[list[str]])
    few = rx.el.small(count_text(left), class_name=rx.cond(left == 0, "none", ""))
    over = rx.el.small(count_text(left), class_name="over lack", title=t("Ways out"), custom_attrs={"data-a": day})
    label = rate_label(price, look, marks, left, day, whose)
    closed = rx.cond(look.contains("c"), rx.el.i("✕", class_name="stop"), rx.fragment())
    return rx.el.button(
        rx.el.b(price),
        rx.el.span(
            rx.cond(left < 0, over, few),
            closed,
            rx.foreach(marks, lambda mark: rx.el.i(mark_short(mark, tight), key=mark[0])),
            class_name="marks",
        ),
        type="button",
        tab_index=-1,
        class_name="rate-day " + look.split("").join(" "),
        title=label,
        aria_label=label,
        custom_attrs={"data-key": row + "-" + day.to(str), "data-a": day, "data-n": 1},
    )


def rate_label(price: Any, look: Any, marks: Any, left: Any, day: Any, whose: Any) -> rx.Var[str]:
    """Everything a price says, in words."""
    rooms = rx.cond(left < 0, t("oversold"), tn("{n} room left", "{n} rooms left", left)).to(str)
    label = whose + ", " + day_text(day, "date") + ": " + price + ", " + rooms
    for letter, words in (("m", t("set by hand")), ("c", t("closed")), ("h", t("at the front desk alone"))):
        label = label + rx.cond(look.contains(letter), ", " + words, "").to(str)
    return label + rx.cond(marks.length() > 0, ", " + marks_words(marks), "").to(str)


def count_text(count: rx.Var[int]) -> rx.Var[str]:
    """A number of rooms, those lacking with a minus."""
    return rx.cond(count < 0, "−" + (count * -1).to(str), count.to(str))


def _bar(bar: rx.Var[list[Any]], unit: Any) -> rx.Component:
    name, forename, look = (bar[place].to(str) for place in (Bar.NAME, Bar.FORENAME, Bar.LOOK))
    party, source = bar[Bar.PARTY].to(str), bar[Bar.SOURCE].to(str)
    first, nights = bar[Bar.FIRST].to(int), bar[Bar.NIGHTS].to(int)
    more = (
        _unbroken(t("{n}n", n=nights.to(str)))
        + rx.cond(party != "", " " + party, "").to(str)
        + rx.cond(source != "", " " + source, "").to(str)
    )
    return rx.el.div(
        rx.el.span(
            name, rx.cond(forename != "", rx.el.em(" " + forename), rx.fragment()), class_name="who-stays", aria_hidden="true"
        ),
        " ",
        rx.el.span(more, class_name="more", aria_hidden="true"),
        class_name="bar-of " + look,
        role="gridcell",
        tab_index=-1,
        aria_label=bar_label(name, forename, look, first, nights, unit, party),
        custom_attrs={
            **placed(a=first, n=nights),
            "data-key": bar[Bar.KEY],
            "data-v": bar[Bar.VERSION],
            "data-a": first,
            "data-n": nights,
            "data-i": name[0] + forename[0],
        },
        key=bar[Bar.KEY].to(str) + first.to(str),
    )


def _unbroken(words: rx.Var[str]) -> rx.Var[str]:
    """The words as one, for lines that drop what does not fit."""
    return rx.Var(f'({words!s}).replaceAll(" ","\\u00a0")', _var_type=str, _var_data=words._get_all_var_data()).to(str)


def bar_label(name: Any, forename: Any, look: Any, first: Any, nights: Any, unit: Any, party: Any) -> rx.Var[str]:
    """Everything a bar says, in words: who, where, when, how long, how many, and how it stands."""
    dates = day_text(first, "date") + " – " + day_text(first + nights, "date")
    who = rx.cond(forename != "", forename + " " + name, name)
    guests = rx.cond(party != "", ", " + t("guests: {party}", party=party), "")
    marks = rx.cond(look.contains("x"), ", " + t("oversold"), "").to(str) + rx.cond(
        look.contains("u"), ", " + t("needs attention"), ""
    ).to(str)
    return (
        who.to(str)
        + ", "
        + unit.to(str)
        + ", "
        + dates
        + ", "
        + tn("{n} night", "{n} nights", nights)
        + guests.to(str)
        + ", "
        + word_of(look[0], LOOK_WORDS)
        + marks
    )
