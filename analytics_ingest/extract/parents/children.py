"""Parents and children: the rows of a parent open the listings of its children.

A resource with several parents has a listing for each combination of their rows. A row of one is
combined with all rows of the others that are known by then.
"""

import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dlt.common import jsonpath

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.parents import ALL_ROWS, Parent
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.parents.changed_parents import UnchangedParents
from analytics_ingest.extract.parents.skipped_parents import describe_skipped_of
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.windows.window_filter import WindowFilter

_NOT_SEGMENTS = (b"", b".", b"..")
"""Values that would change the path: it would address another listing."""


class Opening(NamedTuple):
    """The arguments of a `Listing` that is still to be opened."""

    template: ListingTemplate
    bindings: Mapping[str, Any]
    inherited: Sequence[Mapping[str, Any]]
    """Fields of each of the parent's rows that open it, to be added to a copy of each row."""
    window_filter: WindowFilter


@dataclass
class Parents:
    """What the rows of all parents of a resource have filled so far."""

    bindings: dict[str, list[dict[str, Any]]]
    """By parent."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Rows of each parent whose fields a request cannot hold."""

    @classmethod
    def of(cls, resource: ResourceDeclaration) -> "Parents":
        """Create the state of a resource before any parent is read."""
        return cls({parent.resource: [] for parent in resource.parents})

    def combine(self, parent: str, bindings: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield a parent's bindings combined with those of the other parents."""
        if len(self.bindings) > 1:  # The rows of an only parent need not be remembered.
            self.bindings[parent].append(bindings)
        others = [known for name, known in self.bindings.items() if name != parent]
        for combination in itertools.product(*others):
            yield {name: value for part in (bindings, *combination) for name, value in part.items()}


class Child:
    """A resource whose listings are opened by the rows of a parent, one for each binding.

    Args:
        parents: Shared by all that are for the same resource.
        unchanged: Recognizes the rows of the parent that open no listing; None if all do.
        declared: The parent, in a load. If the child has no primary key, a row of the parent that
            is returned again and has changed opens no listing again: rows would be stored twice.
    """

    def __init__(
        self,
        template: ListingTemplate,
        parent: Parent,
        parents: Parents,
        unchanged: UnchangedParents | None = None,
        declared: ResourceDeclaration | None = None,
    ) -> None:
        self.template = template
        child = template.resource
        cursor = child.incremental.cursor_path if child.incremental else None
        may_double = (
            bool(child.inherited) and not child.primary_key and cursor not in child.inherited
        )
        self._parent_key = declared.primary_key if declared and may_double else ()
        self._unchanged = unchanged
        self._parent = parent
        self._parents = parents
        self._fields = [(n, compile_path(field)) for n, field in parent.bindings]
        self._inherited = template.resource.inherited
        self._absent = set(self._inherited.values())
        """Inherited fields that no row of the parent has had."""
        self._seen: set[str] = set()
        self._group: list[dict[str, Any]] = []
        """The bindings of rows whose group is not full yet."""
        self._has_one_parent_listing = bool(declared) and not (declared.parents or declared.each)
        self._is_reported = False

    def count_parents(self, stats: Stats) -> None:
        """Set how many rows of all parents have opened no listing."""
        stats.parents_skipped = sum(self._parents.skipped.values())
        stats.parents_unchanged = self._unchanged.count if self._unchanged else 0

    def take_message(self) -> str:
        """Return a line for the log about the skipped rows, the first time; otherwise empty."""
        skipped = self._parents.skipped.get(self._parent.resource, 0)
        if self._is_reported or not skipped:
            return ""
        self._is_reported = True
        resource, parent = self.template.resource, self._parent
        return f"{resource.api}.{resource.name}: {describe_skipped_of(resource, parent, skipped)}"

    def find_absent_field(self) -> ApiError | None:
        """Find the error of a declared field that no row of the parent has, if any row came."""
        if self._parent.group == ALL_ROWS and not self._seen:
            return self._describe_no_fields()
        if not self._absent or not self._seen:
            return None
        resource, parent = self.template.resource, self._parent.resource
        fields = ", ".join(f"'{field}'" for field in sorted(self._absent))
        return ApiError(
            f"{resource.api}.{resource.name}: include_from_parent: no row of {parent} has "
            f"{fields}; write a field of its rows, by its own name"
        )

    def _describe_no_fields(self) -> ApiError:
        resource, ((name, field), *_) = self.template.resource, self._parent.bindings
        return ApiError(
            f"{resource.api}.{resource.name}: endpoint.params.{name}: no row of "
            f"{self._parent.resource} has a usable '{field}', so there are no fields to request; "
            "check that listing"
        )

    def restart(self) -> None:
        """Reset the counts of the parent's rows, because they come a second time."""
        if self._has_one_parent_listing:
            self._parents.skipped[self._parent.resource] = 0
            if self._unchanged:
                self._unchanged.count = 0

    def open_listings(self, rows: list[Any]) -> Iterator[Opening]:
        """Yield the listings that some rows of the parent open, each binding once.

        Rows of the same bindings, but of other inherited fields, share one listing.
        """
        opened: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
        for row in rows:
            bindings = self._read_bindings(row)
            if bindings is None:
                skipped = self._parents.skipped
                skipped[self._parent.resource] = skipped.get(self._parent.resource, 0) + 1
                continue
            if self._absent:
                self._absent -= row.keys()
            if self._unchanged and self._unchanged.holds(row):
                continue
            key = repr(sorted(bindings.items()))
            inherited = {to: row.get(of) for to, of in self._inherited.items()}
            marks = {f"{key}{known}" for known in (inherited, self._read_key(row)) if known} or {
                key
            }
            if self._seen.isdisjoint(marks):
                self._seen |= marks
                opened.setdefault(key, (bindings, []))[1].append(inherited)
        for own, copies in opened.values():
            if self._parent.group is None:
                yield from self._open(own, copies)
                continue
            self._group.append(own)
            if len(self._group) == self._parent.group:
                yield from self.open_rest()

    @property
    def has_rest(self) -> bool:
        """Whether rows wait for their group to be filled."""
        return bool(self._group)

    def open_rest(self) -> Iterator[Opening]:
        """Yield the listing of the rows that have not filled a group."""
        group, self._group = self._group, []
        if group:
            yield from self._open({name: [own[name] for own in group] for name in group[0]}, [{}])

    def _open(
        self, own: dict[str, Any], inherited: Sequence[Mapping[str, Any]]
    ) -> Iterator[Opening]:
        for bindings in self._parents.combine(self._parent.resource, own):
            yield from _open_listings(self.template, bindings, inherited)

    def _read_key(self, row: Any) -> list[Any] | None:
        """Read the primary key of a row of the parent, if it decides; None if the row lacks it."""
        key = [row.get(name) for name in self._parent_key]
        return key if None not in key else None

    def _read_bindings(self, row: Any) -> dict[str, Any] | None:
        matches = [(n, jsonpath.find_values(path, row)) for n, path in self._fields]
        bindings = {n: values[0] for n, values in matches if values and values[0] is not None}
        is_complete = len(bindings) == len(matches) and all(map(_is_segment, bindings.values()))
        # A list is sent with commas between its values.
        has_comma = self._parent.group and any("," in str(v) for v in bindings.values())
        return bindings if is_complete and not has_comma else None


def open_root_listings(template: ListingTemplate) -> Iterator[Opening]:
    """Yield the listings of a resource without a parent."""
    if not template.resource.parents:
        yield from _open_listings(template, {}, [{}])


def _open_listings(
    template: ListingTemplate,
    bindings: Mapping[str, Any],
    inherited: Sequence[Mapping[str, Any]],
) -> Iterator[Opening]:
    """Yield a listing for each piece of the window and each of the listed values."""
    for window_filter in template.window_filters:
        for values in template.request_template.values:
            yield Opening(template, {**bindings, **values}, inherited, window_filter)


def list_unfilled(children: Mapping[str, Sequence[Child]], failed: Container[str]) -> list[Child]:
    """List the children with rows whose group has not been filled."""
    every = itertools.chain.from_iterable(children.values())
    return [c for c in every if c.has_rest and c.template.resource.name not in failed]


def find_children(templates: Mapping[str, ListingTemplate]) -> dict[str, list[Child]]:
    """Find the children of each resource, whose listings its rows open."""
    children: dict[str, list[Child]] = {name: [] for name in templates}
    for template in templates.values():
        parents = Parents.of(template.resource)
        for parent in template.resource.parents:
            own = templates[parent.resource].resource
            since = template.parents_since
            unchanged = UnchangedParents(own, since) if since else None
            children[parent.resource].append(Child(template, parent, parents, unchanged, own))
    return children


def _is_segment(value: Any) -> bool:
    """Return whether a path can hold a value."""
    try:
        return str(value).encode() not in _NOT_SEGMENTS
    except UnicodeEncodeError:
        return False
