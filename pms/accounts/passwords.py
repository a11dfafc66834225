"""Passwords as argon2id hashes. What is guessed, is guessed at full price, also for addresses nobody has."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from pms.kernel.refusals import BadInput

SHORTEST, LONGEST = 10, 1000
"""In characters. The upper end only keeps a megabyte from being hashed."""

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_password(password: str, field: str = "password") -> str:
    """The hash to keep of a new password. Refuses `BadInput` when it is too short or absurdly long."""
    if len(password) < SHORTEST:
        raise BadInput(field, "Use at least {shortest} characters.", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise BadInput(field, "Use at most {longest} characters.", longest=LONGEST)
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; None (nobody has that address) costs the same time."""
    try:
        _hasher.verify(password_hash or _nobodys(), password[: LONGEST + 1])
    except VerificationError:
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with parameters we no longer use."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")
