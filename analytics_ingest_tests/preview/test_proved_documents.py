"""`new --from openapi.json --prove` ends in a load of every row, or names what is missing.

The API needs a key, and does what its document says, or something else.
"""

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from datetime import datetime, timezone
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from analytics_ingest.cli import main
from analytics_ingest.declaration.folder import read_folder
from analytics_ingest_tests.convert.openapi_documents import (
    CHANGING,
    LINK,
    NUMBER,
    TEXT,
    Json,
    listing,
    query,
    rows,
    text,
    thing,
)
from analytics_ingest_tests.support.loads import API, read
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import FOLDER
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

HELD = [row(f"r{n:02}", f"2026-01-{n + 1:02}T10:00:00Z", name="x") for n in range(25)]
SIZE = query("limit", {**NUMBER, "maximum": 10})
SINCE = query("updated_since", {**TEXT, "format": "date-time"})
Read = Callable[[str], datetime]


class Case(NamedTuple):
    """What a document says of a listing, and what the API does."""

    operation: Json
    script: Script
    missing: str = ""
    """What the command says of rows that a load would not read."""


def page(asked: Asked, first: int = 1, most: int = 10, held: list[Any] = HELD) -> list[Any]:
    """The rows of a page; none before the first."""
    size = min(int(asked.query.get("limit", most)), most)
    start = (int(asked.query.get("page", first)) - first) * size
    return held[start : start + size] if start >= 0 else []


def paged(**fields: Any) -> Json:
    return listing(query("page", {**NUMBER, **fields}), SIZE, row=CHANGING)


def filtered(reading: Read, status: int = 200) -> Script:
    """A filter that reads its bound in one way only."""

    def script(asked: Asked) -> Any:
        held = HELD
        if bound := asked.query.get("updated_since"):
            try:
                held = [r for r in HELD if moment(r["updated_at"]) >= reading(bound)]
            except ValueError:
                return Reply({"data": []}, status)
        return {"data": page(asked, held=held)}

    return script


def moment(text: str) -> datetime:
    if "T" not in text:
        raise ValueError(text)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc)


def by_token(parameter: str = "cursor", token: str = "next_cursor") -> Script:
    def script(asked: Asked) -> Any:
        start = int(asked.query.get(parameter) or 0)
        after = str(start + 10) if start < 20 else None
        return {"data": HELD[start : start + 10], token: after}

    return script


def linked(asked: Asked) -> Any:
    number = int(asked.query.get("p", 1))
    after = f"?p={number + 1}" if number < 3 else None
    return {"data": HELD[number * 10 - 10 : number * 10], "links": {"next": after}}


def linked_always(asked: Asked) -> Any:
    number = int(asked.query.get("p", 1))
    rows = HELD[number * 10 - 10 : number * 10]
    return {"data": rows, "next": f"?p={min(number + 1, 4)}", "has_more": number < 3}


def ended(asked: Asked) -> Any:
    start = int(asked.query.get("cursor") or 0)
    after = str(min(start + 10, 25))
    return {"data": HELD[start : start + 10], "next_cursor": after, "done": after == "25"}


def after_id(asked: Asked) -> Any:
    start, size = int(asked.query.get("after", 0)), int(asked.query["limit"])
    page = HELD[start : start + size]
    return {"data": page, "page": {"next": start + size if start + size < len(HELD) else None}}


FLAGS: Json = {"type": "boolean"}
LINKS = listing(row=CHANGING)
LINKS["get"]["responses"]["200"]["content"]["application/json"]["schema"] = thing(
    {"data": rows(CHANGING), "next": LINK, "has_more": FLAGS}, required=["next", "has_more"]
)
AFTER = listing(
    query("after", NUMBER),
    SIZE,
    row=CHANGING,
    beside={"page": thing({"next": {**NUMBER, "nullable": True}})},
)
TOKENS = listing(query("cursor"), SIZE, row=CHANGING, beside={"next_cursor": TEXT})
BY_CHANGE = listing(query("page", {**NUMBER, "default": 1}), SIZE, SINCE, row=CHANGING)

CASES: Mapping[str, Case] = {
    "pages from 1": Case(paged(default=1), lambda a: {"data": page(a)}),
    "pages from 0": Case(paged(default=0), lambda a: {"data": page(a, 0)}),
    "pages from 0, which the document does not say": Case(paged(), lambda a: {"data": page(a, 0)}),
    "pages from 0, though the document says 1": Case(
        paged(default=1), lambda a: {"data": page(a, 0)}
    ),
    "pages from 1, though the document says 0": Case(
        paged(default=0),
        lambda a: {"data": page(a) if a.query["page"] != "0" else HELD[:10]},
    ),
    "pages from 1, where 0 is refused": Case(
        paged(default=0),
        lambda a: {"data": page(a)} if a.query["page"] != "0" else Reply({"error": "page"}, 400),
    ),
    "pages from 1, where 0 is empty": Case(paged(default=0), lambda a: {"data": page(a)}),
    "smaller pages": Case(paged(default=1), lambda a: {"data": page(a, most=4)}),
    "rows elsewhere": Case(paged(default=1), lambda a: {"results": page(a)}),
    "a number as the moment": Case(
        paged(default=1),
        lambda a: {
            "data": [{**r, "updated_at": int(moment(r["updated_at"]).timestamp())} for r in page(a)]
        },
    ),
    "a page that is not read": Case(paged(default=1), lambda _: {"data": HELD[:10]}, "came twice"),
    "tokens": Case(TOKENS, by_token()),
    "tokens of another parameter": Case(TOKENS, by_token("after"), "came twice"),
    "tokens of another field": Case(TOKENS, by_token(token="nextToken")),
    "one of two tokens": Case(
        TOKENS,
        lambda a: {**by_token(token="nextToken")(a), "next_page": "x"},
        "'nextToken'",
    ),
    "tokens of every page, and a flag that ends them": Case(
        listing(query("cursor"), row=CHANGING, beside={"next_cursor": TEXT, "done": FLAGS}), ended
    ),
    "links of every page, and a flag that ends them": Case(LINKS, linked_always),
    "the number of the last row": Case(AFTER, after_id),
    "links that the document does not have": Case(listing(row=CHANGING), linked),
    "a filter": Case(BY_CHANGE, filtered(moment)),
    "a filter by days": Case(BY_CHANGE, filtered(day)),
    "a filter that refuses moments": Case(BY_CHANGE, filtered(day, 400)),
    "a filter that is not read": Case(
        BY_CHANGE, lambda a: {"data": page(a)}, "outside the windows that were sent"
    ),
    "one page of many": Case(
        listing(row=CHANGING), lambda a: {"data": page(a)}, "its paging is not proven"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_row_is_loaded_or_what_is_missing_is_named(
    api: ScriptedApi, project: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", "sample")
    case = CASES[name]
    api.on("/items", lambda a: case.script(a) if "x-key" in a.headers else Reply({}, 401))
    scheme: Json = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    parts: Json = {"security": [{"key": []}], "components": {"securitySchemes": scheme}}
    (project / "openapi.json").write_text(text({"/items": case.operation}, **parts))
    FOLDER.parent.mkdir()
    with redirect_stdout(StringIO()) as output:
        status = main(
            ["new", API, "--from", "openapi.json", "--prove", "--defs", str(FOLDER.parent)]
        )
    assert len(api.asked) <= 5
    assert "max_pages" not in (FOLDER / "defs.yaml").read_text()
    assert "maximum" not in (FOLDER / "defs.yaml").read_text()
    is_open = "Not proven" in output.getvalue()
    assert status == (1 if "Looks wrong" in output.getvalue() else 3 if is_open else 0)
    assert status if case.missing else True
    if case.missing:
        assert case.missing in " ".join(output.getvalue().split())
        return
    assert sorted(r["id"] for r in read(read_folder(FOLDER))) == [r["id"] for r in HELD]
    assert "Looks wrong" not in output.getvalue()
