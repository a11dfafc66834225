"""The list of changes without a browser: what it says, what undoing one would do, pages, who may, and news."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from pms.kernel.formats import day
from pms.kernel.refusals import NotFound, NotPermitted
from pms.rates.cells import Edit
from pms.reservations.rate_changes import allow_nights, change_rates
from pms.ui.rates.changes_state import CHANGES, PAGE, Changes, Shown, found
from pms.ui.rates.edits import Edits
from pms.ui.rates.state import Rates
from tests.builders import Cast, a_property
from tests.states.hotel import Feed
from tests.states.priced import Priced, opened, row
from tests.states.tab import Tab, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def hotel(cast: Cast) -> Priced:
    return Priced(cast)


async def listed(hotel: Priced, **more: Any) -> Tab:
    tab = await opened(hotel, **more)
    await tab.call(Changes.begin)
    return tab


def lines(tab: Tab) -> list[tuple[str, str]]:
    """What the list says, and of how many cells."""
    return [(one.what, one.count) for one in tab.state(Changes).found.lines]


async def test_each_change_says_what_where_how_many_who_and_when_the_newest_first(hotel: Priced) -> None:
    hotel.fill(1, 3, price=12_000)
    hotel.fill(2, 2, min_stay=2, closed=True)
    hotel.fill(1, 1, price=12_000)  # differs nowhere: no change
    cells = [(hotel.flexible, kind, hotel.day(n)) for kind in (hotel.double, hotel.suite) for n in (1, 2)]
    edits = [Edit(cell, {"price": 11_000 + n}) for n, cell in enumerate(cells)]
    hotel.work(change_rates, hotel.id, edits, {}, "import", "Spring", actor=hotel.cast.olga)
    tab = await listed(hotel)
    assert lines(tab) == [
        ("Price: several values", "4 cells"),
        ("Closed: not set → yes · Shortest stay: not set → 2", "2 cells"),
        ("Price: not set → €120.00", "3 cells"),
    ]
    newest, second, _ = tab.state(Changes).found.lines
    assert newest.where.startswith("Double, Suite · Flexible · ")
    assert newest.by.startswith("Olga Owner · ")
    assert newest.by.endswith(" · from a file · Spring")
    first, last = (day(hotel.day(n), "en") for n in (2, 3))
    assert second.where == f"Double · Flexible · {first} – {last}"
    german = found_in(hotel, "de")
    assert german[1].what == "Geschlossen: nicht gesetzt → ja · Mindestaufenthalt: nicht gesetzt → 2"


def found_in(hotel: Priced, locale: str) -> Any:
    return hotel.work(found, Shown(hotel.id), actor=replace(hotel.cast.olga, locale=locale)).lines


async def test_a_change_on_one_channel_says_on_which(hotel: Priced) -> None:
    edit = Edit((hotel.flexible, hotel.double, hotel.day(1)), {"closed": True}, channel="airbnb")
    hotel.work(change_rates, hotel.id, [edit], {}, "bulk", actor=hotel.cast.olga)
    (line,) = (await listed(hotel)).state(Changes).found.lines
    assert line.where == f"Double · Flexible · Airbnb · {day(hotel.day(1), 'en')}"


async def test_undoing_says_first_what_it_would_do_and_then_does_that(hotel: Priced) -> None:
    hotel.fill(1, 3, price=12_000)
    hotel.fill(3, 1, price=13_000)
    tab = await listed(hotel)
    box = tab.state(Changes)
    older = box.found.lines[1].id
    await tab.call(Changes.ask, older)
    assert (box.asking, box.found.possible) == (older, True)
    assert box.found.said == ["2 cells go back to what they were.", "1 was changed again since and stays."]
    assert row(tab, "Flexible")[1].startswith("120!m"), "nothing is done yet"
    assert older in said(await tab.call(Changes.undo))
    await tab.call(Edits.take_back, older)
    await tab.call(Changes.again)
    assert [one.split("!")[0] for one in row(tab, "Flexible")[1:4]] == ["100", "100", "130"]
    assert [one.undone for one in box.found.lines] == [False, False, True]
    assert box.found.lines[0].is_undo
    assert (box.asking, box.found.said) == ("", [])


async def test_what_was_wholly_changed_again_is_refused_with_the_reason_and_not_done(hotel: Priced) -> None:
    hotel.fill(1, 2, price=12_000)
    hotel.fill(1, 2, price=13_000)
    tab = await listed(hotel)
    box = tab.state(Changes)
    await tab.call(Changes.ask, box.found.lines[1].id)
    assert box.found.said == ["All of it was changed again since: there is nothing to undo."]
    assert not box.found.possible
    assert await tab.call(Changes.undo) == []
    await tab.call(Changes.ask, None)
    assert (box.asking, box.found.said) == ("", [])


async def test_what_would_cross_is_named_before_it_is_undone(hotel: Priced) -> None:
    hotel.fill(1, 2, min_stay=5)
    hotel.fill(1, 2, min_stay=None)
    hotel.fill(1, 1, max_stay=3)
    tab = await listed(hotel)
    box = tab.state(Changes)
    await tab.call(Changes.ask, box.found.lines[1].id)
    assert box.found.said[0] == "1 cell goes back to what it was."
    assert "the minimum would be above the maximum (Double, Flexible" in box.found.said[1]
    hotel.fill(2, 1, max_stay=3)
    await tab.call(Changes.ask, box.found.lines[1].id)
    assert (len(box.found.said), box.found.possible) == (1, False)
    assert "the minimum would be above the maximum" in box.found.said[0]


async def test_overbooking_is_listed_and_undone_too_by_whoever_may_oversell(hotel: Priced) -> None:
    wanted = {(hotel.double, hotel.day(n)): 1 for n in (1, 2, 3)}
    hotel.work(allow_nights, hotel.id, wanted, actor=hotel.cast.olga)
    hotel.work(allow_nights, hotel.id, {(hotel.double, hotel.day(1)): 2}, actor=hotel.cast.olga)
    tab = await listed(hotel)
    box = tab.state(Changes)
    assert lines(tab) == [("Overbooking", "1 night overbooked"), ("Overbooking", "3 nights overbooked")]
    await tab.call(Changes.ask, box.found.lines[1].id)
    assert box.found.said == ["2 cells go back to what they were.", "1 was changed again since and stays."]


async def test_prices_and_overbooking_of_one_change_go_back_together(hotel: Priced) -> None:
    cell, night = (hotel.flexible, hotel.double, hotel.day(1)), (hotel.double, hotel.day(1))
    hotel.work(change_rates, hotel.id, [Edit(cell, {"price": 9_000})], {night: 1}, "many", actor=hotel.cast.olga)
    tab = await listed(hotel)
    assert lines(tab) == [("Price: not set → €90.00 · Overbooking", "1 cell · 1 night overbooked")]
    await tab.call(Changes.ask, tab.state(Changes).found.lines[0].id)
    assert tab.state(Changes).found.said == ["2 cells go back to what they were."]


async def test_whoever_may_not_change_rates_reads_and_is_refused_the_undo(hotel: Priced) -> None:
    hotel.fill(1, 2, price=12_000)
    tab = await listed(hotel, actor=hotel.cast.rita)
    box = tab.state(Changes)
    assert len(box.found.lines) == 1
    await tab.call(Changes.ask, box.found.lines[0].id)
    assert (box.found.said, box.found.possible) == (["You do not have the permission for this."], False)
    assert await tab.call(Changes.undo) == []
    assert "permission" in said(await tab.call(Edits.take_back, box.found.lines[0].id))


async def test_older_changes_are_a_page_away_and_so_is_the_way_back(hotel: Priced) -> None:
    for n in range(PAGE + 3):
        hotel.fill(1, price=10_000 + n * 100 + 100)
    tab = await listed(hotel)
    box = tab.state(Changes)
    first = lines(tab)
    assert (len(first), box.later, box.found.older != "") == (PAGE, False, True)
    await tab.call(Changes.to_older)
    assert (len(lines(tab)), box.later, box.found.older) == (3, True, "")
    assert lines(tab)[-1][0] == "Price: not set → €101.00"
    await tab.call(Changes.to_older)
    assert len(lines(tab)) == 3, "there is nothing older"
    await tab.call(Changes.to_later)
    assert (lines(tab), box.later) == (first, False)
    await tab.call(Changes.to_later)
    assert lines(tab) == first


async def test_news_of_this_house_are_shown_and_what_undoing_would_do_with_them(hotel: Priced) -> None:
    hotel.fill(1, 2, price=12_000)
    tab, feed = await listed(hotel), Feed()
    box = tab.state(Changes)
    await tab.call(Changes.ask, box.found.lines[0].id)
    feed.news()
    hotel.fill(2, 1, price=13_000)
    news = tuple(one for one in feed.news() if CHANGES.topics & one.topics and CHANGES.concerns(one, box._shown))
    assert news
    CHANGES.apply(box, CHANGES.load(hotel.cast.olga, box._shown, news), news)
    assert (len(box.found.lines), len(box.found.said)) == (2, 2)
    assert not CHANGES.concerns(news[0], box._shown._replace(property_id=uuid4()))


async def test_the_list_goes_with_its_house_and_leaves_nothing_behind(hotel: Priced) -> None:
    hotel.fill(1, 2, price=12_000)
    tab = await listed(hotel)
    box = tab.state(Changes)
    await tab.call(Changes.again)
    assert box.open
    box._shown = box._shown._replace(property_id=a_property(hotel.cast.olga, "Elsewhere"))
    await tab.call(Changes.again)
    assert (box.open, box.found.lines, box._shown) == (False, [], None)
    await tab.call(Changes.begin)
    await tab.call(Changes.close)
    assert (box.open, box.found.lines, box._shown) == (False, [], None)
    for handler in (Changes.to_older, Changes.to_later, Changes.undo):
        assert await tab.call(handler) == []
    assert await tab.call(Changes.ask, str(uuid4())) == []


async def test_another_hotels_changes_are_not_to_be_had(hotel: Priced, cast: Cast) -> None:
    hotel.fill(1, 2, price=12_000)
    tab = await listed(hotel)
    await tab.call(Changes.ask, str(uuid4()))
    assert not tab.state(Changes).found.possible
    with pytest.raises((NotFound, NotPermitted)):
        hotel.work(found, Shown(hotel.id), actor=cast.otto)


async def test_a_rectangle_goes_further_down_than_the_tab_has_loaded(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(Rates.look, 0, 40)
    name, number, version = hotel.cell(1)
    texts = [
        ["111", "112"],
        ["", ""],
        ["181", ""],
        ["", "9"],
    ]  # the derived plan's row between them is skipped where it is locked
    answer = said(await tab.call(Edits.paste, "price", name, number, texts, [[name, number, version]]))
    assert "3 cells changed" in answer
    assert "1 cell follows another plan and stays." in answer
    assert [one.split("!")[0] for one in row(tab, "Flexible")[1:3]] == ["111", "112"]
    await tab.call(Rates.look, 0, 900)
    assert [one.split("!")[0] for one in row(tab, "Flexible", "Suite")[1:3]] == ["181", "100"]
    await tab.call(Edits.paste, "min_stay", name, number, [["2"], ["-"], ["3"]], [])
    assert row(tab, "Flexible", "Suite")[1].split("!")[2] == "n3"


@pytest.mark.parametrize(
    ("down", "wide", "words"),
    [(5, 1, "nothing was pasted"), (4, 14, "nothing was pasted"), (4, 13, "52 cells changed")],
)
async def test_a_rectangle_beyond_the_edge_is_refused_whole(hotel: Priced, down: int, wide: int, words: str) -> None:
    tab = await opened(hotel)
    name, number, _ = hotel.cell(1)
    answer = said(await tab.call(Edits.paste, "closed", name, number, [["yes"] * wide] * down, []))
    assert words in answer
    assert row(tab, "Flexible")[1] == ("100!c!!1" if "changed" in words else "100")


async def test_a_rectangle_on_a_cell_changed_meanwhile_is_refused_whole(hotel: Priced) -> None:
    tab = await opened(hotel)
    hotel.fill(1, price=9_000)
    name, number, _ = hotel.cell(1)
    answer = said(await tab.call(Edits.paste, "price", name, number, [["1"], [""], ["2"]], [[name, number, 0]]))
    assert "changed this cell a moment ago" in answer
    await tab.call(Rates.look, 0, 900)
    assert row(tab, "Flexible", "Suite")[1] == "100"


@pytest.mark.parametrize(
    "texts", [[], [[]], [["1" * 41]], [["1"] * 32], [["1"]] * 2_001, "1", [[1, None]]], ids=lambda texts: str(len(texts))
)
async def test_odd_rectangles_do_nothing(hotel: Priced, texts: Any) -> None:
    tab = await opened(hotel)
    name, number, _ = hotel.cell(1)
    await tab.call(Edits.paste, "price", name, number, texts, [])
    await tab.call(Edits.paste, "price", f"p{'A' * 44}", day, [["1"]], [])
    await tab.call(Edits.paste, "closed", name, number, [["", " "]], [])
    assert row(tab, "Flexible")[1] == "100"
    assert tab.state(Edits)._done == []
