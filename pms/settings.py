"""Typed settings from the environment, refused at start with one sentence when wrong.

Nothing is read at import: `settings()` reads the environment on its first call and keeps the answer, so a process that
forks after import, or a test that changes the environment, stays in charge of when that happens.
"""

import os
import re
import secrets
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
SQLALCHEMY_SCHEME = "postgresql+psycopg"
REDIS_SCHEMES = ("redis", "rediss", "unix")


class Unready(Exception):
    """The process cannot start or go on; the message is the one sentence that says what to do about it."""


def postgres_url(url: str) -> str:
    """The same address in SQLAlchemy's spelling; `postgres://` and `postgresql://` are what people and hosts write."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return f"{SQLALCHEMY_SCHEME}://{rest}"


def libpq(url: str) -> str:
    """The same address in the spelling of libpq and plain psycopg."""
    return url.replace(SQLALCHEMY_SCHEME, "postgresql", 1)


class Settings(BaseSettings):
    """What an operator can set; every field but the two URLs is named OCTASPACE_<FIELD> in the environment."""

    model_config = SettingsConfigDict(env_prefix="OCTASPACE_", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    owner_database_url: str | None = Field(None, validation_alias="OWNER_DATABASE_URL")
    redis_url: str | None = Field(None, validation_alias="REDIS_URL")
    var_dir: Path = ROOT / "var"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url_given: str | None = Field(None, validation_alias="OCTASPACE_PUBLIC_URL")
    extra_origins: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="OCTASPACE_ALLOWED_ORIGINS")
    secret_key_given: str | None = Field(None, validation_alias="OCTASPACE_SECRET_KEY", min_length=32, repr=False)
    require_secret_key: bool = False
    web_processes: int = Field(2, ge=1, le=64)
    database_pool: int = Field(8, ge=1, le=100)
    worker_processes: int = Field(1, ge=1, le=64)
    api_rate: str = "1200/minute"
    local_calendars: bool = False
    channel_hosts: dict[str, str] = Field(default_factory=dict)
    channel_seconds: float = Field(20.0, gt=0, le=300)
    proxy_hops: int = Field(0, ge=0, le=9)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"

    @field_validator("database_url", "owner_database_url")
    @classmethod
    def _spell_for_sqlalchemy(cls, url: str | None) -> str | None:
        return url and postgres_url(url)

    @field_validator("redis_url")
    @classmethod
    def _known_redis_scheme(cls, url: str | None) -> str | None:
        if url and urlsplit(url).scheme not in REDIS_SCHEMES:
            raise ValueError("must look like redis://host:6379/0, rediss://... or unix:///path/to/redis.sock")
        return url

    @field_validator("extra_origins", mode="before")
    @classmethod
    def _split_by_comma(cls, given: object) -> object:
        return tuple(filter(None, map(str.strip, given.split(",")))) if isinstance(given, str) else given

    @field_validator("api_rate")
    @classmethod
    def _a_rate(cls, rate: str) -> str:
        if not re.fullmatch(r"[1-9][0-9]*/[1-9]?[0-9]*(second|minute|hour|day)", rate):
            raise ValueError("must look like 1200/minute, 20/second or 5000/15minute")
        return rate

    @field_validator("public_url_given")
    @classmethod
    def _absolute(cls, url: str | None) -> str | None:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise ValueError("must look like https://pms.example.com")
        return url

    @field_validator("var_dir")
    @classmethod
    def _independent_of_where_we_stand(cls, path: Path) -> Path:
        return path.expanduser() if path.expanduser().is_absolute() else (ROOT / path)

    @property
    def public_url(self) -> str:
        """What people type to reach us, without a trailing slash; links in e-mails and cookies follow it."""
        return (self.public_url_given or f"http://localhost:{self.port}").rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        """Whether people reach us over TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins that may post and open the live socket; localhost has two names as long as nobody chose one."""
        parts = urlsplit(self.public_url)
        local = () if self.public_url_given else (f"http://127.0.0.1:{self.port}",)
        return (f"{parts.scheme}://{parts.netloc}", *local, *self.extra_origins)

    @property
    def libpq_url(self) -> str | None:
        """`database_url` in the spelling of libpq and plain psycopg."""
        return self.database_url and libpq(self.database_url)

    @property
    def migration_url(self) -> str | None:
        """Who migrates: the owner of the tables, when that is somebody else than who serves."""
        return self.owner_database_url or self.database_url

    @cached_property
    def secret_key(self) -> str:
        """Signs cookies and encrypts credentials; kept under var/ unless an operator keeps it elsewhere."""
        if self.secret_key_given:
            return self.secret_key_given
        if self.require_secret_key:
            raise Unready(
                "Set OCTASPACE_SECRET_KEY to a random text of at least 32 characters, the same for every process:"
                " `openssl rand -hex 32` prints one."
            )
        return _kept_secret(self.var_dir / "secret_key")


def _kept_secret(path: Path) -> str:
    """Read the secret, or make it, so that two processes starting at once agree on one."""
    try:
        if not path.exists():
            _keep_new_secret(path)
        return path.read_text().strip()
    except OSError as problem:
        raise Unready(
            f"Set OCTASPACE_SECRET_KEY, or let this user write {path} ({problem.strerror}): the secret key has no home."
        ) from problem


def _keep_new_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    with suppress(FileExistsError):  # somebody was first: theirs counts, and it was linked whole
        os.link(draft, path)
    draft.unlink()


def _name_in_environment(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias if field in Settings.model_fields else field
    return str(alias or f"OCTASPACE_{field.upper()}")


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = _name_in_environment(str(first["loc"][0]))
    what = first["msg"].removeprefix("Value error, ")
    return f"Correct {name} in the environment: {what[0].lower()}{what[1:]}."


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` after changing the environment. Refused: Unready."""
    try:
        return Settings()
    except ValidationError as error:
        raise Unready(_sentence(error)) from None
