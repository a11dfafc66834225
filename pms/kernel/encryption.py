"""Secrets at rest (TOTP seeds, later passports and channel credentials), and hashes of random tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pms.settings import settings


def _fernet() -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"octaspace-at-rest").derive(settings().secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def encrypt(plain: str) -> str:
    """Seal a text with the installation's secret key."""
    return _fernet().encrypt(plain.encode()).decode()


def decrypt(sealed: str, seconds_most: int | None = None) -> str:
    """Open what `encrypt` sealed; raises InvalidToken when the secret key is another one, or that was longer ago."""
    return _fernet().decrypt(sealed.encode(), ttl=seconds_most).decode()


def new_token() -> str:
    """256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256 suffices, the token being random and long."""
    return hashlib.sha256(token.encode()).hexdigest()
