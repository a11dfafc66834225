"""Card numbers and secrets never reach disk or log: they are taken out of every text of a channel before it is kept. Pure."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(?<![\d.+])\d(?:[ -]?\d){12,18}(?![\d.])")
_ISSUED = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}|(?:6011|62\d\d|64[4-9]\d|65\d\d)\d{12,15}|(?:50|5[6-9]|6\d)\d{11,17}"
)
"""Lengths and first digits of Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay and Maestro: ids and telephone
numbers of that length are not to be lost for looking like a card."""
_CODES = re.compile(
    r"(?i)(<(?P<tag>[\w:.-]*(?:cvc|cvv|cvc2|seriescode|card_?code|cc_number|cardnumber|plaintext|track2?)[\w:.-]*)\b[^>]*>)[^<]*(?=</)"
)
_ATTRIBUTES = re.compile(r"(?i)(\b(?:seriescode|cvc|cvv|cardnumber|cardcode|(?:message)?password)\s*=\s*)(\"[^\"]*\"|'[^']*')")
_SECRETS = re.compile(
    r"(?i)(\"(?:cvc|cvv|card_?number|card_?code|client_secret|access_token|refresh_token|id_token|jwt|password|api_?key|secret)\"\s*:\s*)"
    r"(\"(?:[^\"\\]|\\.)*\"|\d+)"
)
_WORDS = re.compile(r"(?i)((?:authorization|password|client_secret|refresh_token)\s*[=:]\s*)[^\s&<\"]+")


def redacted(text: str) -> str:
    """The text without card numbers (as they are issued, and passing Luhn's test; the last four kept), codes and secrets."""
    text = _CODES.sub(r"\1***", text)
    text = _ATTRIBUTES.sub(r'\1"***"', text)
    text = _SECRETS.sub(r'\1"***"', text)
    text = _WORDS.sub(r"\1***", text)
    return _DIGITS.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    if not _ISSUED.fullmatch(digits) or not _luhn(digits):
        return found.group()
    before, after = found.string[: found.start()].rstrip()[-1:], found.string[found.end() :].lstrip()[:1]
    bare = before in (":", "[", ",") and after in (",", "}", "]")  # a number in JSON must become a text there
    return f'"****{digits[-4:]}"' if bare else f"****{digits[-4:]}"


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
