"""Values, names and keys of rows as odd as JSON allows; strategies of hypothesis."""

import json
from typing import Any

from hypothesis import strategies as st

CANARY = "canary"
"""Part of the texts of rows, so no error may hold it."""

AS_SENT = (
    '{"far": 1e400, "id": null, "name": "\u017di\u017eka \\u0000", "price": 19.990000000000000001, '
    '"sum": 123456789012345678901234567890, "updated_at": "2026-01-05T10:00:00Z"}'
)
"""A row without a key, whose numbers and text most types of a warehouse would change."""

NAMES = (
    *("v", "name", "a b", "camelCase", "Ä", "a.b", "1st", "value", "_", "x" * 300),
    *("select", '"; drop table x; --', "__dlt", "_dlt_id", "_dlt_load_id", "_cursor_"),
    *("", " ", "\ud800", "a\x00b"),
)
"""Names of fields."""

TAKING = ("ID", "Updated_At")
"""Names that become those of the columns which the key and the cursor have."""

_TEXTS = (
    *(
        "",
        " ",
        CANARY,
        f"{CANARY} \u2602 \x00",
        "\ud800",
        "\udc00\ud800",
        "\uf02612",
        CANARY * 20_000,
    ),
    *("null", "true", "no", "1", "-7", " 7 ", "1.5", "1e5", "1e999", "nan", "0x1F"),
    *("0xffffffffffffffffff", "99999999999999999999", "{}", '{"a": 1}', "[1]", '"x"'),
    *("2026-01-05", "2026-01-05T10:00:00Z", "2026-01-05 10:00:00+02:00"),
    *("2026-01-05T10:00:00.123456789", "0000-00-00", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-12:00", "10:00:00", "10:00:00+02:00", "P1D"),
)
_NUMBERS = (
    *(0, 1, -1, 5, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64),
    *(10**30, 10**400, 1767607200, 1767607200.5, 1767607200000),
    *(0.0, -0.0, 0.5, -1.5, 2.0, 1e15, 2.0**63, 1e19, 1e30, 1e308, -1e308, 5e-324, 1 / 3),
    *(float("inf"), float("nan")),
)
_DEPTHS = (200, 252, 253, 254, 255, 256, 500, 700)
"""Around the depth up to which dlt writes JSON."""


def nested(depth: int, *, in_objects: bool) -> Any:
    """A value within as many lists or objects."""
    value: Any = CANARY
    for _ in range(depth):
        value = {"a": value} if in_objects else [value]
    return value


def is_unicode(value: Any) -> bool:
    """Whether no text in a value holds half a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


_texts = st.sampled_from(_TEXTS) | st.text(st.characters(exclude_categories=()), max_size=5)
scalars = st.none() | st.booleans() | st.sampled_from(_NUMBERS) | st.floats() | _texts
values = st.one_of(
    scalars,
    scalars,
    st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
        ),
        max_leaves=5,
    ),
    st.builds(nested, st.sampled_from(_DEPTHS), in_objects=st.booleans()),
)

_integers = st.integers(0, 5)
_names = st.sampled_from(
    ("a", "b", " ", "a/b", "..", "x?y#z", "Ž ☂", "a\x00b", "%2F", "2026-01-05")
)
_odd_keys = st.sampled_from((None, True, 1.0, 1.5, float("nan"), "", [1], {"a": 1}))
keys = (
    _integers,
    _names,
    _integers | _integers.map(str) | _odd_keys,
    _names | _integers | _odd_keys | st.sampled_from(("\ud800", "2026-01-05T10:00:00Z")),
)
"""Kinds of keys."""

huge_keys = st.sampled_from((2**63, -(10**30)))
