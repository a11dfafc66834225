"""What browsers may keep."""

from __future__ import annotations

import pytest

from pms.api.caching import keep_for
from pms.ui.same_origin import to_own_origin


@pytest.mark.parametrize(
    ("path", "content_type", "word"),
    [
        ("/assets/root-abc123.js", "text/javascript", "immutable"),
        ("/fonts/inter-latin.woff2", "font/woff2", "max-age=604800"),
        ("/calendar/", "text/html; charset=utf-8", "no-cache"),
        ("/live.js", "text/javascript", "no-cache"),
    ],
)
def test_built_files_last_and_pages_are_asked_for(path: str, content_type: str, word: str) -> None:
    assert word in (keep_for(path, content_type) or "")


def test_data_is_left_to_whoever_answers_it() -> None:
    assert keep_for("/api/v1/properties", "application/json") is None


def test_a_build_names_no_address() -> None:
    built = 'var e={PING:`http://localhost:8000/ping`,EVENT:"ws://localhost:8000/_event",TRANSPORT:`websocket`};'
    ours = to_own_origin(built)
    assert "localhost" not in ours
    assert 'location.origin.replace(/^http/,"ws")+"/_event"' in ours
    assert "TRANSPORT:`websocket`" in ours
