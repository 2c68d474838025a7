"""What each rule of `mask` makes of a value: `hash`, `redact`, `last4` or nothing."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.numbers import LongNumber
from analytics_ingest.common.redaction import REDACTED
from analytics_ingest.declaration.models.resource import MaskRule

_BLOCK = 64
"""Bytes of a block of SHA-256."""
_DIGITS = 32
_SHORTEST_SHOWN = 8
"""The shortest value whose last four characters `last4` shows; a shorter one would be revealed."""
_MOST_HASHES = 10_000
"""Hashes to remember: a value that comes again is looked up in a tenth of the time."""

Change = Callable[[Any], Any]


def build_change(rule: MaskRule, key: str) -> Change:
    """Build what a rule makes of a value.

    Args:
        key: That of the hash.
    """
    if rule == "hash":
        return _build_keyed_hash(key)
    if rule is None:
        return lambda _: None
    return _keep_last_four if rule == "last4" else _redact


def _map_items(change: Change, items: list[Any]) -> list[Any]:
    return [None if item is None else change(item) for item in items]


def _build_keyed_hash(key: str) -> Change:
    """Build what gives the first half of an HMAC-SHA-256, in hexadecimal digits: half the storage.

    The module `hmac` takes twice as long for a short text.
    """
    secret = key.encode("utf-8", "surrogatepass")
    secret = hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret
    first, second = (
        hashlib.sha256(bytes(byte ^ pad for byte in secret.ljust(_BLOCK, b"\0")))
        for pad in (0x36, 0x5C)
    )

    known: dict[str, str] = {}

    def change(value: Any) -> Any:
        if type(value) is not str:
            if type(value) is list:
                return _map_items(change, value)
            value = _spell(value)
        if (digits := known.get(value)) is not None:
            return digits
        inner, outer = first.copy(), second.copy()
        inner.update(value.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        if len(known) >= _MOST_HASHES:
            known.clear()
        known[value] = digits = outer.hexdigest()[:_DIGITS]
        return digits

    return change


def _redact(value: Any) -> Any:
    return _map_items(_redact, value) if type(value) is list else REDACTED


def _keep_last_four(value: Any) -> Any:
    if type(value) is not str:
        if type(value) is list:
            return _map_items(_keep_last_four, value)
        if isinstance(value, dict):
            return REDACTED  # The end of an object may be a short value.
        value = _spell(value)
    return f"{REDACTED}{value[-4:]}" if len(value) >= _SHORTEST_SHOWN else REDACTED


def _spell(value: Any) -> str:
    """Return a value as text: the same for 42, 42.0 and "42", so that joins survive."""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    is_whole = isinstance(value, float) and not isinstance(value, LongNumber) and value.is_integer()
    return str(int(value) if is_whole else spell(value))
