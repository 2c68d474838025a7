"""Builds the steps of a resource, and applies them to the rows of its pages.

A row goes through all steps in order. It is copied where one changes it: the paginator reads the
rows as the API sent them.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from analytics_ingest.common.expressions.syntax import find_references, read_settings
from analytics_ingest.common.expressions.text import interpret_value
from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.declaration.models.processing import (
    ProcessingStep,
    is_expression,
    read_typed_value,
)
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.masks import build_names, list_suffixes
from analytics_ingest.extract.processing import paths, reshape
from analytics_ingest.extract.settings import SettingValues

Row = dict[str, Any]
Variables = Mapping[str, Any]
Change = Callable[[Row, Variables], Row | None]
"""A step: the changed row; None where it is filtered out."""

_TYPES: dict[str, Any] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
}


class RowSteps:
    """The steps of a resource.

    Raises:
        SettingError: A setting that an expression needs is missing; see `SettingValues.check`.
    """

    def __init__(self, resource: ResourceDeclaration, settings: SettingValues) -> None:
        steps = resource.declared.processing_steps
        masked = build_names(resource.masks)
        self._is_masked: Callable[[str], bool] = partial(_has_suffix, masked)
        self._place = f"{resource.api}.{resource.name}: processing_steps"
        names: dict[str, bool] = {}
        for _, text, _ in chain.from_iterable(step.list_expressions() for step in steps):
            for name, is_optional in find_references(text).settings.items():
                names[name] = names.get(name, True) and is_optional
        self._settings = read_settings(names, settings) if names else {}
        self._changes = [change for step in steps for change in self._build(step)]
        nested_keys = [k for k in resource.primary_key if "." in k and k not in resource.fields]
        self._changes += [partial(_lift, key) for key in nested_keys]
        self._has_filter = any(step.filter for step in steps)
        self._is_copied = bool(nested_keys) or not all(step.filter for step in steps)

    @property
    def is_empty(self) -> bool:
        """Whether rows are loaded as they come."""
        return not self._changes

    def apply(self, rows: list[Any], variables: Variables) -> list[Any]:
        """Return the rows to load of those of a page.

        Args:
            variables: What expressions may read of the listing.

        Raises:
            ApiError: An expression cannot be evaluated.
        """
        known = {**variables, **dict.fromkeys(("config", "settings"), self._settings)}
        change = partial(self._change, variables=known)
        if isinstance(rows, LazyList) and not self._has_filter:
            return rows.map(change)
        # A row that came as null is rejected, as without steps: no filter has seen it.
        return [new for row in rows if (new := change(row)) is not None or row is None]

    def _change(self, row: Any, variables: Variables) -> Any:
        if not isinstance(row, dict):
            return row
        current: Row = copy_tree(row) if self._is_copied else row
        for change in self._changes:
            changed = change(current, variables)
            if changed is None:
                return None
            current = changed
        return current

    def _build(self, step: ProcessingStep) -> list[Change]:
        if step.filter:
            return [partial(_filter, _Expression(f"{self._place}.filter", step.filter))]
        when = _Expression(f"{self._place}.when", step.when) if step.when else None
        if step.add:
            return [self._build_addition(name, value, when) for name, value in step.add.items()]
        if step.remove:
            return [partial(_remove, path.split("."), when) for path in step.remove]
        if step.rename:
            pairs = [(old.split("."), new.split(".")) for old, new in step.rename.items()]
            return [partial(_rename, pairs)]
        return _build_reshaping(step, self._is_masked)

    def _build_addition(self, name: str, value: Any, when: "_Expression | None") -> Change:
        constant, kind = read_typed_value(value)
        expression = (
            _Expression(f"{self._place}.add.{name}", constant) if is_expression(constant) else None
        )
        return _Addition(name.split("."), constant, expression, kind, when)


class _Expression:
    """An expression over a row; what a row lacks makes it None."""

    def __init__(self, place: str, text: str) -> None:
        self._place = place
        self._text = text

    def evaluate(self, row: Row, variables: Variables, **more: Any) -> Any:
        from analytics_ingest.common.expressions.evaluate import MissingValueError, evaluate

        try:
            return evaluate(self._text, {**variables, "record": row, **more}, self._place)
        except MissingValueError:
            return None

    def is_true(self, row: Row, variables: Variables, **more: Any) -> bool:
        from analytics_ingest.common.expressions.evaluate import is_true

        return is_true(self.evaluate(row, variables, **more))


def _filter(condition: _Expression, row: Row, variables: Variables) -> Row | None:
    return row if condition.is_true(row, variables) else None


@dataclass(frozen=True)
class _Addition:
    """The step that adds a field."""

    path: list[str]
    constant: Any
    expression: _Expression | None
    kind: str | None
    when: _Expression | None

    def __call__(self, row: Row, variables: Variables) -> Row:
        value = self.constant
        if self.expression:
            value = _coerce(self.expression.evaluate(row, variables), self.kind)
        # It may be the row itself, a part of it, or what other rows get as well.
        value = copy_tree(value)
        if self.when is None or self.when.is_true(row, variables, value=value, path=self.path):
            paths.put(row, self.path, value)
        return row


def _coerce(value: Any, kind: str | None) -> Any:
    """Return the value of an expression, of its declared type or of the type its text reads as.

    Of type any it stays as it is.
    """
    if value == "" or kind == "any":
        return value
    read = interpret_value(value)
    if kind is None or read is None or (isinstance(read, _TYPES[kind]) and not _is_odd(read, kind)):
        return read
    return value if isinstance(value, str) else str(value)


def _is_odd(value: Any, kind: str) -> bool:
    return isinstance(value, bool) and kind != "boolean"


def _remove(path: list[str], when: _Expression | None, row: Row, variables: Variables) -> Row:
    if when is None:
        paths.delete(row, path)
    else:
        paths.delete(row, path, lambda value: when.is_true(row, variables, property=value))
    return row


def _rename(pairs: Sequence[tuple[list[str], list[str]]], row: Row, _: Variables) -> Row:
    """Rename all fields at once: two of them can take each other's name."""
    values = [(old, new, paths.get(row, old)) for old, new in pairs]
    present = [each for each in values if each[2] is not paths.MISSING]
    for old, _new, _value in present:
        paths.delete(row, [_build_literal_pattern(key) for key in old])
    for _old, new, value in present:
        paths.put(row, new, value)
    return row


def _lift(key: str, row: Row, _: Variables) -> Row:
    """Copy a nested field that is part of the primary key into the row."""
    value = paths.get(row, key.split("."))
    return row if key in row or value is paths.MISSING else {**row, key: value}


def _has_suffix(names: Set[str], path: str) -> bool:
    return bool(names) and not names.isdisjoint(list_suffixes(path))


def _build_reshaping(step: ProcessingStep, is_masked: Callable[[str], bool]) -> list[Change]:
    if step.keys:
        change = reshape.lower_keys if step.keys == "lower" else reshape.rename_to_snake_case
        return [lambda row, _: change(row)]
    if flatten := step.flatten:
        return [lambda row, _: reshape.flatten(row, has_lists=flatten.lists, is_whole=is_masked)]
    if flatten_path := step.flatten_path:
        return [lambda row, _: reshape.flatten_path(row, flatten_path)]
    return [
        lambda row, _, old=old, new=new: reshape.replace_in_keys(row, old, new)
        for old, new in step.keys_replace.items()
    ]


def _build_literal_pattern(key: str) -> str:
    """Build a pattern that matches only this key."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in key)
