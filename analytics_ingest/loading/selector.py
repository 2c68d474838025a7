"""A data selector: from the body of an answer to its rows."""

from typing import Any

from dlt.common import jsonpath


class Selector:
    """A JSONPath to the rows, where `*` stands for each element of a list or an object."""

    def __init__(self, path: str) -> None:
        self._rows = jsonpath.compile_path(path)
        self._simple = jsonpath.extract_simple_field_name(self._rows)
        head, star, rest = path.partition("*")
        bracket = "]" if rest.startswith("]") else ""
        self._items = jsonpath.compile_path(head + star + bracket) if star else None

    def rows(self, body: Any) -> list[Any]:
        """The rows: matches that are lists are opened, null and an empty object hold no row."""
        if self._simple and isinstance(body, dict):
            matches = [body.get(self._simple)]
        else:
            matches = jsonpath.find_values(self._rows, body)
        rows: list[Any] = []
        for match in matches:
            if isinstance(match, list):
                rows.extend(match)
            elif match is not None and match != {}:
                rows.append(match)
        return rows

    def items(self, body: Any) -> list[Any]:
        """What the API counts as a page's elements: those before the first `*` is followed."""
        return jsonpath.find_values(self._items, body) if self._items else self.rows(body)
