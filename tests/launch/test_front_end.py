"""The front end is built when what shapes it changed, and only then."""

from pathlib import Path

import pytest

from pms.launch import front_end

SHAPING = ("pms/ui/page.py", "pms/ui/part.js", "pms/locale/lt/x.po", "assets/theme.css", "rxconfig.py", "requirements.txt")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small source tree in place of ours."""
    for name in (*SHAPING, "pms/api/v1.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(front_end, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", SHAPING)
def test_what_shapes_pages_makes_it_stale(tree: Path, name: str) -> None:
    before = front_end.fingerprint()
    (tree / name).write_text("changed")
    assert front_end.fingerprint() != before


def test_a_renamed_page_makes_it_stale(tree: Path) -> None:
    before = front_end.fingerprint()
    (tree / "pms/ui/page.py").rename(tree / "pms/ui/other.py")
    assert front_end.fingerprint() != before


@pytest.mark.parametrize("name", ["pms/api/v1.py", "assets/external/generated.js", "pms/ui/__pycache__/page.pyc"])
def test_what_shapes_no_page_does_not(tree: Path, name: str) -> None:
    before = front_end.fingerprint()
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("changed")
    assert front_end.fingerprint() == before


def test_a_build_that_is_current_is_not_repeated(front_end_built: None) -> None:
    assert front_end.is_current()
    assert front_end.build() is False
