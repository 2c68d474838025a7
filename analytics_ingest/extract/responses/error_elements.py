"""Errors in some elements of a list: in place of a row, or of an object that holds rows.

The other elements are as they should be, so nothing but the element itself shows that rows are
missing. One with an id is a thing of its own: an error is among its attributes.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.key_names import normalize_name
from analytics_ingest.extract.responses.element_outcomes import has_failed_outcome
from analytics_ingest.extract.responses.error_words import (
    ERROR_KEYS,
    ERRORS,
    has_error,
    has_error_names,
    is_message,
    is_only,
    normalize_names,
    reports_error,
)
from analytics_ingest.extract.selectors.row_places import RowPlaces

IDS = ("id", "_id", "uuid", "guid", "key", "slug")


def has_failed_element(places: RowPlaces, ids: Collection[str]) -> bool:
    """Return whether an element reports an error in place of rows.

    Args:
        ids: Names of keys that identify an object.
    """
    if len(places.values) > 1 and any(is_only(_find_only(v), has_error) for v in places.values):
        return True
    if has_failed_outcome(places.elements, ids):
        return True
    gaps = [gap for gap in places.gaps if not has_id(gap, ids)]
    members = [member for member in places.members if not has_id(member, ids)]
    return any(is_only(gap, is_message) for gap in gaps) or any(
        has_error(normalize_names(part)) or is_only(part, reports_error)
        for part in (*gaps, *members)
    )


def find_odd_element(
    places: RowPlaces, rows: Sequence[Any], resource: ResourceDeclaration, path: str | Sequence[str]
) -> str | None:
    """Return why rows may be missing because an element of a list is of another kind.

    An object may lack the place for rows. A text, a number or a list is not such an object, and
    what looks like the other rows are rows.
    """
    kind = ""
    if any(isinstance(value, str) and value for value in places.values):
        kind = "a text in place of rows"
    elif any(gap and not isinstance(gap, dict) for gap in places.gaps):
        kind = "a text, a number or a list in place of an object"
    else:
        known = {name for around in places.around for name in around.others}
        ids = () if not rows else (*IDS, *resource.primary_key)
        names = (_find_rows(gap, rows, known) for gap in places.gaps if not has_id(gap, ids))
        if any(names):
            kind = "rows under another key"
    if not kind:
        return None
    return (
        f"the list that data_selector '{path}' goes through has an element with {kind}, so rows "
        "may be missing; correct data_selector, or check the key and the params. If the other "
        "rows are all that there are, declare partial: allow"
    )


def has_error_among_rows(rows: Sequence[Any], primary_key: Sequence[str]) -> bool:
    """Return whether an error is among rows, all of which have fields that it lacks."""
    # A load rejects what lacks the key of a row; very large pages are not parsed once more for it.
    if isinstance(rows, LazyList) and primary_key:
        return False
    suspects = [row for row in rows if isinstance(row, dict) and row and has_error_names(row)]
    errors = [keys for keys in map(normalize_names, suspects) if has_error(keys)]
    if not errors:
        return False
    common = {normalize_name(str(name)) for name in _find_common_names(rows)}
    # A row without most of its fields still has one that all have: a name, a status, a time.
    shared = common.difference(ERRORS)
    return not ERROR_KEYS.issuperset(common) and any(shared.isdisjoint(keys) for keys in errors)


def _find_only(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _find_common_names(rows: Sequence[Any]) -> set[Any]:
    """Return the names that all rows have, of those whose names are not of errors alone."""
    common: set[Any] | None = None
    for row in rows:
        if isinstance(row, dict) and row and not has_error_names(row):
            common = set(row) if common is None else common.intersection(row)
    return common or set()


def has_id(value: Any, ids: Collection[str]) -> bool:
    """Return whether a value is an object with a key that identifies it."""
    keys = normalize_names(value)
    return any(keys.get(name) not in (None, "") for name in ids)


def _find_rows(gap: Any, rows: Sequence[Any], known: Collection[str]) -> bool:
    """Return whether an element has an object or a list of objects that look like rows."""
    others = [v for name, v in gap.items() if name not in known] if isinstance(gap, dict) else []
    firsts = (next(iter(items), None) for items in others if isinstance(items, list))
    row = next(iter(rows), None)
    return any(isinstance(first, dict) and _is_alike(first, row) for first in firsts) or any(
        isinstance(other, dict) and isinstance(row, dict) and other.keys() == row.keys()
        for other in others
    )


def _is_alike(value: Mapping[str, Any], row: Any) -> bool:
    """Return whether two objects have most of their keys in common; anything is like no row."""
    is_row = isinstance(row, dict)
    return not is_row or 2 * len(value.keys() & row.keys()) > len(value.keys() | row.keys())
