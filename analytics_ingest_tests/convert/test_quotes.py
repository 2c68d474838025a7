"""Texts are written so that a person can read them, and read back as they were."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_ingest.convert.write import format_declaration

TEXTS = {
    "{{ record['id'] }}": "\"{{ record['id'] }}\"",
    "record['id']": "record['id']",
    "it's: 'x'": "\"it's: 'x'\"",
    '{{ record["it\'s"] }}': "'{{ record[\"it''s\"] }}'",
    "{\\d'}": "'{\\d''}'",
    "{a\n'b'}": "\"{a\\n'b'}\"",
}


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_single_quotes_are_written_once(text: str) -> None:
    written = format_declaration([], {"key": text, "steps": [{"filter": text}]}, {})
    assert f"  key: {TEXTS[text]}\n" in written
    attributes = yaml.safe_load(written)["attributes"]
    assert attributes == {"key": text, "steps": [{"filter": text}]}


@pytest.mark.parametrize(
    "text",
    [
        "query { orders { edges { node { id name } } pageInfo { hasNextPage endCursor } } } " * 2
        + "x",
        "{{ 'a' if config['x'] == \"b\" else 'c' }} # "
        + "no comment: here, - and there " * 4
        + "end",
        "- an item that is none, " * 8 + "-",
    ],
)
def test_a_long_text_is_written_on_several_lines(text: str) -> None:
    written = format_declaration([], {"key": {"inner": text}}, {(None, "key.inner"): "why"})
    assert yaml.safe_load(written)["attributes"] == {"key": {"inner": text}}
    assert "inner: >-  # why\n" in written
    assert max(map(len, written.splitlines())) <= 104


@pytest.mark.parametrize(
    "text",
    [
        "two spaces where a line would end" + "  " * 60 + "x",
        "a space at the end " * 10,
        " " + "a space at the beginning " * 10 + "x",
        "a line\n" + "and another " * 15 + "x",
        "without-spaces" * 20,
        "a tab\t" + "and so on " * 15 + "x",
    ],
)
def test_a_long_text_that_lines_would_change_is_on_one(text: str) -> None:
    written = format_declaration([], {"key": {"inner": text}}, {})
    assert yaml.safe_load(written)["attributes"] == {"key": {"inner": text}}
    assert len(written.splitlines()) == 5


@settings(deadline=None)
@given(st.text(st.sampled_from("ab -#:>|'\"{}[]%&*!?,\\é"), min_size=90, max_size=300))
def test_any_long_text_is_read_back_as_it_was(text: str) -> None:
    written = format_declaration([], {"key": {"inner": text}}, {})
    assert yaml.safe_load(written)["attributes"] == {"key": {"inner": text}}
