"""Large JSON reads as `json.loads` reads it, though its long lists stay text."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis.strategies import (
    booleans,
    dictionaries,
    floats,
    integers,
    lists,
    none,
    recursive,
    sampled_from,
    text,
)

from analytics_ingest.common import large_json
from analytics_ingest.common.large_json import LazyList, parse_large

LEAVES = none() | booleans() | integers() | floats(allow_nan=False) | text()
VALUES = recursive(
    LEAVES, lambda inner: lists(inner, max_size=9) | dictionaries(text(), inner, max_size=5)
)


@pytest.fixture(autouse=True, scope="module")
def small_lists() -> Iterator[None]:
    """Let short lists count as long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_json, "_LONG", 3)
        patch.setattr(large_json, "_BLOCK_ROWS", 2)
        yield


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, booleans(), sampled_from([None, 2]), sampled_from([b"", b"\xef\xbb\xbf"]))
@example({"data": [1, "價", {"a": [[], {}]}, "\U0001f600"]}, False, None, b"")
def test_it_reads_as_any_json(value: Any, is_ascii: bool, indent: int | None, mark: bytes) -> None:
    written = json.dumps(value, ensure_ascii=is_ascii, indent=indent)
    read = parse_large(mark + written.encode("utf-8", "surrogatepass"))
    assert read == value
    assert value == read
    assert not read != value  # noqa: SIM202 - the other operator
    assert json.dumps(read) == json.dumps(value)


ROWS = [{"id": 1}, [2], "3", 4, None, {"id": "價"}, 7]


def test_a_long_list_is_a_list_in_all_that_is_asked_of_one() -> None:
    read = parse_large(json.dumps({"data": ROWS}).encode())["data"]
    assert isinstance(read, LazyList)
    assert (len(read), bool(read), list(read)) == (7, True, ROWS)
    assert list(reversed(read)) == ROWS[::-1]
    assert [read[0], read[3], read[6], read[-1], read[-7]] == [ROWS[i] for i in (0, 3, 6, -1, -7)]
    assert [read[:1], read[-1:], read[2:6:2], read[9:]] == [ROWS[:1], ROWS[-1:], ROWS[2:6:2], []]
    assert repr(read) == repr(ROWS)
    assert "3" in read
    assert [len(block) for block in read.iterate_blocks()] == [2, 2, 2, 1]
    assert list(read.map(str)) == list(map(str, ROWS))
    for index in (7, -8):
        with pytest.raises(IndexError):
            read[index]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1]]",
        "[1] 2",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "{a:1}",
        '{"a":1 "b":2}',
        '{"a":[1,2,3}',
        '["\n"]',
        "nul",
    ],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as json.loads
        parse_large(text.encode())


@pytest.mark.parametrize("content", [b'["\xff"]', b'["\xe5\x83"]', b"\xfe\xff[]"])
def test_what_is_not_utf_8_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as bytes.decode
        parse_large(content)


def test_an_object_of_many_members_is_read_whole() -> None:
    value = {"data": {str(number): {"rows": [1, 2, 3]} for number in range(20_000)}}
    assert parse_large(json.dumps(value).encode()) == value
