"""`flatten`: no value is lost, whatever its name is and in whatever order the fields are served."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_ingest.extract.processing.reshape import flatten

CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"id": 1, "customer": {"id": 9}}, {"id": 1, "customer.id": 9}),
    ({"id": 1, "a": {"id": 2, "b": {"id": 3}}}, {"id": 1, "a.id": 2, "b.id": 3}),
    ({"id": None, "customer": {"id": 9, "age": 5}}, {"id": None, "customer.id": 9, "age": 5}),
    ({"a.b": 1, "b": 2, "a": {"b": 3}}, {"a.b": 1, "b": 2, "a.b_": 3}),
    ({"id": [1], "a": {"id": 2}}, {"id": [1], "a.id": 2}),
    ({"x": {"id": 1, "y": {"id": 2}}}, {"id": 1, "x.y.id": 2}),
]
NAMES = st.sampled_from(["id", "a", "b", "a.b", "b.id", "a.b.id", "0", "id.0", "b_"])
TREES = st.recursive(
    st.integers(),
    lambda inner: st.dictionaries(NAMES, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


def list_values(tree: Any, *, has_lists: bool) -> list[Any]:
    """List what is in the objects of a tree, and in its lists if they count."""
    if isinstance(tree, dict):
        inner = list(tree.values())
    elif isinstance(tree, list) and has_lists:
        inner = tree
    else:
        return [tree]
    return [value for item in inner for value in list_values(item, has_lists=has_lists)]


@pytest.mark.parametrize(("row", "expected"), CASES)
def test_a_row_keeps_its_own_fields_in_any_order(
    row: dict[str, Any], expected: dict[str, Any]
) -> None:
    for fields in itertools.permutations(row.items()):
        assert flatten(dict(fields), has_lists=False) == expected


@given(row=st.dictionaries(NAMES, TREES, max_size=5), has_lists=st.booleans())
def test_no_value_is_lost(row: dict[str, Any], has_lists: bool) -> None:
    flat = flatten(row, has_lists=has_lists)
    expected = list_values(row, has_lists=has_lists)
    assert sorted(map(repr, flat.values())) == sorted(map(repr, expected))
