"""Where a listing ended at page 0, a page 1 without an answer leaves open whether rows follow."""

from itertools import count
from typing import Any

import pytest

from analytics_ingest_tests.extract.test_other_pages_as_page_0 import (
    FLAG,
    REFUSED,
    declare_items,
    read,
    serve,
)
from analytics_ingest_tests.support.loads import declare, open_items
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

UNKNOWN = "it is not known whether page 1 has others"


def refuse_page_1(answer: Any, times: int, served: Script) -> Script:
    """Serve another answer in place of page 1, so many times."""
    refused = count()

    def script(asked: Asked) -> Any:
        is_page_1 = asked.query.get("page") == "1"
        return answer if is_page_1 and next(refused) < times else served(asked)

    return script


def read_with_warnings(
    api: ScriptedApi, script: Script, **more: Any
) -> tuple[list[int], list[str]]:
    api.on("/items", script)
    declared = declare(declare_items(FLAG, "id"), concurrency=1, **more)
    with open_items(declared) as (items, stats):
        return [one["id"] for one in items], stats["items"].warnings


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_refusal_of_page_1_hides_no_row(api: ScriptedApi, status: int) -> None:
    django = serve("a flag", 1, range(1, 12), "the last page", "404")
    error = read(
        lambda: api.on("/items", refuse_page_1(Reply({}, status), 1, django)),
        declare_items(FLAG, "id"),
    )
    assert isinstance(error, str)
    assert REFUSED in error


@pytest.mark.parametrize(
    "answer", [Reply({}, 403), Reply({}, 429), Reply({}, 503), {"error": "try later"}], ids=str
)
@pytest.mark.parametrize("first", [0, 1])
def test_a_page_1_without_an_answer_is_a_warning(api: ScriptedApi, answer: Any, first: int) -> None:
    served = serve("a flag", first, range(1, 4), "the last page")
    rows, warnings = read_with_warnings(api, refuse_page_1(answer, 99, served))
    assert rows == [1, 2, 3]
    (warning,) = warnings
    assert UNKNOWN in warning
    assert "load it again, or declare paginator.base_page" in warning


@pytest.mark.parametrize("status", [400, 404, 410, 416, 422])
def test_a_status_of_a_missing_page_1_is_not_warned_of(api: ScriptedApi, status: int) -> None:
    served = serve("a flag", 0, range(1, 4))
    answer = read_with_warnings(api, refuse_page_1(Reply({}, status), 99, served))
    assert answer == ([1, 2, 3], [])


def test_a_page_1_that_no_budget_is_left_for_is_a_warning(api: ScriptedApi) -> None:
    script = serve("a flag", 0, range(1, 4))
    rows, (warning,) = read_with_warnings(api, script, rate={"requests": 1, "per": "1d"})
    assert rows == [1, 2, 3]
    assert UNKNOWN in warning
