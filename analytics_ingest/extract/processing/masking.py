"""Masks the rows of a resource: after its children are opened, before anything keeps the rows.

A field is known by what its spellings have in common (`normalize_field`): `eMail` and `E_MAIL` are
masked as `email` is. Names are looked up once: a row of known names costs a copy and its masks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.common.redaction import REDACTED
from analytics_ingest.declaration.field_rules import Mask
from analytics_ingest.declaration.models.processing import ProcessingStep
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.mask_steps import find_copies, find_origins
from analytics_ingest.declaration.validation.masks import (
    KEY_SETTING,
    list_suffixes,
    normalize_field,
)
from analytics_ingest.extract.processing.mask_rules import Change, build_change
from analytics_ingest.extract.selectors.plain_values import VALUE, PlainValue, may_be_values
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.stats import Stats

_SHORTEST_KEY = 16
_MOST_NAMES = 10_000
"""Names of fields to remember: those of an object may be values."""


Rule = tuple[tuple[str, ...], Mask, Change]
"""The rest of a path, its mask, and the change of the values at its end."""


class RowMask:
    """The masks of one resource.

    Raises:
        SettingError: The key of the hash is too short; see also `SettingValues.check`.
    """

    def __init__(self, resource: ResourceDeclaration, settings: SettingValues) -> None:
        self.place = f"{resource.api}.{resource.name}"
        self._masks = resource.masks
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
        changes = {mask: build_change(mask.rule, key) for mask in resource.masks}
        steps = resource.declared.processing_steps
        rules = [(mask.path, mask, change) for mask, change in changes.items()]
        rules += [(p, m, c) for _, m, c in rules for p in find_origins(m.path, steps)]
        is_flat = any(step.flatten for step in steps)
        self._mask = _ObjectMask(rules, note=self._unmet.discard, is_flat=is_flat)
        self._key = () if may_be_values(resource.primary_key) else resource.primary_key
        """What rows need to be loaded, where plain values are none by themselves."""
        self._redact_values = _build_value_mask(steps)

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
        masked = self._mask.mask(rows)
        return [self._redact_if_rejected(row) for row in masked] if self._key else masked

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
            masked = self._redact_if_rejected(self._mask(row))
            return PlainValue(masked) if isinstance(row, PlainValue) else masked
        return None if row is None else REDACTED  # It is rejected as text.

    def _redact_if_rejected(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row without what may be a plain value in place of a row with masked fields."""
        has_key = all(row.get(name) is not None for name in self._key)
        return row if has_key else self._redact_values(row)


def _build_value_mask(steps: Sequence[ProcessingStep]) -> "_ObjectMask":
    """Build the mask of plain values, wherever steps take them."""
    mask, change = Mask((VALUE,), "redact", is_own=False), build_change("redact", "")
    paths = [mask.path, *find_copies(mask.path, steps)]
    return _ObjectMask([(path, mask, change) for path in paths], note=lambda _: None)


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
        is_flat: `flatten` has made its fields: where a name was taken, the path precedes it.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        note: Callable[[tuple[str, ...]], None],
        *,
        is_flat: bool = False,
    ) -> None:
        self._is_flat = is_flat
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
        inner: list[Rule] = []
        for key in list_suffixes(name) if self._is_flat else [normalize_field(name)]:
            for (keys, mask, change), path in zip(self._rules, self._paths, strict=True):
                for end in range(1, len(keys) + 1):
                    if "".join(keys[:end]) != key:  # A name may hold several: `address.street`.
                        continue
                    if end == len(keys):
                        self._note(mask.path)
                        return change
                    inner.append((path[end:], mask, change))
        return self._build_inner(inner) if inner else None

    def _build_inner(self, rules: Sequence[Rule]) -> "_InnerMask":
        members = [r for r in rules if len(r[1].path) - len(r[0]) in r[1].items]
        return _InnerMask(
            _ObjectMask(rules, self._note),
            _ObjectMask(members, self._note) if members else None,
        )


class _InnerMask:
    """Masks the fields of the objects in a value: what is not an object, cannot hold them.

    Args:
        members: Masks the objects that an object holds in place of a list: `{"a": {…}}`.
    """

    def __init__(self, mask: _ObjectMask, members: _ObjectMask | None) -> None:
        self._mask, self._members = mask, members

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            masked = self._mask(value)
            if self._members is None:
                return masked
            return {name: self._mask_member(item) for name, item in masked.items()}
        if isinstance(value, list):
            return [self(item) for item in value]
        # A text may be the object as JSON.
        return None if value is None else REDACTED

    def _mask_member(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._mask_member(item) for item in value]
        return self._members(value) if self._members and isinstance(value, dict) else value
