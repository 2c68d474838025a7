"""The reference of all keys is what the model says, and says something of each."""

import re
from pathlib import Path

import pytest

from analytics_ingest.cli import main
from analytics_ingest.declaration.reference.key_reference import format_key_reference

REFERENCE = Path(__file__).parents[2] / "docs" / "keys.md"
ROW = re.compile(r"^\| `\w+` \| .* \| .* \| (.*) \|$", re.MULTILINE)


def test_the_document_is_what_the_model_says() -> None:
    hint = "write it again: analytics-ingest keys > docs/keys.md"
    assert REFERENCE.read_text(encoding="utf-8") == format_key_reference(), hint


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys"]) == 0
    assert capsys.readouterr().out == format_key_reference()


def test_every_key_is_described() -> None:
    described = ROW.findall(format_key_reference())
    assert len(described) > 100
    assert all(described)


def test_every_block_that_is_linked_to_is_there() -> None:
    text = format_key_reference()
    linked = set(re.findall(r"\(#(\w+)\)", text))
    assert linked == {name.lower() for name in re.findall(r"^## (\w+)$", text, re.MULTILINE)}
