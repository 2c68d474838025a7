"""Texts with quotes are written so that a person can read them, and read back as they were."""

import pytest
import yaml

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
