"""Parents and children: which listings the rows of a parent open, and who must be read for whom."""

from collections.abc import Iterator, Mapping
from typing import Any

from dlt.common import jsonpath

from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.parents import Parent
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.listing_template import ListingTemplate

_NO_PARTS = (b"", b".", b"..")
"""No parts of a path: they would lead to another listing."""

Opening = tuple[ListingTemplate, Mapping[str, Any], Mapping[str, Any]]
"""A listing to open: its template, its bindings, and what its rows inherit from the parent's."""


class Child:
    """A resource whose listings are opened by the rows of its parent, each binding once."""

    def __init__(self, template: ListingTemplate, parent: Parent) -> None:
        self.template = template
        self.skipped = 0
        self._parent = parent
        self._fields = [(n, compile_path(field)) for n, field in parent.bindings]
        self._inherited = [
            (f"_{parent.resource}_{field}", field)
            for field in template.resource.declared.include_from_parent
        ]
        self._seen: set[str] = set()

    def openings(self, rows: list[Any]) -> Iterator[Opening]:
        for row in rows:
            found = [(n, jsonpath.find_values(path, row)) for n, path in self._fields]
            bindings = {n: values[0] for n, values in found if values and values[0] is not None}
            if len(bindings) < len(found) or not all(map(_is_part, bindings.values())):
                self.skipped += 1
                continue
            key = repr(sorted(bindings.items()))
            if key not in self._seen:
                self._seen.add(key)
                inherited = {to: row.get(of) for to, of in self._inherited}
                for values in self.template.request_template.values:
                    yield self.template, {**bindings, **values}, inherited


def children_of(name: str, templates: Mapping[str, ListingTemplate]) -> list[Child]:
    """The children of a resource, each to be opened by its rows."""
    return [
        Child(template, template.resource.parent)
        for template in templates.values()
        if template.resource.parent and template.resource.parent.resource == name
    ]


def with_ancestors(
    resources: Mapping[str, ResourceDeclaration], wanted: frozenset[str]
) -> list[ResourceDeclaration]:
    """The wanted resources and all that must be read for them, parents first."""
    needed = set(wanted)
    for name in reversed(list(resources)):
        parent = resources[name].parent
        if name in needed and parent:
            needed.add(parent.resource)
    return [resource for name, resource in resources.items() if name in needed]


def _is_part(value: Any) -> bool:
    """Whether a value can stand in a path."""
    try:
        return str(value).encode() not in _NO_PARTS
    except UnicodeEncodeError:
        return False
