"""Settings come from the environment, or are refused in one sentence."""

import stat
from pathlib import Path

import pytest

from pms.settings import Unready, settings
from tests.services import environment


@pytest.mark.parametrize("spelled", ["postgres://me@host/db", "postgresql://me@host/db", "postgresql+psycopg://me@host/db"])
def test_every_spelling_of_a_postgres_url_is_understood(spelled: str) -> None:
    with environment(DATABASE_URL=spelled):
        assert settings().database_url == "postgresql+psycopg://me@host/db"
        assert settings().libpq_url == "postgresql://me@host/db"


def test_migrations_may_have_an_owner_of_their_own() -> None:
    with environment(DATABASE_URL="postgres://app@host/db", OWNER_DATABASE_URL=""):
        assert settings().migration_url == "postgresql+psycopg://app@host/db"
    with environment(DATABASE_URL="postgres://app@host/db", OWNER_DATABASE_URL="postgres://owner@host/db"):
        assert settings().migration_url == "postgresql+psycopg://owner@host/db"


def test_origins_follow_the_public_address() -> None:
    with environment(OCTASPACE_PORT="8123", OCTASPACE_PUBLIC_URL="", OCTASPACE_ALLOWED_ORIGINS=""):
        assert settings().allowed_origins == ("http://localhost:8123", "http://127.0.0.1:8123")
        assert not settings().secure_cookies
    with environment(OCTASPACE_PUBLIC_URL="https://pms.example.com/", OCTASPACE_ALLOWED_ORIGINS="https://a.test, https://b.test"):
        assert settings().public_url == "https://pms.example.com"
        assert settings().allowed_origins == ("https://pms.example.com", "https://a.test", "https://b.test")
        assert settings().secure_cookies


def test_the_secret_is_made_once_for_its_user_only(tmp_path: Path) -> None:
    with environment(OCTASPACE_VAR_DIR=str(tmp_path), OCTASPACE_SECRET_KEY=""):
        first = settings().secret_key
        settings.cache_clear()
        assert settings().secret_key == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_never_shows_in_a_log(tmp_path: Path) -> None:
    with environment(OCTASPACE_SECRET_KEY="s" * 40):
        assert settings().secret_key == "s" * 40
        assert "ssss" not in repr(settings())


def test_nonsense_is_refused_by_the_name_an_operator_knows() -> None:
    with environment(OCTASPACE_PUBLIC_URL="pms.example.com"), pytest.raises(Unready, match="Correct OCTASPACE_PUBLIC_URL"):
        settings()
    with environment(OCTASPACE_WEB_PROCESSES="0"), pytest.raises(Unready, match="Correct OCTASPACE_WEB_PROCESSES"):
        settings()
