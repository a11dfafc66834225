"""What is proposed for a channel's rooms and rates: the obvious, never anything twice."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import RemoteProduct
from pms.channels.proposal import OurPlan, OurRoom, Target, likeness, propose, room_of

DOUBLE, SINGLE, SUITE, FLEX, STRICT = (UUID(int=n) for n in range(5))
ROOMS = [OurRoom(DOUBLE, "Double room, sea view", 2), OurRoom(SINGLE, "Single", 1), OurRoom(SUITE, "Family suite", 4)]
PLANS = [OurPlan(FLEX, "Flexible", "FLEX"), OurPlan(STRICT, "Non-refundable", "NR")]

names = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["Double", "Single", "Flexible", "NR", "Suite"])
ids = st.sampled_from(["1", "2", "3", "1/a", "1/b", "2/a", "3/a", "9/z", "/", ""])
products = st.lists(st.builds(RemoteProduct, ids, names, st.integers(0, 9), st.sampled_from(["", "derived"])), max_size=12)
rooms = st.lists(st.builds(OurRoom, st.uuids(), names, st.integers(0, 9)), max_size=5, unique_by=lambda one: one.id)
plans = st.lists(st.builds(OurPlan, st.uuids(), names, names), max_size=4, unique_by=lambda one: one.id)


@given(products, rooms, plans)
def test_nothing_is_proposed_twice_and_nothing_that_is_not_there(
    remote: list[RemoteProduct], ours: list[OurRoom], sold: list[OurPlan]
) -> None:
    found = propose(remote, ours, sold)
    assert set(found) <= {one.remote_id for one in remote if not one.fixed}
    assert max(Counter(found.values()).values(), default=1) == 1, "of ours nothing twice"
    for id, target in found.items():
        assert (target.rate_plan_id is None) == ("/" not in id)
        assert target.room_type_id in {room.id for room in ours}
        assert target.room_type_id == found[room_of(id)].room_type_id, "a rate goes where its room goes"


@given(products, rooms, plans)
def test_it_is_the_same_every_time(remote: list[RemoteProduct], ours: list[OurRoom], sold: list[OurPlan]) -> None:
    assert propose(remote, ours, sold) == propose(remote, ours, sold)


def test_names_as_the_trade_writes_them_find_each_other() -> None:
    remote = [
        RemoteProduct("7", "DBL Sea View", 2),
        RemoteProduct("7/1", "Flex"),
        RemoteProduct("7/2", "Nonrefundable"),
        RemoteProduct("8", "Einzelzimmer / Single", 1),
        RemoteProduct("8/3", "BAR"),
        RemoteProduct("9", "Suite for families", 4),
        RemoteProduct("9/4", "Mobile rate", fixed="derived"),
    ]
    assert propose(remote, ROOMS, PLANS) == {
        "7": Target(DOUBLE),
        "7/1": Target(DOUBLE, FLEX),
        "7/2": Target(DOUBLE, STRICT),
        "8": Target(SINGLE),
        "8/3": Target(SINGLE, FLEX),
        "9": Target(SUITE),
    }


def test_the_size_decides_between_names_that_say_the_same() -> None:
    ours = [OurRoom(DOUBLE, "Apartment", 2), OurRoom(SUITE, "Apartment", 6)]
    remote = [RemoteProduct("1", "Apartment", 6), RemoteProduct("2", "Apartment", 2)]
    assert propose(remote, ours, []) == {"1": Target(SUITE), "2": Target(DOUBLE)}


def test_strangers_are_left_to_a_person_unless_only_they_are_left() -> None:
    ours = [OurRoom(DOUBLE, "Alpha"), OurRoom(SINGLE, "Beta")]
    assert propose([RemoteProduct("1", "Zzz"), RemoteProduct("2", "Qqq")], ours, []) == {}
    assert propose([RemoteProduct("1", "Zzz"), RemoteProduct("2", "Beta")], ours, []) == {
        "1": Target(DOUBLE),
        "2": Target(SINGLE),
    }


def test_a_plan_is_proposed_only_where_it_is_sold() -> None:
    only = OurPlan(FLEX, "Flexible", room_type_ids=frozenset({SINGLE}))
    remote = [RemoteProduct("1", "Double sea view", 2), RemoteProduct("1/a", "Flexible")]
    assert propose(remote, ROOMS, [only]) == {"1": Target(DOUBLE)}


def test_accents_and_case_do_not_matter() -> None:
    assert likeness("Dvivietis KAMBARYS su balkonu", "dvivietis kambarys sù balkonu") == 1
