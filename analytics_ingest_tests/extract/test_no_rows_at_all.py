"""An API that returns no rows at all is asked once without the paginator's parameters."""

from typing import Any

import pytest

from analytics_ingest_tests.extract.endings import (
    COUNTED,
    PAGINATORS,
)
from analytics_ingest_tests.support.loads import day, declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


def as_filters(asked: Asked) -> Any:
    """A server that reads unknown parameters as filters, of which no row is true."""
    return {"data": [] if asked.query else rows(3)}


@pytest.mark.parametrize("paginator", COUNTED)
def test_parameters_that_are_taken_for_filters_are_named(api: ScriptedApi, paginator: str) -> None:
    for name in ("items", "others"):
        api.on(f"/{name}", as_filters)
    both = [resource(name, paginator=PAGINATORS[paginator]) for name in ("items", "others")]
    error = failure(declare(*both))
    assert "takes them for filters" in str(error)
    assert len(api.asked) == 3
    assert "takes them for filters" in " ".join(try_(*both).wrong)


def test_an_api_without_rows_is_asked_once_more(api: ScriptedApi) -> None:
    for name in ("items", "others"):
        api.always(f"/{name}", {"data": []})
    both = [resource(name, paginator=PAGINATORS["offset"]) for name in ("items", "others")]
    assert extract(declare(*both))["items"].warnings == []
    assert len(api.asked) == 3
    assert try_(*both).status == 0


@pytest.mark.parametrize("paginator", COUNTED)
def test_an_api_whose_rows_are_all_older_than_the_window_is_not_blamed(
    api: ScriptedApi, paginator: str
) -> None:
    api.on("/items", lambda asked: {"data": [] if "since" in asked.query else rows(3)})
    window = {"start_param": "since", "end_param": "until", "max_window": "1d"}
    items = resource(paginator=PAGINATORS[paginator], incremental=window)
    extracted = extract(declare(items), window=day(20))["items"]
    assert (extracted.rows_read, extracted.warnings) == (0, [])
    assert api.asked[-2].query == {}


@pytest.mark.parametrize("answer", [Reply({}, 503), Reply({}, 429)], ids=lambda one: one.status)
def test_a_probe_of_the_parameters_without_an_answer_is_a_warning(
    api: ScriptedApi, answer: Reply
) -> None:
    api.on("/items", lambda asked: {"data": []} if asked.query else answer)
    extracted = extract(declare(resource(paginator=PAGINATORS["offset"])))["items"]
    (warning,) = extracted.warnings
    assert "it is not known whether the API takes" in warning
    assert "load it again" in warning


def test_an_outage_does_not_pass_for_parameters_that_are_taken_for_filters(
    api: ScriptedApi,
) -> None:
    def script(asked: Asked) -> Any:
        if asked.query and "since" not in asked.query and len(api.asked) > 3:
            return Reply({}, 503)
        return {"data": [] if asked.query else rows(3)}

    api.on("/items", script)
    window = {"start_param": "since", "end_param": "until"}
    items = resource(paginator=PAGINATORS["offset"], incremental=window)
    (warning,) = extract(declare(items), window=day(20))["items"].warnings
    assert "it is not known whether the API takes" in warning
