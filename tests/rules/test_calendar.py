"""What the calendar prints, from what the database knows."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.reservations.calendar import ChartHouse, ChartType, ChartUnit, Closure, Counted, Segment, Traffic
from pms.ui.calendar import rows, view
from pms.ui.calendar.drop import in_the_way
from pms.ui.calendar.sheet import DAYS_MAX, ROWS_MAX, Span, Window

DAY = date(2026, 11, 23)


def a_segment(first: int = 0, nights: int = 2, **more: object) -> Segment:
    begin, end = DAY + timedelta(first), DAY + timedelta(first + nights)
    ids: dict[str, object] = {"stay_id": uuid4(), "room_type_id": uuid4(), "unit_id": uuid4()}
    dates = {"first": begin, "end": end, "arrival": begin, "departure": end}
    facts = {"status": "confirmed", "adults": 2, "children": 0, "version": 1}
    names = {"last_name": "Müller", "first_name": "Anna", "source": "desk", "code": "7KQ2MZPA"}
    return Segment(**(ids | dates | facts | names | more))  # type: ignore[arg-type]


def a_house(*sizes: int) -> ChartHouse:
    types = tuple(
        ChartType(uuid4(), f"Type {n}", "room", 2, 1, 10_000, tuple(ChartUnit(uuid4(), f"{n}{m:02d}", "") for m in range(size)))
        for n, size in enumerate(sizes)
    )
    return ChartHouse(uuid4(), "House", "Europe/Vilnius", "EUR", types)


segments = st.lists(st.builds(a_segment, st.integers(-20, 40), st.integers(0, 14)), max_size=40)


@given(segments)
def test_bars_never_overlap_in_a_lane(found: list[Segment]) -> None:
    stacked = rows.lanes(found)
    assert sorted(str(one.stay_id) for lane in stacked for one in lane) == sorted(str(one.stay_id) for one in found)
    for lane in stacked:
        for left, right in pairwise(lane):
            assert left.end <= right.first
            assert left.end < right.first or left.first < left.end or right.first < right.end, "two on the same quarter of a day"


@given(segments)
def test_lanes_do_not_depend_on_the_order_they_are_read_in(found: list[Segment]) -> None:
    assert rows.lanes(found) == rows.lanes(list(reversed(found)))


@given(segments)
def test_no_more_lanes_than_stays_on_the_busiest_day(found: list[Segment]) -> None:
    stays = [one for one in found if one.first < one.end]
    busiest = max((sum(one.first <= day < one.end for one in stays) for day in {one.first for one in stays}), default=0)
    assert len(rows.lanes(stays)) == busiest


@given(st.uuids())
def test_keys_come_back_as_the_ids_they_were(id: UUID) -> None:
    assert rows.id_of(rows.key_of(id)) == id == rows.id_of(str(id)) == rows.id_of(id)
    assert len(rows.key_of(id)) == 22


@given(st.one_of(st.text(max_size=60), st.integers(), st.none(), st.lists(st.integers())))
def test_what_is_no_key_is_refused(anything: object) -> None:
    try:
        assert isinstance(rows.id_of(anything), UUID)
    except ValueError:
        return


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)))
def test_day_numbers_come_back_as_the_days_they_were(day: date) -> None:
    assert rows.day_of(rows.day_number(day)) == day
    assert rows.day_number(date(1970, 1, 1)) == 0


def test_a_bar_says_who_when_and_how_it_stands() -> None:
    stay = a_segment(1, 3, children=1, source="Booking.com", after=True)
    bar = rows.bar(stay, DAY)
    assert bar[rows.Bar.KEY] == rows.key_of(stay.stay_id)
    assert (bar[rows.Bar.FIRST], bar[rows.Bar.NIGHTS]) == (rows.day_number(DAY) + 1, 3)
    assert bar[rows.Bar.LOOK] == "c r"
    assert (bar[rows.Bar.NAME], bar[rows.Bar.FORENAME], bar[rows.Bar.PARTY], bar[rows.Bar.SOURCE]) == (
        "Müller",
        "Anna",
        "2+1",
        "B",
    )


def test_a_bar_hides_who_it_is_from_those_who_may_not_see_guests() -> None:
    bar = rows.bar(a_segment(), DAY, named=False)
    assert "Müller" not in bar
    assert "Anna" not in bar


@pytest.mark.parametrize(
    ("status", "first", "unit", "urgent"),
    [
        ("confirmed", 0, None, True),
        ("confirmed", 0, uuid4(), False),
        ("confirmed", 1, None, False),
        ("confirmed", -1, uuid4(), True),
        ("tentative", -1, uuid4(), True),
        ("checked_in", -2, uuid4(), False),
        ("checked_in", -3, uuid4(), True),
        ("checked_out", -9, uuid4(), False),
    ],
)
def test_urgent_is_what_somebody_must_act_on_today(status: str, first: int, unit: UUID | None, urgent: bool) -> None:
    assert rows.is_urgent(a_segment(first, 2, status=status, unit_id=unit), DAY) is urgent


def test_only_what_waits_for_a_unit_is_marked_oversold() -> None:
    waiting, lying = a_segment(0, 3, unit_id=None), a_segment(0, 3)
    assert "x" in rows.bar(waiting, DAY, [DAY + timedelta(2)])[rows.Bar.LOOK].split()
    assert "x" not in rows.bar(waiting, DAY, [DAY + timedelta(3)])[rows.Bar.LOOK].split()
    assert "x" not in rows.bar(lying, DAY, [DAY])[rows.Bar.LOOK].split()


def test_rows_stand_type_by_type_with_a_lane_even_when_nothing_waits() -> None:
    house = a_house(2, 1)
    kinds = [row.kind for row in rows.layout(house, {})]
    assert "".join(kinds) == "tluutlu"
    assert [row.kind for row in rows.layout(house, {house.types[0].id: 3})][:4] == ["t", "l", "l", "l"]
    assert [row.kind for row in rows.layout(house, {}, folded=[house.types[0].id])] == ["t", "t", "l", "u"]
    assert {row.type_id for row in rows.layout(house, {}, only=[house.types[1].id])} == {house.types[1].id}
    assert len(rows.layout(house, {}, only=[uuid4()])) == 7, "a filter of another house filters nothing"
    keys = [row.key for row in rows.layout(house, {house.types[0].id: 3})]
    assert len(set(keys)) == len(keys)


@given(st.lists(st.integers(0, 60), unique=True, max_size=20), st.lists(st.integers(0, 60), unique=True, max_size=20))
def test_rows_that_stay_keep_their_slot(before: list[int], after: list[int]) -> None:
    held = rows.seats({}, [str(n) for n in before], 20)
    moved = rows.seats(held, [str(n) for n in after], 20)
    assert len(set(moved.values())) == len(after)
    assert all(moved[key] == held[key] for key in set(moved) & set(held))


def test_more_rows_than_slots_are_an_error() -> None:
    with pytest.raises(ValueError, match="slots"):
        rows.seats({}, ["a", "b"], 1)


def test_a_day_counts_what_is_sold_free_coming_and_going() -> None:
    house = a_house(4, 2)
    first, second = house.types
    counts = rows.Counts(house, [Counted(first.id, DAY, 3, 3, 0), Counted(second.id, DAY, 2, 3, -1)])
    heads = rows.day_rows(house, counts, [Traffic(DAY, 5, 7)], [DAY, DAY + timedelta(1)])
    assert heads[0] == [rows.day_number(DAY), 120, 0, 5, 7, 1]
    assert heads[1] == [rows.day_number(DAY) + 1, 0, 6, 0, 0, 0]
    assert rows.day_rows(house, counts, [], [DAY], [first.id])[0][1:3] == [100, 0]


def test_a_type_row_shows_what_is_free_from_the_first_day_on() -> None:
    house = a_house(2)
    counts = rows.Counts(house, [Counted(house.types[0].id, DAY, 2, 3, -1)])
    row = rows.type_row(house.types[0], counts, [DAY, DAY + timedelta(1)], folded=False)
    assert row["c"] == [rows.day_number(DAY), -1, 2]
    assert counts.oversold(house.types[0].id) == [DAY]


def test_somebody_in_the_way_is_named() -> None:
    lying = a_segment(0, 3)
    repair = Closure(uuid4(), uuid4(), DAY + timedelta(5), DAY + timedelta(6), "out_of_order", "Bathroom", 1)
    look = Closure(uuid4(), uuid4(), DAY + timedelta(8), DAY + timedelta(9), "out_of_service", "Paint", 1)

    def asked(first: int, end: int, own: UUID | None = None, named: bool = True) -> str | None:
        return in_the_way([lying], [repair, look], DAY + timedelta(first), DAY + timedelta(end), own, named)

    assert asked(2, 4) == "Müller"
    assert asked(2, 4, named=False) == "7KQ2MZPA", "who may not see guests is told the code"
    assert asked(3, 5) is None, "arriving on the day of a departure is no clash"
    assert asked(2, 4, lying.stay_id) is None
    assert asked(4, 7) == "Bathroom"
    assert asked(8, 9) is None, "out of service is still for sale"


spans = st.tuples(st.integers(0, 30_000), st.integers(1, 62))


@given(spans, spans)
def test_what_is_in_sight_is_loaded_with_room_to_scroll(now: tuple[int, int], then: tuple[int, int]) -> None:
    organization, house = UUID(int=1), UUID(int=2)
    before = view.span_for(organization, house, *now)
    after = view.span_for(organization, house, *then, before)
    assert after.days <= DAYS_MAX
    assert after.first <= then[0] - view.NEAR
    assert then[0] + then[1] + view.NEAR <= after.first + after.days
    assert view.span_for(organization, UUID(int=3), *now, before).property_id == UUID(int=3)


@given(spans)
def test_a_day_further_costs_no_new_window(sight: tuple[int, int]) -> None:
    span = view.span_for(UUID(int=1), UUID(int=2), *sight)
    assert view.span_for(UUID(int=1), UUID(int=2), sight[0] + 1, sight[1], span) == span


@given(st.integers(0, 900), st.integers(1, 200), st.integers(0, 900))
def test_rows_in_sight_are_loaded(row: int, count: int, before: int) -> None:
    top, many = view.rows_for(before, count)
    window = Window(Span(UUID(int=1), UUID(int=2), 0, 49), top, many)
    top, many = view.rows_for(row, count, window)
    assert top <= row
    assert row + min(count, ROWS_MAX - 2 * view.BELOW) <= top + many
    assert many <= ROWS_MAX
