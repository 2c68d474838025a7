"""Masks the rows of a resource: after its children are opened, before anything keeps the rows.

A field is known by what its spellings have in common (`normalize_field`): `eMail` and `E_MAIL` are
masked as `email` is. Names are looked up once: a row of known names costs a copy and its masks.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.common.numbers import LongNumber
from analytics_ingest.common.redaction import REDACTED
from analytics_ingest.declaration.field_rules import Mask
from analytics_ingest.declaration.masks import KEY_SETTING, normalize_field
from analytics_ingest.declaration.models.resource import MaskRule
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.stats import Stats

_SHORTEST_KEY = 16
_BLOCK = 64
"""Bytes of a block of SHA-256."""
_DIGITS = 32
_SHORTEST_SHOWN = 8
"""The shortest value whose last four characters `last4` shows; a shorter one would be revealed."""
_MOST_HASHES = 10_000
"""Hashes to remember: a value that comes again is looked up in a tenth of the time."""
_MOST_NAMES = 10_000
"""Names of fields to remember: those of an object may be values."""

Change = Callable[[Any], Any]


class RowMask:
    """The masks of one resource.

    Raises:
        SettingError: The key of the hash is too short; see also `SettingValues.check`.
    """

    def __init__(self, resource: ResourceDeclaration, settings: SettingValues) -> None:
        self.place = f"{resource.api}.{resource.name}"
        self._masks = resource.masks
        self._is_wrapped = not resource.primary_key
        self._unmet = {mask.path for mask in resource.masks}
        """The paths that no row has had."""
        self._has_rows = False
        key = ""
        if any(mask.rule == "hash" for mask in resource.masks):
            key = settings.get_value(KEY_SETTING)
            if 0 < len(key) < _SHORTEST_KEY:
                raise SettingError(
                    f"{self.place}: mask: sources.{resource.api}.{KEY_SETTING} "
                    f"has {len(key)} characters, which can be guessed; use {_SHORTEST_KEY} or more"
                )
        changes = {mask: _build_change(mask.rule, key) for mask in resource.masks}
        rules = [(mask.path, mask, change) for mask, change in changes.items()]
        self._mask = _ObjectMask(rules, note=self._unmet.discard)
        self._of_values = next((c for m, c in changes.items() if m.path == ("value",)), None)

    def apply(self, rows: list[Any]) -> list[Any]:
        """Return copies of rows, masked."""
        if not self._masks or not rows:
            return rows
        self._has_rows = True
        if isinstance(rows, LazyList):
            return rows.map(self._apply)
        if not all(type(row) is dict for row in rows):
            return [self._apply(row) for row in rows]
        # Once for all rows: those of one page share the texts of their names.
        self._mask.learn(set().union(*rows))
        return self._mask.mask(rows)

    def list_warnings(self, others: Iterable["RowMask"]) -> list[str]:
        """Return what to say of declared fields that no row has.

        Args:
            others: The masks of all resources that were read; a default is for some of them.
        """
        if not self._has_rows:
            return []
        met = {m.path for other in others for m in other._masks if m.path not in other._unmet}
        names = [
            ".".join(mask.path)
            for mask in self._masks
            if mask.path in self._unmet and (mask.is_own or mask.path not in met)
        ]
        return [f"mask: no row has {', '.join(names)}; correct the name"] if names else []

    def _apply(self, row: Any) -> Any:
        if isinstance(row, dict):
            return self._mask(row)
        if self._of_values:
            self._unmet.discard(("value",))
            return None if row is None else self._of_values(row)
        # Such a row becomes the column `value`; with a key, or as a list, it is rejected as text.
        is_value = self._is_wrapped and isinstance(row, str | int | float)
        return row if is_value or row is None else REDACTED


def warn_of_absent_fields(
    masks: Mapping[str, RowMask], stats: Mapping[str, Stats]
) -> Iterator[str]:
    """Warn of masks of fields that no row has; returns lines for the log."""
    for name, mask in masks.items():
        warnings = mask.list_warnings(masks.values())
        stats[name].warn(warnings)
        yield from (f"{mask.place}: {warning}" for warning in warnings)


class _ObjectMask:
    """Masks the fields of an object.

    Args:
        rules: The rest of each path from here, and the change of the values at its end.
        note: Called with the path of each mask whose field is there.
    """

    def __init__(
        self,
        rules: Sequence[tuple[tuple[str, ...], Mask, Change]],
        note: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._rules = [([*map(normalize_field, p)], mask, change) for p, mask, change in rules]
        self._paths = [path for path, _, _ in rules]
        self._note = note
        self._known: set[str] = set()
        self._changes: list[tuple[str, Change]] = []

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of an object, masked."""
        self.learn(row.keys())
        return self.mask([row])[0]

    def mask(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return copies of objects whose names are learned, masked a field at a time."""
        masked = [row.copy() for row in rows]
        for name, change in self._changes:
            for row in masked:
                if (value := row.get(name)) is not None:
                    row[name] = change(value)
        return masked

    def learn(self, names: Set[str]) -> None:
        """Find the masks of the names that are new."""
        if names <= self._known:
            return
        if len(self._known) > _MOST_NAMES:
            self._known, self._changes = set(), []
        for name in names - self._known:
            self._known.add(name)
            if change := self._find_change(name):
                self._changes.append((name, change))

    def _find_change(self, name: str) -> Change | None:
        key, inner = normalize_field(name), []
        for (keys, mask, change), path in zip(self._rules, self._paths, strict=True):
            for end in range(1, len(keys) + 1):
                if "".join(keys[:end]) != key:  # A name may hold several: `address.street`.
                    continue
                if end == len(keys):
                    self._note(mask.path)
                    return change
                inner.append((path[end:], mask, change))
        return _InnerMask(_ObjectMask(inner, self._note)) if inner else None


class _InnerMask:
    """Masks the fields of the objects in a value: what is not an object, cannot hold them."""

    def __init__(self, mask: _ObjectMask) -> None:
        self._mask = mask

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._mask(value)
        if isinstance(value, list):
            return [self(item) for item in value]
        # A text may be the object as JSON.
        return None if value is None else REDACTED


def _build_change(rule: MaskRule, key: str) -> Change:
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
