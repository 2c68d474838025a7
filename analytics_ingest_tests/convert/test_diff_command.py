"""The command `diff`: its exit statuses, and which differences an older document hides."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from analytics_ingest.cli import main
from analytics_ingest_tests.convert.openapi_documents import CHANGING, NUMBER, listing, query, text
from analytics_ingest_tests.convert.writing import API, DEFS, Desk, orders
from analytics_ingest_tests.support.yaml_text import read_yaml

SIZE = query("limit", {**NUMBER, "maximum": 100})
PAGED = listing(query("page", {**NUMBER, "default": 1}), SIZE, row=CHANGING)
OLD = text({"/orders": PAGED, "/notes": PAGED})
NEW = text({"/orders": PAGED, "/refunds": PAGED})
Diff = Callable[..., tuple[int, str, str]]


@pytest.fixture
def diff(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Runs the command on an API that was written from the old document."""
    desk.new(OLD, file="old.json")
    Path("new.json").write_text(NEW)

    def run(*arguments: str, name: str = API) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["diff", name, *arguments, "--defs", str(DEFS)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_the_document_of_an_api_does_not_differ(diff: Diff) -> None:
    said = "The declaration says what the document says.\n"
    assert diff("--from", "old.json") == (0, said, "")


def test_a_newer_document_differs(diff: Diff, monkeypatch: pytest.MonkeyPatch) -> None:
    said = (
        "New in the document\n  refunds: GET /refunds\n\nNot in the document\n  notes: GET /notes\n"
    )
    assert diff("--from", "new.json") == (1, said, "")
    monkeypatch.setattr(sys, "stdin", io.StringIO(NEW))
    assert diff("--from", "-") == (1, said, "")


def test_an_older_document_hides_what_was_corrected_by_hand(diff: Diff) -> None:
    path = DEFS / API / "defs.yaml"
    declared = read_yaml(path.read_text())
    declared["attributes"]["resource_defaults"]["endpoint"]["data_selector"] = "rows"
    path.write_text(yaml.safe_dump(declared))
    status, said, _ = diff("--from", "old.json")
    assert (status, said.count("data_selector: rows → data")) == (1, 2)
    status, said, _ = diff("--from", "old.json", "--before", "old.json")
    assert (status, said) == (0, "Omitted, because the older document has them too: 2\n")
    status, said, _ = diff("--from", "new.json", "--before", "old.json")
    assert status == 1
    assert "refunds" in said
    assert "data_selector" not in said


REFUSED = {
    "a missing file": (API, "none.json", "none.json cannot be read: No such file"),
    "another API": ("other", "old.json", "defs/other/defs.yaml does not exist; declared are shop"),
    "a text without a configuration": (API, "prose.md", "prose.md"),
    "an OpenAPI document without listings": (
        API,
        "empty.json",
        "none of the document's operations lists rows",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_compared_has_a_status_of_its_own(diff: Diff, name: str) -> None:
    api, file, problem = REFUSED[name]
    Path("prose.md").write_text("An API.\n")
    Path("empty.json").write_text(text({}))
    status, said, error = diff("--from", file, name=api)
    assert (status, said) == (2, "")
    assert problem in error


def test_a_mistake_in_the_declaration_is_not_a_difference(diff: Diff) -> None:
    path = DEFS / API / "defs.yaml"
    path.write_text(path.read_text().replace("resources:", "resourcez:"))
    status, _, error = diff("--from", "old.json")
    assert status == 2
    assert "shop: resources: Field required" in error


def test_a_manifest_and_a_document_in_prose_are_compared_too(diff: Diff) -> None:
    manifest: dict[str, Any] = {
        "version": "6.1.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["orders"]},
        "streams": [
            {
                "type": "DeclarativeStream",
                "name": "orders",
                "retriever": {
                    "type": "SimpleRetriever",
                    "requester": {
                        "type": "HttpRequester",
                        "url_base": "https://shop.test",
                        "path": "/orders",
                    },
                    "record_selector": {
                        "type": "RecordSelector",
                        "extractor": {"type": "DpathExtractor", "field_path": ["data"]},
                    },
                },
            }
        ],
    }
    Path("manifest.json").write_text(json.dumps(manifest))
    Path("shop.md").write_text(orders())
    for file in ("manifest.json", "shop.md"):
        status, said, error = diff("--from", file)
        assert (status, error) == (1, "")
        assert "orders: paginator" in said
        assert "notes: GET /notes" in said
