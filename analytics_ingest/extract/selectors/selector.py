"""A data selector: the body of a response → its rows."""

from collections.abc import Sequence
from typing import Any

from jsonpath_ng.exceptions import JSONPathError

from analytics_ingest.common.lazy_list import LazyList, to_plain
from analytics_ingest.extract.selectors.keyless_bodies import describe_keyless, lacks_key
from analytics_ingest.extract.selectors.list_holder import ListHolder, find_holder
from analytics_ingest.extract.selectors.row_lists import ListChoice, choose_list, find_list
from analytics_ingest.extract.selectors.row_object import RowObject, UnclearRowsError
from analytics_ingest.extract.selectors.row_places import RowPlaces, find_places
from analytics_ingest.extract.selectors.selector_steps import (
    EACH,
    find_values,
    list_elements,
    parse_steps,
)


class Selector:
    """A path to the rows, where `*` matches each element of a list or an object.

    Args:
        path: A JSONPath, or a list of literal keys.
        steps: Its steps; those of a member where the path begins with the list of all members.
    """

    def __init__(self, path: str | Sequence[str], steps: Sequence[Any] | None = None) -> None:
        self.path = path
        self._steps = parse_steps(path) if steps is None else list(steps)
        stars = [number for number, step in enumerate(self._steps) if step is EACH]
        self._first_star = stars[0] if stars else None
        self.choice: ListChoice | None = None
        """Why it is this list, where none is declared."""
        self.holder: ListHolder | None = None
        """The object around it, if that may be the row."""
        self.is_open = False
        """It is the whole body, which cannot be a row: a later page may have the list of them."""

    def read_rows(self, body: Any) -> list[Any]:
        """Read the rows of a body: the elements of a list; null and an empty object have none."""
        matches = find_values(self._steps, [body])
        if len(matches) == 1 and isinstance(matches[0], LazyList):
            return matches[0]
        rows: list[Any] = []
        for match in matches:
            if isinstance(match, list):
                rows.extend(match)
            elif match is not None and match != {}:
                rows.append(to_plain(match))
        return rows

    def read_items(self, body: Any) -> list[Any]:
        """Read the elements that the API counts on a page: those that the first `*` matches."""
        if self._first_star is None:
            return self.read_rows(body)
        matches = find_values(self._steps[: self._first_star], [body])
        return [item for match in matches for item in list_elements(match)]

    def find_places(self, body: Any) -> RowPlaces:
        """Find the places for rows in a body, what is around them, and what lacks one."""
        return find_places(self._steps, body)

    def list_parts(self, body: Any) -> list[Any]:
        """List the body and what its keys lead to, up to the first `*` or the first missing key."""
        parts = [body]
        for step in self._steps:
            if not isinstance(step, str) or not isinstance(body, dict) or step not in body:
                break
            parts.append(body := body[step])
        return parts

    def select_in_member(self) -> "Selector | None":
        """Return the selector within a member of a list; None if the path begins otherwise."""
        is_list = self._first_star == 0
        return Selector(self.path, self._steps[1:]) if is_list else None


def detect_selector(body: Any, row_object: RowObject) -> Selector:
    """Return the selector of the list of rows in a body.

    If that list is a field of an object that is a row, it is the selector of this object.

    Raises:
        UnclearRowsError: It is not clear where the rows are, or how to write that.
    """
    selector = _detect_selector(body, row_object)
    is_keyless = selector.path == "$" and lacks_key(body, row_object.resource)
    if is_keyless and not row_object.is_processed:
        selector.is_open = True
        row_object.doubt = row_object.doubt or describe_keyless(body, row_object.resource)
    return selector


def _detect_selector(body: Any, row_object: RowObject) -> Selector:
    path = find_list(body, row_object.resource)
    if path == ("$",):
        return _join(path)
    depth = row_object.find_depth(body, path, _join(path).read_rows(body))
    if depth is not None:
        return _join(path[:depth])
    choice = choose_list(body, path, row_object.resource)
    row_object.doubt = row_object.doubt or choice.doubt
    elements = _join(choice.path).read_rows(body)
    if choice.path != path:
        depth = row_object.find_depth(body, choice.path, elements)
    if depth is not None or not row_object.can_hold(elements):
        return _join(choice.path[: depth or 0])
    selector = _join(choice.path)
    selector.choice = choice
    if not row_object.doubt:
        selector.holder = find_holder(body, choice.path, elements, row_object)
    return selector


def _join(path: Sequence[str]) -> Selector:
    keys = [key if key == "$" else f'"{key}"' for key in path]
    try:
        return Selector(".".join(keys) or "$")
    except JSONPathError:
        problem = "the key of the list of rows is not a JSONPath; declare data_selector"
        raise UnclearRowsError(problem) from None
