"""The checks of `schema.yaml`, by resource: `checks` of a field, and `checks` of SQL."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.field_rules import OwnCheck
from analytics_ingest.declaration.models.own_check import CheckOptions, FieldCheck, SqlCheck
from analytics_ingest.declaration.resolved import ResourceDeclaration

RESERVED = ("schema", "primary_key", "cursor", "freshness", "volume", "deletes")
"""Names of the checks that every resource may have."""

_NOT_SQL = re.compile(
    r"""(?is)\be'(?:[^'\\]|\\.|'')*'|'[^']*'|"[^"]*"|--[^\n]*|/\*.*?\*/|(\$\w*\$).*?\1"""
)
"""Texts, names in quotes and comments of a query."""
_MOMENTS = {"timestamp": datetime, "date": date, "time": time}
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "bigint": (int,),
    "double": (int, float),
    "decimal": (int, float),
    "bool": (bool,),
}


def resolve_checks(
    schema: Mapping[str, Mapping[str, Any]], resources: Mapping[str, ResourceDeclaration]
) -> dict[str, ResourceDeclaration]:
    """Resolve the same resources with their checks.

    Args:
        schema: The schema file, its shape checked.

    Raises:
        DeclarationError: A check cannot work.
    """
    resolved = dict(resources)
    for name, entry in schema.items():
        reader = _Reader(resources[name], resources)
        checks = [
            *reader.read_field_checks(entry.get("fields", {})),
            *reader.read_sql_checks(entry),
        ]
        seen: set[str] = set(RESERVED)
        for key, check in checks:
            if check.name in seen:
                problem = f"the name {check.name} is taken; declare another name"
                raise resources[name].place.build_error(key, problem)
            seen.add(check.name)
        if checks:
            resolved[name] = replace(resources[name], checks=tuple(c for _, c in checks))
    return resolved


@dataclass(frozen=True)
class _Reader:
    """Reads the checks of one resource, each with its place in the file."""

    resource: ResourceDeclaration
    resources: Mapping[str, ResourceDeclaration]

    def read_field_checks(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, OwnCheck]]:
        for name, entry in fields.items():
            checks = entry.get("checks") if isinstance(entry, Mapping) else None
            for number, value in enumerate(self._read_list(f"fields.{name}.checks", checks)):
                key = f"fields.{name}.checks.{number}"
                model = self.resource.place.validate(FieldCheck, value, key)
                if name not in self.resource.fields:
                    problem = "has a check but no type; declare its type in defs.yaml"
                    raise self.resource.place.build_error(f"fields.{name}", problem)
                argument = getattr(model, model.kind)
                if problem := self._find_problem(name, model.kind, argument):
                    raise self.resource.place.build_error(key, f"{model.kind}: {problem}")
                if model.kind == "references":
                    argument = self._resolve_target(key, name, argument)
                elif model.kind == "range":
                    argument = (argument.min, argument.max)
                own = model.name or f"{model.kind}_{to_snake_case(name)}"
                mark = self._find_mark(model.references)
                yield key, _build(model, own, model.kind, name, argument, target_mark=mark)

    def read_sql_checks(self, entry: Mapping[str, Any]) -> Iterator[tuple[str, OwnCheck]]:
        for number, value in enumerate(self._read_list("checks", entry.get("checks"))):
            key = f"checks.{number}"
            model = self.resource.place.validate(SqlCheck, value, key)
            sql = model.sql.strip().rstrip("; \n")
            if problem := _find_query_problem(sql):
                raise self.resource.place.build_error(f"{key}.sql", problem)
            yield key, _build(model, model.name, "sql", "", sql, timeout=model.timeout)

    def _read_list(self, key: str, value: Any) -> list[Any]:
        if value is not None and not isinstance(value, list):
            raise self.resource.place.build_error(
                key, "is not a list of checks; write - before each"
            )
        return value or []

    def _find_type(self, resource: ResourceDeclaration, field: str) -> str | None:
        hint = resource.column_hints.get(field, {}).get("data_type")
        return hint or (resource.fields[field].data_type if field in resource.fields else None)

    def _find_problem(self, field: str, kind: str, argument: Any) -> str | None:
        """Return why the values of a field cannot be compared as a check asks for."""
        data_type = str(self._find_type(self.resource, field))
        if kind == "not_null":
            return None
        if data_type not in (*_TYPES, *_MOMENTS) or (kind == "range" and data_type == "bool"):
            return f"{field} is a {data_type}, which this check cannot compare"
        values = argument if kind == "accepted_values" else []
        if kind == "range":
            values = [value for value in (argument.min, argument.max) if value is not None]
        for value in values:
            if not _has_type(data_type, value):
                return (
                    f"{value!r} is not a {data_type}, as {field} is; write one (a text in quotes)"
                )
        return None

    def _find_mark(self, reference: list[str] | None) -> str | None:
        """Find the column that marks deleted rows of the resource that a check refers to."""
        api, name = (reference or ("", ""))[:2]
        target = self.resources.get(name) if api == self.resource.api else None
        deletes = target and target.declared.deletes
        return deletes.column if deletes else None

    def _resolve_target(self, key: str, field: str, argument: list[str]) -> tuple[str, str, str]:
        """Resolve the dataset, the table and the field that a reference leads to."""
        api, name, *rest = argument
        if api != self.resource.api:
            if not rest:
                problem = "the key of another API is not known here; write [api, resource, field]"
                raise self.resource.place.build_error(key, f"references: {problem}")
            return api, name, rest[0]
        target = self.resources.get(name)
        if target is None or not target.declared.selected:
            tables = ", ".join(n for n, r in self.resources.items() if r.declared.selected)
            problem = f"'{name}' is not a resource with a table; allowed are {tables}"
            raise self.resource.place.build_error(key, f"references: {problem}")
        if not rest and len(target.primary_key) != 1:
            problem = f"{name} has no single primary key; write [{api}, {name}, field]"
            raise self.resource.place.build_error(key, f"references: {problem}")
        other = rest[0] if rest else target.primary_key[0]
        types = self._find_type(self.resource, field), self._find_type(target, other)
        if None not in types and types[0] != types[1]:
            problem = f"{field} is a {types[0]}, and {name}.{other} a {types[1]}; declare one type"
            raise self.resource.place.build_error(key, f"references: {problem}")
        return api, target.table, other


def _find_query_problem(sql: str) -> str | None:
    """Return why a text is not one query, which a check can put into parentheses."""
    signs, depth = re.findall("[();]", _NOT_SQL.sub(" ", sql)), 0
    if ";" in signs:
        return "holds several statements; a check is one query that changes nothing"
    for sign in signs:
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return "closes a parenthesis that it does not open; correct the query"
    return None


def _build(
    model: CheckOptions, name: str, kind: str, field: str, argument: Any, **others: Any
) -> OwnCheck:
    is_warning, blocking = model.severity == "warn", model.blocking
    return OwnCheck(name, kind, field, argument, is_warning=is_warning, blocking=blocking, **others)


def _has_type(data_type: str, value: Any) -> bool:
    if data_type in _TYPES:
        return type(value) in _TYPES[data_type]
    try:
        _MOMENTS[data_type].fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return False
    return isinstance(value, str)
