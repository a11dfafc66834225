"""What rates call a channel is what the channel calls itself."""

from __future__ import annotations

from pms.channels.adapters import ADAPTERS
from pms.rates.channels import code_of, name_of


def test_every_channel_one_can_connect_to_is_called_by_its_name() -> None:
    assert {code: name_of(code, "en") for code in ADAPTERS} == {code: adapter.name for code, adapter in ADAPTERS.items()}
    assert {code_of(adapter.name) for adapter in ADAPTERS.values()} == set(ADAPTERS)
    assert code_of("kiosk") == name_of("kiosk", "en") == "kiosk"
