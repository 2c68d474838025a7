"""Steps that rename all keys lose no value where two of them would become one."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_ingest.extract.processing.reshape import (
    lower_keys,
    rename_to_snake_case,
    replace_in_keys,
)

CASES: list[tuple[Callable[[Any], Any], dict[str, Any], dict[str, Any]]] = [
    (lower_keys, {"ID": 1, "id": 2}, {"ID": 1, "id": 2}),
    (lower_keys, {"Id": 1, "ID": 2, "Name": "a"}, {"Id": 1, "id": 2, "name": "a"}),
    (rename_to_snake_case, {"userId": 1, "user_id": 2}, {"userId": 1, "user_id": 2}),
    (rename_to_snake_case, {"a": {"B c": 1, "bC": 2}}, {"a": {"b_c": 1, "bC": 2}}),
    (partial(replace_in_keys, old="-", new="_"), {"a-b": 1, "a_b": 2}, {"a-b": 1, "a_b": 2}),
]
NAMES = st.sampled_from(["ID", "Id", "id", "userId", "user_id", "UserID", "a b", "a_b", "aB"])


@pytest.mark.parametrize(("rename", "row", "expected"), CASES)
def test_of_keys_that_would_become_one_only_one_is_renamed(
    rename: Callable[[Any], Any], row: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert rename(row) == expected
    assert rename(dict(reversed(row.items()))) == expected


@given(row=st.dictionaries(NAMES, st.integers()), rename=st.sampled_from([c[0] for c in CASES]))
def test_no_value_is_lost(row: dict[str, Any], rename: Callable[[Any], Any]) -> None:
    assert sorted(rename(row).values()) == sorted(row.values())
