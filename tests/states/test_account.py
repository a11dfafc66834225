"""The account page: what it asks the password for."""

from __future__ import annotations

import pytest

from pms.ui.account.state import Account
from tests.builders import PASSWORD, Cast
from tests.states.tab import Tab, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_password_is_not_guessed_on_an_open_screen_either(cast: Cast) -> None:
    tab = Tab(cast.rita)
    for _ in range(8):
        await tab.call(Account.switch_off, {"password": "a wrong guess"})
        assert tab.state(Account).errors == {"password": "This is not your password."}
    events = await tab.call(Account.change_password, {"present": PASSWORD, "new_password": "another good password"})
    assert "Too many tries" in said(events)
