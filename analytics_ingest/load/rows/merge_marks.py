"""Looks at the values by which dlt merges rows: which version is the newest, which row is deleted.

dlt orders the texts of a `sequence` as texts, `10` before `9`, and deletes each row whose column
with `hard_delete` is not null, also where it holds 0 or `false`. Neither shows in the table.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

from analytics_ingest.common.jsonpaths import read_field_name
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.rows.column_types import ColumnTypes

_DIGITS = re.compile(r"\d+", re.ASCII)
_NOT_DELETED = re.compile(r"\s*|0(?:\.0*)?|f|false|n|no", re.IGNORECASE)


class MergeMarks:
    """The values of the fields that decide what a merge does, in one load of a resource."""

    def __init__(self, resource: ResourceDeclaration, types: ColumnTypes) -> None:
        self._place = f"{resource.api}.{resource.name}"
        hints = resource.column_hints.items() if resource.is_merged else ()
        marks = [name for name, hint in hints if hint.get("hard_delete")]
        self._types = types
        self._deleted = {types.find_column(n) for n in marks if types.get(n) != "bool"}
        sequence = read_field_name(resource.sequence) if resource.sequence else ""
        is_text = types.get(sequence) in (None, "text") if sequence else False
        self._sequence = sequence if resource.is_merged and is_text else ""
        self._lengths: set[int] = set()
        self._is_number = True
        self._kept: dict[str, Any] = {}

    def note(self, rows: Sequence[dict[str, Any]]) -> None:
        """Note the values of rows that are loaded."""
        if self._sequence:
            for value in (row.get(self._sequence) for row in rows):
                self._note_version(value)
        if self._deleted:
            for name, value in chain.from_iterable(row.items() for row in rows):
                if self._types.find_column(name) in self._deleted and _says_not_deleted(value):
                    self._kept[name] = value

    def _note_version(self, value: Any) -> None:
        if isinstance(value, str):
            self._is_number &= _DIGITS.fullmatch(value) is not None
            self._lengths.add(len(value))

    def find_problem(self) -> str | None:
        """Return why dlt would keep an older version of a row, or delete one that is there."""
        if self._is_number and len(self._lengths) > 1:
            name = self._sequence
            return (
                f"{self._place}: endpoint.incremental.cursor_path: {name} holds numbers of several "
                f"lengths as texts, of which 10 comes before 9; declare fields: {{{name}: integer}}"
            )
        if self._kept:
            name, value = next(iter(self._kept.items()))
            return (
                f"{self._place}: columns.{name}.hard_delete: {name} holds {value!r}, and dlt "
                "deletes each row in which it is not null; declare "
                f"fields: {{{name}: boolean}}, or remove hard_delete"
            )
        return None


def _says_not_deleted(value: Any) -> bool:
    if isinstance(value, str):
        return _NOT_DELETED.fullmatch(value) is not None
    return type(value) in (int, float) and value == 0
