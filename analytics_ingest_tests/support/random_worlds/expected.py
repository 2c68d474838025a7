"""What a table must hold after some loads, compared by a small independent comparison.

Each value that was served is in a cell of its row that no other value needs: in a column of its own
name or beside it. A number has all its digits, in whatever column it is.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from analytics_ingest.common.column_names import OTHER_FIELDS
from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import API
from analytics_ingest_tests.support.random_worlds.world import Resource, Served
from analytics_ingest_tests.support.warehouses import NoSuchTable, ask

_OWN_COLUMNS = ("_dlt_id", "_dlt_load_id")
_PLAIN = re.compile("[a-z][a-z0-9_]*")
_INHERITED = ("_parents_ref",)
"""Stands for the column that the load adds, beside a field of the same name."""


class Expected:
    """The rows that a table must hold."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._rows: dict[Any, Served] = {}

    def load(self, served: Iterable[Served], window: Window) -> None:
        """Take in what a load that succeeded was served."""
        resource = self._resource
        if resource.cursors is None:
            self._rows = {one.row["id"]: one for one in served if one.row["id"] is not None}
            return
        for one in served:
            if one.row["id"] is None:
                continue
            if one.at is None or one.at in window:
                self._rows[one.row["id"]] = one

    def problems(self) -> list[str]:
        """How the table differs."""
        stored = _stored(self._resource.name)
        by_key = {row["id"]: row for row in stored}
        problems = [f"{len(stored) - len(by_key)} keys twice"] if len(stored) != len(by_key) else []
        problems += [f"lost {key}" for key in self._rows.keys() - by_key.keys()]
        problems += [f"unserved {key}" for key in by_key.keys() - self._rows.keys()]
        for key in self._rows.keys() & by_key.keys():
            problems += [f"{key}: {p}" for p in self._row_problems(self._rows[key], by_key[key])]
        return problems

    def _row_problems(self, one: Served, stored: Mapping[str, Any]) -> list[str]:
        cells = _cells(stored)
        values = {name: value for name, value in one.row.items() if value is not None}
        cursors = self._resource.cursors
        if self._resource.inherits and one.ref is not None:
            values["_parents_ref",] = one.ref  # type: ignore[index]
        if cursors and one.at and cells.get("_cursor") == one.at:
            del cells["_cursor"]
        candidates = {
            name: [
                c
                for c, cell in cells.items()
                if _may_be(name, c) and self._holds(one, name, value, cell)
            ]
            for name, value in values.items()
        }
        taken = _match(candidates)
        lost = [f"{name!r} = {values[name]!r}" for name in values if name not in taken.values()]
        spare = [f"{c} holds {cells[c]!r}" for c in cells if c not in taken]
        return lost + spare

    def _holds(self, one: Served, name: Any, value: Any, cell: Any) -> bool:
        cursors = self._resource.cursors
        if isinstance(cell, datetime):
            moment = cell if cell.tzinfo else cell.replace(tzinfo=timezone.utc)
            if cursors and name == cursors.path and one.at == moment:
                return True
            return isinstance(value, str) and _moment(value) == moment
        return _equal(cell, value)


def _cells(stored: Mapping[str, Any]) -> dict[Any, Any]:
    """What a row holds, the fields that share a JSON column each for itself."""
    cells = {n: v for n, v in stored.items() if v is not None and n not in _OWN_COLUMNS}
    others = json.loads(cells.pop(OTHER_FIELDS, "{}"), parse_float=Decimal)
    inner = {f"{OTHER_FIELDS}.{name}": value for name, value in others.items()}
    return {**cells, **{name: value for name, value in inner.items() if value is not None}}


def _may_be(name: Any, column: str) -> bool:
    """Whether a column may be that of a field: plain names are kept, or begin the column's."""
    if isinstance(name, tuple):
        return column == name[0]
    if not _PLAIN.fullmatch(name):
        return True
    return column == name or column.startswith(f"{name}_")


def _match(candidates: Mapping[Any, list[str]]) -> dict[str, Any]:
    """Column → the field that has it, as many as possible."""
    taken: dict[str, Any] = {}

    def place(name: Any, seen: set[str]) -> bool:
        for column in candidates[name]:
            if column not in seen:
                seen.add(column)
                if column not in taken or place(taken[column], seen):
                    taken[column] = name
                    return True
        return False

    for name in candidates:
        place(name, set())
    return taken


def _equal(cell: Any, value: Any) -> bool:
    if isinstance(cell, str) and not isinstance(value, str):
        parsed = _parsed(cell if cell not in ("True", "False") else cell.lower())
        return _canonical(parsed) == _canonical(value) or _number(cell) == _number(value)
    if isinstance(value, str):
        # A number or a flag may stand for a text that spells it alike.
        spelled = json.dumps(cell, default=str)
        return value in (cell, spelled) or (isinstance(cell, str) and _parsed(cell) == value)
    if isinstance(value, bool) or isinstance(cell, bool):
        return cell is value
    number = _number(value)
    if number is None:
        return _canonical(cell) == _canonical(value)
    return _number(cell) == number or (type(cell) is float and Decimal(cell) == number)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    with suppress(InvalidOperation, ValueError):
        return Decimal(repr(value) if isinstance(value, float) else str(value))
    return None


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return None


def _parsed(text: str) -> Any:
    with suppress(ValueError):
        return json.loads(text, parse_float=Decimal)
    return None


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _stored(table: str) -> list[dict[str, Any]]:
    try:
        return ask(f"SELECT * FROM {API}.{table}").as_dicts()
    except NoSuchTable:
        return []
