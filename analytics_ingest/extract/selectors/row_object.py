"""Where no data_selector is declared: is the object around a list the row, or are its elements?

Only what is declared says so. Where two readings fit, the resource fails: of a listing of children
the object may be the parent, and an object with a list in it may be the answer of a request.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.selectors.plain_values import VALUE

_FIRST_ELEMENTS = 10
"""Elements that show of which kind all are."""
_NUMBERS = ("bigint", "double", "decimal")
_NUMBER = re.compile(r"\s*[-+]?[0-9.]+\s*")


class UnclearRowsError(Exception):
    """A body does not say where its rows are; the message says why."""


def list_objects(elements: Sequence[Any]) -> list[dict[str, Any]]:
    """List the objects among the first elements of a list that are not null."""
    first = islice((item for item in elements if item is not None), _FIRST_ELEMENTS)
    return [item for item in first if isinstance(item, dict)]


class RowObject:
    """Finds the object that is the row of a response.

    Args:
        bindings: What the parent's row fills in the request.
        is_processed: Whether steps change the rows, and may give them a key.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        bindings: Mapping[str, Any],
        *,
        is_processed: bool = False,
    ) -> None:
        self.resource, self.is_processed = resource, is_processed
        fields = resource.fields.values()
        self._types = {field.name: field.data_type for field in fields}
        self._key = resource.primary_key
        self._needed = {*self._key, *(field.name for field in fields if not field.nullable)}
        self._names = self._types.keys() | self._needed
        """Of the fields that are declared."""
        self.doubt = ""
        """Why the rows may be elsewhere; a sentence for a warning."""
        self._end_of_path = resource.path.rstrip("/").rpartition("/")[2]
        self._sent = {str(value) for value in bindings.values()}
        fields_of_parents = (pair for parent in resource.parents for pair in parent.bindings)
        self._of_parent = {
            field: str(bindings[name]) for name, field in fields_of_parents if name in bindings
        }

    def find_depth(self, body: Any, path: Sequence[str], elements: Sequence[Any]) -> int | None:
        """Return how many keys lead to the row that has a list as a field; None if there is none.

        A row has its key, and all fields that must not be null; if the elements have them, they are
        the rows. Plain values have neither.

        Args:
            path: The keys that lead to the list.
            elements: Those of the list.

        Raises:
            UnclearRowsError: The list is empty, and the object may be the row, or not.
        """
        rows = list_objects(elements)
        if rows and self._needed and all(self._needed <= row.keys() for row in rows):
            return None
        names_of_elements = set[str]().union(*rows) & self._names
        if names_of_elements and not self._needed:
            return None
        are_plain = bool(elements and not rows)
        for depth, key in enumerate(path):
            own = (body.keys() & self._names) - {key}
            may_be = self._may_be_row(body, key, are_plain=are_plain, is_empty=not elements)
            if may_be and len(own) > len(names_of_elements):
                is_row = are_plain or self._is_row(body, path[-1], is_empty=not elements)
                return depth if is_row else None
            body = body[key]
        return None

    def can_hold(self, elements: Sequence[Any]) -> bool:
        """Return whether elements can be rows: plain values have no key but themselves."""
        are_plain = bool(elements) and not list_objects(elements)
        return not are_plain or self._key in ((), (VALUE,))

    def count_fields(self, objects: Sequence[Mapping[str, Any]], besides: str = "") -> int:
        """Count the declared fields that some objects have."""
        return len((set[str]().union(*objects) & self._names) - {besides})

    def is_of_type(self, name: str, value: Any) -> bool:
        """Return whether a value can be that of a field: a text is seldom a number."""
        is_number = self._types.get(name) in _NUMBERS
        return not (is_number and isinstance(value, str) and not _NUMBER.fullmatch(value))

    def _may_be_row(
        self, body: Mapping[str, Any], key: str, *, are_plain: bool, is_empty: bool
    ) -> bool:
        """Return whether a key is a field of the body, and the body has all that a row needs."""
        if not self._needed <= body.keys():
            return False
        if self._types.get(key) == "json":
            return bool(self._needed) or not is_empty
        return are_plain and bool(self._needed) and VALUE not in self._names

    def _is_row(self, body: Mapping[str, Any], name: str, *, is_empty: bool) -> bool:
        """Return whether an object that has all that a row needs is one, and not around rows."""
        is_parent, is_named = self._is_parent(body), self._end_of_path == name
        what = "has the id of the parent" if is_parent else "has all that a row needs"
        problem = (
            f"the list {name} is empty, and the object that holds it {what}, so it may be the row "
            f"or not; declare data_selector: {name}, or data_selector: $ if it is the row"
        )
        if is_parent and is_named:
            self.doubt = f"{problem}. It was taken for the parent" if is_empty else ""
            return False
        if is_empty and (is_parent or is_named):
            raise UnclearRowsError(problem)
        return True

    def _is_parent(self, body: Mapping[str, Any]) -> bool:
        """Return whether an object has a value that its parent's row has filled in the request."""
        has_field = any(str(body.get(name)) == value for name, value in self._of_parent.items())
        return has_field or any(str(body.get(name)) in self._sent for name in self._key)
