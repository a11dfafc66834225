"""What is changed in Reflex' front end before it is bundled, against the Reflex that is installed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reflex.utils import frontend_skeleton
from reflex_base.config import get_config
from reflex_base.constants import Templates

from pms.ui.quick_start import asking_early, in_one_go, with_shared_chunk

WEB = Templates.Dirs.WEB_TEMPLATE


def _config() -> str:
    return frontend_skeleton._compile_vite_config(get_config())


CHANGES: dict[str, tuple[Callable[[], str], Callable[[str], str], str]] = {
    "one file for what pages share": (_config, with_shared_chunk, 'name: "shared"'),
    "the socket asks early": (lambda: (WEB / "utils" / "state.js").read_text(), asking_early, "socket.release = "),
    "the page is taken over in one go": (
        lambda: (WEB / "app" / "entry.client.js").read_text(),
        in_one_go,
        "\nhydrateRoot(document",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_change_fits_the_reflex_we_have(name: str) -> None:
    written, change, mark = CHANGES[name]
    before = written()
    assert mark not in before
    assert mark in change(before)


@pytest.mark.parametrize("name", CHANGES)
def test_what_another_reflex_writes_ends_the_build(name: str) -> None:
    with pytest.raises(RuntimeError, match="otherwise"):
        CHANGES[name][1]("something else")
