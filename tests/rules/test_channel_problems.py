"""What somebody has to see to, in the reader's language and with dates as the reader writes them."""

from __future__ import annotations

import pytest

from pms.channels.problems import said

OVERSOLD = {"kind": "oversold", "room_type": "Double", "nights": "2026-11-29, 2026-11-30, 2026-12-24"}


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Double is oversold: 29 Nov 2026 – 30 Nov 2026, 24 Dec 2026."),
        ("de", "Double ist überbucht: 29.11.2026 – 30.11.2026, 24.12.2026."),
    ],
)
def test_oversold_nights_are_said_as_the_reader_writes_dates(locale: str, words: str) -> None:
    assert said([OVERSOLD], locale) == words


def test_a_stay_too_long_to_be_held_is_said_so_too() -> None:
    words = said([{"kind": "too_long", "told": "2028-12-01", "held": "2027-12-02"}], "en")
    assert words == "It was sold until 1 Dec 2028 and is held until 2 Dec 2027. Book the rest by hand."
