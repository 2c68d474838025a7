"""Values read from JSON can be compared: repeated pages and rows are recognized by it."""

import pytest

from analytics_ingest.common.exact_json import RepeatedNameError, parse_json

LONG = [b"NaN", b"Infinity", b"1e400", b"1e-400", b"9007199254740993.25", b"9007199254740993"]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text.decode())
def test_a_number_equals_itself_alone(text: bytes) -> None:
    one, other = parse_json(text), parse_json(text)
    assert one == other
    assert not one != other  # noqa: SIM202 - the other operator
    assert hash(one) == hash(other)
    assert [again for again in LONG if parse_json(again) == one] == [text]
    assert parse_json(b'{"a": [%b]}' % text) == parse_json(b'{"a": [%b]}' % text)


def test_a_long_number_in_an_object_that_is_repeated_counts_too() -> None:
    assert parse_json(b'{"a": {"b": NaN}, "a": {"b": NaN}}') == parse_json(b'{"a": {"b": NaN}}')
    with pytest.raises(RepeatedNameError):
        parse_json(b'{"a": {"b": 9007199254740993.25}, "a": {"b": 9007199254740993.26}}')


@pytest.mark.parametrize(
    "text",
    [b"1.5", b"1e5", b"0.10", b"-0.0", b"1e-5", b"1.7976931348623157e308", b"5e-324", b"0e9"],
)
def test_an_ordinary_number_is_a_float(text: bytes) -> None:
    assert type(parse_json(text)) is float
    assert parse_json(text) == float(text)
