"""Parents and children: the rows of a parent open the listings of its children."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dlt.common import jsonpath

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.parents import Parent
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.window_filter import WindowFilter

_NOT_SEGMENTS = (b"", b".", b"..")
"""Values that would change the path: it would address another listing."""


class Opening(NamedTuple):
    """The arguments of a `Listing` that is still to be opened."""

    template: ListingTemplate
    bindings: Mapping[str, Any]
    inherited: Sequence[Mapping[str, Any]]
    """Fields of each of the parent's rows that open it, to be added to a copy of each row."""
    window_filter: WindowFilter


class Child:
    """A resource whose listings are opened by the rows of its parent, one for each binding.

    Args:
        has_one_parent_listing: All rows of the parent are in one listing.
    """

    def __init__(
        self, template: ListingTemplate, parent: Parent, *, has_one_parent_listing: bool = False
    ) -> None:
        self.template = template
        self.skipped = 0
        """Rows of the parent whose fields cannot stand in the request."""
        self._parent = parent.resource
        self._fields = [(n, compile_path(field)) for n, field in parent.bindings]
        self._inherited = template.resource.inherited
        self._absent = set(self._inherited.values())
        """Inherited fields that no row of the parent has had."""
        self._seen: set[str] = set()
        self._has_one_parent_listing = has_one_parent_listing
        self._is_reported = False

    def take_message(self) -> str:
        """A line for the log about the skipped rows, the first time; otherwise empty."""
        if self._is_reported or not self.skipped:
            return ""
        self._is_reported = True
        resource = self.template.resource
        return f"{resource.api}.{resource.name}: {describe_skipped(resource, self.skipped)}"

    def absent_field_problem(self) -> ApiError | None:
        """The error of a declared field that no row of the parent has, if any row came."""
        if not self._absent or not self._seen:
            return None
        resource, parent = self.template.resource, self._parent
        fields = ", ".join(f"'{field}'" for field in sorted(self._absent))
        return ApiError(
            f"{resource.api}.{resource.name}: include_from_parent: no row of {parent} has "
            f"{fields}; write a field of its rows, by its own name"
        )

    def restart(self) -> None:
        """Count the skipped rows anew: a listing of the parent is read again."""
        if self._has_one_parent_listing:
            self.skipped = 0

    def openings(self, rows: list[Any]) -> Iterator[Opening]:
        """The listings that some rows of the parent open, each binding once.

        Rows of the same bindings, but of other inherited fields, share one listing.
        """
        opened: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
        for row in rows:
            bindings = self._bindings(row)
            if bindings is None:
                self.skipped += 1
                continue
            if self._absent:
                self._absent -= row.keys()
            key = repr(sorted(bindings.items()))
            inherited = {to: row.get(of) for to, of in self._inherited.items()}
            key_of_row = f"{key}{inherited}" if inherited else key
            if key_of_row not in self._seen:
                self._seen.add(key_of_row)
                opened.setdefault(key, (bindings, []))[1].append(inherited)
        for bindings, copies in opened.values():
            yield from _openings(self.template, bindings, copies)

    def _bindings(self, row: Any) -> dict[str, Any] | None:
        matches = [(n, jsonpath.find_values(path, row)) for n, path in self._fields]
        bindings = {n: values[0] for n, values in matches if values and values[0] is not None}
        is_complete = len(bindings) == len(matches) and all(map(_is_segment, bindings.values()))
        return bindings if is_complete else None


def describe_skipped(resource: ResourceDeclaration, skipped: int) -> str:
    """Say of how many rows of the parent a resource was not requested, and why."""
    parent = resource.parent
    if parent is None:
        return ""
    fields = ", ".join(f"'{field}'" for _, field in parent.bindings)
    rows, have, their = ("row", "has", "its") if skipped == 1 else ("rows", "have", "their")
    return (
        f"{skipped} {rows} of {parent.resource} {have} no usable {fields} "
        f"(missing, empty, '.' or '..'), so {their} {resource.name} were not requested"
    )


def root_openings(template: ListingTemplate) -> Iterator[Opening]:
    """The listings of a resource without a parent."""
    if template.resource.parent is None:
        yield from _openings(template, {}, [{}])


def _openings(
    template: ListingTemplate,
    bindings: Mapping[str, Any],
    inherited: Sequence[Mapping[str, Any]],
) -> Iterator[Opening]:
    """A listing for each piece of the window and each of the listed values."""
    for window_filter in template.window_filters:
        for values in template.request_template.values:
            yield Opening(template, {**bindings, **values}, inherited, window_filter)


def children_of(name: str, templates: Mapping[str, ListingTemplate]) -> list[Child]:
    """The children of a resource, whose listings its rows open."""
    own = templates[name].resource
    is_one_listing = own.parent is None and not own.each
    return [
        Child(template, template.resource.parent, has_one_parent_listing=is_one_listing)
        for template in templates.values()
        if template.resource.parent and template.resource.parent.resource == name
    ]


def with_ancestors(
    resources: Mapping[str, ResourceDeclaration], wanted: frozenset[str]
) -> list[ResourceDeclaration]:
    """The wanted resources and all their ancestors, parents first."""
    needed = set(wanted)
    for name in reversed(list(resources)):
        parent = resources[name].parent
        if name in needed and parent:
            needed.add(parent.resource)
    return [resource for name, resource in resources.items() if name in needed]


def _is_segment(value: Any) -> bool:
    """Whether a value can stand in a path."""
    try:
        return str(value).encode() not in _NOT_SEGMENTS
    except UnicodeEncodeError:
        return False
