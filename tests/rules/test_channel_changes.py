"""What a channel has to be told: exactly the difference, in as few ranges as there are runs."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pms.channels.changes import Change, Record, in_ranges, news

DAY = date(2027, 1, 1)
PRODUCTS = [UUID(int=n) for n in range(3)]
values = st.dictionaries(st.sampled_from(["price", "min_stay", "closed"]), st.integers(0, 2), max_size=3)
cells = st.tuples(st.sampled_from(PRODUCTS), st.integers(0, 12).map(lambda n: DAY + timedelta(days=n)))
told = st.dictionaries(cells, values, max_size=30)
records = st.dictionaries(cells, st.builds(Record, values, st.none() | values), max_size=30)


def taken_apart(changes: list[Change]) -> dict:
    found: dict = {}
    for change in changes:
        for cell in change.cells:
            assert not found.get(cell, {}).keys() & change.values.keys(), "a cell is told the same thing twice"
            found.setdefault(cell, {}).update(change.values)
    return found


@given(told)
def test_ranges_say_what_the_cells_say_no_more_and_no_less(told: dict) -> None:
    assert taken_apart(in_ranges(told)) == {cell: values for cell, values in told.items() if values}


@given(told)
def test_no_two_ranges_could_be_one(told: dict) -> None:
    changes = in_ranges(told)
    ends = {(one.product_id, one.last + timedelta(days=1), tuple(sorted(one.values.items()))) for one in changes}
    assert not ends & {(one.product_id, one.first, tuple(sorted(one.values.items()))) for one in changes}


@given(told)
def test_prices_and_restrictions_never_share_a_range(told: dict) -> None:
    assert all("price" not in one.values or len(one.values) == 1 for one in in_ranges(told))


@given(told, records)
def test_a_channel_that_accepts_all_news_shows_what_is_true_but_for_what_it_refused(now: dict, known: dict) -> None:
    heard = news(now, known)
    for cell, values in now.items():
        record = known.get(cell, Record({}))
        shown = {**record.accepted, **heard.get(cell, {})}
        for name, value in values.items():
            assert shown.get(name) == value or (record.refused or {}).get(name) == value


@given(told)
def test_who_accepted_everything_hears_nothing(now: dict) -> None:
    assert news(now, {cell: Record(values) for cell, values in now.items()}) == {}
