"""CSV in several pages, files or members: each has a header of the same table, or the load fails.

Without it the first row of a page would be the header of the others, in columns of their own, and
a message in the place of a page would be an empty one.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest_tests.extract.test_decoders import (
    CSV,
    KEYLESS,
    UNKNOWN,
    csv_of,
    snapshot,
    zipped,
)
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.jobs import Reports, declare_report
from analytics_ingest_tests.support.loads import declare, failure, read, resource
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

FIRST = b"id,n\n1,a\n2,b\n"
MESSAGE = b"Export failed: timeout\n"
OTHERS: dict[str, Sequence[bytes]] = {
    "without a header": (FIRST, b"3,c\n4,d\n"),
    "one row without a header": (FIRST, b"3,c\n"),
    "a message": (FIRST, MESSAGE),
    "a message of several lines": (FIRST, MESSAGE + b"Try again\n"),
    "a message with a comma": (FIRST, b"Export failed, timeout\n"),
    "a message first": (MESSAGE, FIRST),
    "a message of several lines first": (MESSAGE + b"Try again\n", FIRST),
    "another table": (FIRST, b"code,problem\n7,lost\n"),
    "a message between": (FIRST, MESSAGE, FIRST),
    "a message behind a page without rows": (b"id,n\n", MESSAGE),
}
ALIKE: dict[str, tuple[Sequence[bytes], list[Any]]] = {
    "the same header": ((FIRST, b"id,n\n3,c\n"), ["1", "2", "3"]),
    "another order": ((FIRST, b"n,id\nc,3\n"), ["1", "2", "3"]),
    "another case": ((b"Id,N\n1,a\n2,b\n", b"ID,n\n3,c\n"), ["1", "2", "3"]),
    "columns that others lack": ((b"id,n\n1,a\n", b"id,m,o\n3,c,d\n"), ["1", "3"]),
    "no rows at the end": ((FIRST, b"id,n\n"), ["1", "2"]),
    "no rows first": ((b"id,n\n", FIRST), ["1", "2"]),
    "one column": ((b"id\n1\n", b"id\n2\n"), ["1", "2"]),
    "messages as rows": ((b"id,error\n1,a\n", b"id,error\n2,Export failed\n"), ["1", "2"]),
}


def serve_pages(
    api: ScriptedApi, pages: Sequence[bytes], headers: dict[str, str]
) -> dict[str, Any]:
    """Serve bodies one after the other, each with the address of the next in its headers."""

    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("page", 0))
        more = {"X-Next": str(number + 1)} if number + 1 < len(pages) else {}
        return Reply(pages[number], headers={**headers, **more})

    api.on("/items", page)
    paginator = {"type": "cursor", "cursor_path": "headers.x-next", "cursor_param": "page"}
    return snapshot("csv", paginator={**paginator, "stop_after_empty_page": False})


def serve_members(
    api: ScriptedApi, pages: Sequence[bytes], headers: dict[str, str]
) -> dict[str, Any]:
    """Serve bodies as the members of a zip file."""
    api.always("/items", Reply(zipped(*pages), headers=headers))
    return snapshot(csv_of(compression="zip"))


SERVED = {"pages": serve_pages, "members": serve_members}


def read_ids(rows: list[dict[str, Any]]) -> list[Any]:
    return sorted(value for row in rows for name, value in row.items() if name.lower() == "id")


@pytest.mark.parametrize("name", OTHERS)
def test_what_shares_no_column_with_the_first_header_fails(api: ScriptedApi, name: str) -> None:
    keys: tuple[dict[str, Any], ...] = ({}, KEYLESS)
    for served, headers, own in itertools.product(SERVED, (CSV, UNKNOWN), keys):
        with case(served, headers, own):
            error = str(failure(declare({**SERVED[served](api, OTHERS[name], headers), **own})))
            assert "may be a row or a message; check" in error or "so it may be a message" in error
            assert "shares no column with" in error or " first" in name or "behind" in name
            assert "timeout" not in error


@pytest.mark.parametrize("name", ALIKE)
def test_a_header_that_has_a_column_of_the_first_is_one(api: ScriptedApi, name: str) -> None:
    pages, ids = ALIKE[name]
    fields = {"fields": {"id": "integer"}}
    for served, headers in itertools.product(SERVED, (CSV, UNKNOWN)):
        with case(served, headers):
            declared = declare({**SERVED[served](api, pages, headers), **KEYLESS, **fields})
            assert read_ids(read(declared)) == ids


@pytest.mark.parametrize("own", [{}, KEYLESS], ids=["a key", "no key"])
def test_members_that_are_all_messages_are_not_an_empty_listing(
    api: ScriptedApi, own: dict[str, Any]
) -> None:
    error = failure(declare({**serve_members(api, [MESSAGE, MESSAGE], UNKNOWN), **own}))
    assert "the response is one line, and none of its values is the name of a" in str(error)


def test_a_member_that_differs_is_named_and_requested_again(api: ScriptedApi) -> None:
    handler = {"error_handler": {"max_retries": 1, "backoff_factor": 0}}
    api.in_turn("/items", [Reply(zipped(FIRST, MESSAGE)), Reply(zipped(FIRST))])
    declared = declare(snapshot(csv_of(compression="zip"), **handler))
    assert read_ids(read(declared)) == ["1", "2"]
    api.always("/items", Reply(zipped(FIRST, MESSAGE)))
    assert str(failure(declared)) == (
        "demo.items: GET /items: the response is not CSV: member 2: its header shares no column "
        "with that of the first member after 2 requests; one of them may be a row or a message; "
        "check that every member is of the same table, and has its header"
    )


def serve_files(api: ScriptedApi, *files: bytes) -> None:
    """Serve a job whose result is in several files."""
    Reports(api)
    addresses = [f"{api.url}/parts/{number}" for number in range(len(files))]
    api.always("/reports/job1", {"status": "DONE", "urls": addresses})
    for number, file in enumerate(files):
        api.always(f"/parts/{number}", Reply(file, headers=CSV))


@pytest.mark.parametrize("last", [b"3,c\n4,d\n", MESSAGE, MESSAGE + b"Try again\n"])
def test_the_files_of_a_job_are_of_one_table(api: ScriptedApi, last: bytes) -> None:
    job = {"targets": {"selector": "urls[*]"}}
    declared = declare_report(job=job, own=KEYLESS)
    serve_files(api, FIRST, b"n,id\nc,3\n", b"id,n\n")
    assert read_ids(read(declared)) == ["1", "2", "3"]
    serve_files(api, FIRST, last)
    assert "shares no column with the header of the first page" in str(failure(declared))


def test_children_may_have_columns_of_their_own(api: ScriptedApi) -> None:
    api.always("/forms", {"data": [{"id": 1}, {"id": 2}]})
    api.always("/forms/1/answers", Reply(b"Name\nAda\n", headers=CSV))
    api.always("/forms/2/answers", Reply(b"Age\n7\n", headers=CSV))
    answers = resource(
        "answers",
        path="/forms/{resources.forms.id}/answers",
        decoder="csv",
        data_selector=None,
        incremental=None,
        own=KEYLESS,
    )
    rows = read(declare(resource("forms", incremental=None), answers), "answers")
    assert {value for row in rows for value in row.values()} >= {"Ada", "7"}
