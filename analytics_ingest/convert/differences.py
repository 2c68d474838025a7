"""What a newer document says otherwise than a declaration: listings, requests, keys and fields.

Two declarations, that of the API's folder and that of the document → lines. A listing is the same
if its method and its path are, whatever it is called; or else if its name is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.declaration.fields import ANY, TYPES, Field
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration

_PLACEHOLDER = re.compile(r"\{[^{}]*\}+")
_NAMES = {
    **{data_type: name for name, data_type in TYPES.items()},
    "json": "object or array",
    "": ANY,
}


@dataclass
class Differences:
    """What a document adds, what it no longer has, and what it says otherwise."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    known: int = 0
    """How many are omitted, because an older document has them too."""

    def __str__(self) -> str:
        sections = {
            "New in the document": self.added,
            "Not in the document": self.removed,
            "Different in the document": self.changed,
        }
        texts = ["\n".join([title, *(f"  {x}" for x in s)]) for title, s in sections.items() if s]
        if self.known:
            texts.append(f"Omitted, because the older document has them too: {self.known}")
        return "\n\n".join(texts) or "The declaration says what the document says."

    def without(self, other: "Differences") -> "Differences":
        """Return the differences that another document does not have."""
        kept = Differences(
            [line for line in self.added if line not in other.added],
            [line for line in self.removed if line not in other.removed],
            [line for line in self.changed if line not in other.changed],
        )
        kept.known = len(self) - len(kept)
        return kept

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


def find_differences(declared: ApiDeclaration, document: ApiDeclaration) -> Differences:
    """Compare a declaration with that of a newer document."""
    result = Differences()
    pairs = _match_resources(declared.resources, document.resources)
    result.changed += _compare_values(
        "", "client.base_url", _read_base_url(declared), _read_base_url(document)
    )
    mine, theirs = (each.declared.client.auth for each in (declared, document))
    result.changed += _compare_values("", "client.auth", _login(mine), _login(theirs))
    renamed = {other: name for name, other in pairs.items()}
    for name, other in pairs.items():
        result.changed += _compare(declared.resources[name], document.resources[other], renamed)
    matched = set(pairs.values())
    result.added = [_format_resource(r) for n, r in document.resources.items() if n not in matched]
    result.removed = [_format_resource(r) for n, r in declared.resources.items() if n not in pairs]
    return result


def _match_resources(
    declared: Mapping[str, ResourceDeclaration], document: Mapping[str, ResourceDeclaration]
) -> dict[str, str]:
    """Return the name of each resource that both have → its name in the document."""
    by_request: dict[str, list[str]] = {}
    for name, resource in document.items():
        by_request.setdefault(_format_request(resource), []).append(name)
    pairs: dict[str, str] = {}
    for name, resource in declared.items():
        same = [n for n in by_request.get(_format_request(resource), []) if n not in pairs.values()]
        if same:
            pairs[name] = name if name in same else same[0]
    free = set(document) - set(pairs.values())
    return pairs | {name: name for name in declared if name not in pairs and name in free}


def _format_request(resource: ResourceDeclaration) -> str:
    path = _PLACEHOLDER.sub("{}", resource.path).strip("/").lower()
    return f"{resource.endpoint.method.upper()} {path}"


def _format_resource(resource: ResourceDeclaration) -> str:
    return f"{resource.name}: {resource.endpoint.method.upper()} {resource.path}"


def _read_base_url(declaration: ApiDeclaration) -> str:
    return declaration.declared.client.base_url.rstrip("/")


def _login(auth: Any) -> str | None:
    """Return how requests are signed, without what is set: a type, and where a key is sent."""
    if auth is None:
        return None
    declared = _to_plain(auth)
    parts = [declared.get(key) for key in ("type", "location", "name")]
    return " ".join(str(part) for part in parts if part)


def _compare(
    ours: ResourceDeclaration, theirs: ResourceDeclaration, renamed: Mapping[str, str]
) -> Iterator[str]:
    """Yield the keys of a resource that the document has otherwise, then its fields.

    Args:
        renamed: What the document calls a resource → what the declaration does.
    """
    name = ours.name
    yield from _compare_values(name, "request", _format_request(ours), _format_request(theirs))
    key = tuple(_rename_parent(column, renamed) for column in theirs.primary_key)
    yield from _compare_values(name, "primary_key", tuple(ours.primary_key), key)
    mine, other = (_login(r.endpoint.auth) for r in (ours, theirs))
    yield from _compare_values(name, "auth", mine, other)
    for key in ("data_selector", "paginator", "incremental"):
        mine, other = (_to_plain(getattr(r.endpoint, key)) for r in (ours, theirs))
        if isinstance(mine, dict) and isinstance(other, dict):
            for part in dict.fromkeys([*mine, *other]):
                yield from _compare_values(name, f"{key}.{part}", mine.get(part), other.get(part))
        else:
            yield from _compare_values(name, key, mine, other)
    yield from _compare_params(name, *(r.endpoint.params or {} for r in (ours, theirs)))
    yield from _compare_fields(name, ours.fields, theirs.fields)


def _rename_parent(column: str, renamed: Mapping[str, str]) -> str:
    """Return a column of the document, with its parent called as the declaration does."""
    fitting = [other for other in renamed if column.startswith(f"_{other}_")]
    if not fitting:
        return column
    other = max(fitting, key=len)
    return f"_{renamed[other]}_{_rename_parent(column.removeprefix(f'_{other}_'), renamed)}"


def _compare_params(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parameters that are sent, with their fixed values; others may have any name."""
    for parameter in sorted({*ours, *theirs}):
        if parameter not in ours:
            yield f"{name}: the document sends the parameter {parameter}"
        elif parameter not in theirs:
            yield f"{name}: the document does not send the parameter {parameter}"
        elif _is_fixed(ours[parameter]) and _is_fixed(theirs[parameter]):
            yield from _compare_values(
                name, f"parameter {parameter}", ours[parameter], theirs[parameter]
            )


def _is_fixed(value: Any) -> bool:
    return not isinstance(value, Mapping) and "{" not in str(value)


def _compare_fields(
    name: str, ours: Mapping[str, Field], theirs: Mapping[str, Field]
) -> Iterator[str]:
    for field_name in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get(field_name), theirs.get(field_name)
        if mine is None and other is not None:
            yield f"{name}: new field {field_name}: {_format_type(other)}"
        elif other is None:
            if theirs:
                yield f"{name}: the field {field_name} is not in the document"
        elif mine is not None and mine.data_type and other.data_type:
            yield from _compare_values(
                name, f"field {field_name}", _format_type(mine), _format_type(other)
            )


def _format_type(declared: Field) -> str:
    return f"{_NAMES[declared.data_type]}{'?' if declared.nullable else ''}"


def _to_plain(value: Any) -> Any:
    return value.dump_declared() if hasattr(value, "dump_declared") else value


def _compare_values(name: str, key: str, ours: Any, theirs: Any) -> Iterator[str]:
    if ours != theirs:
        yield f"{name + ': ' if name else ''}{key}: {_show(ours)} → {_show(theirs)}"


def _show(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
