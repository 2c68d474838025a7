"""Where page 0 of no declared first page is refused: page 1 says what that means, or a probe."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiDownError, LoadError
from analytics_ingest_tests.extract.test_first_pages import (
    ADVICE,
    EMPTY,
    OPEN,
    REFUSED,
    SIZE,
    SIZED,
    count_from,
)
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.jobs import JOB
from analytics_ingest_tests.support.loads import declare, extract, failure, open_items, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

NOT_FOUND: Any = Reply({}, 404)
DOWN: Any = Reply({}, 503)
IGNORE: dict[str, Any] = {"response_actions": [{"status_code": 400, "action": "ignore"}]}
UNKNOWN = "it is not known whether it has rows"


def read_children(
    api: ScriptedApi, script: Script, parents: int, *, concurrency: int = 4, **keys: Any
) -> tuple[list[Any], list[str]]:
    """The rows of the children of so many parents, all served by one script, and the warnings."""
    api.always("/lists", {"data": [{"id": number} for number in range(1, parents + 1)]})
    for number in range(1, parents + 1):
        api.on(f"/lists/{number}/items", script)
    endpoint = {"path": "lists/{resources.lists.id}/items", "paginator": {**OPEN, **SIZED}, **keys}
    parent, child = resource("lists", paginator="single_page"), resource("items", **endpoint)
    declared = declare(parent, child, concurrency=concurrency)
    with open_items(declared, "items") as (items, stats):
        return list(items), stats["items"].warnings


def once(answer: Any, script: Script, *, parent: int | None = None) -> Script:
    """Serve page 0 by another answer the first time, of one parent if it is given."""
    answers = [answer]

    def serve(asked: Asked) -> Any:
        is_asked = parent is None or asked.path == f"/lists/{parent}/items"
        if answers and is_asked and asked.query.get("page") == "0":
            return answers.pop()
        return script(asked)

    return serve


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_listing_whose_page_0_chance_refuses_is_asked_again(
    api: ScriptedApi, concurrency: int
) -> None:
    served = count_from(0, 6)

    def script(asked: Asked) -> Any:
        return EMPTY if int(asked.path.split("/")[2]) <= 12 else served(asked)

    with pytest.raises(LoadError, match=r"demo\.items"):
        read_children(api, once(REFUSED, script, parent=13), 40, concurrency=concurrency)


def test_a_listing_that_was_not_asked_for_page_0_is_asked_too(api: ScriptedApi) -> None:
    served = count_from(0, 6)

    def script(asked: Asked) -> Any:
        is_broken = asked.path == "/lists/1/items" and asked.query["page"] == "0"
        return REFUSED if is_broken else served(asked)

    with pytest.raises(LoadError, match="page 0 was refused, and has rows now"):
        read_children(api, script, 5, concurrency=1)


def test_the_only_page_that_chance_refuses_is_not_missing_unsaid(api: ScriptedApi) -> None:
    api.on("/items", once(REFUSED, count_from(0, 1)))
    error = failure(declare(resource(paginator={**OPEN, **SIZED})))
    assert "page 0 was refused, and has rows now" in str(error)


def test_a_probe_without_an_answer_fails_the_resource(api: ScriptedApi) -> None:
    for answer, kind in ((DOWN, ApiDownError), (Reply({}, 403), LoadError)):
        with case(answer):
            api.on("/items", once(REFUSED, count_from(1, 5, answer)))
            error = failure(declare(resource(paginator={**OPEN, **SIZED})))
            assert isinstance(error, kind)
            assert UNKNOWN in str(error)
            assert "declare paginator.base_page: 0, or 1" in str(error)


def test_a_probe_that_is_refused_by_chance_is_sent_again(api: ScriptedApi) -> None:
    api.on("/items", once(REFUSED, once(DOWN, count_from(1, 5, REFUSED))))
    loaded = extract(declare(resource(paginator={**OPEN, **SIZED})))["items"]
    assert loaded.rows_read == 5


def test_a_probe_without_a_budget_is_a_warning(api: ScriptedApi) -> None:
    api.on("/items", count_from(1, 5, REFUSED))
    rate = {"requests": 4, "per": "1d"}
    declared = declare(resource(paginator={**OPEN, **SIZED}), rate=rate)
    with open_items(declared) as (items, stats):
        assert len(list(items)) == 5
    assert any(UNKNOWN in warning for warning in stats["items"].warnings)


AS_NO_CHILDREN: dict[str, tuple[Any, dict[str, Any]]] = {
    "an ignored status": (REFUSED, IGNORE),
    "a 404": (NOT_FOUND, {}),
}


@pytest.mark.parametrize("sign", AS_NO_CHILDREN)
def test_a_refused_page_0_does_not_say_that_there_are_no_children(
    api: ScriptedApi, sign: str
) -> None:
    answer, keys = AS_NO_CHILDREN[sign]
    read, (warning,) = read_children(api, count_from(1, 3, answer), 3, **keys)
    assert len(read) == 9
    assert ADVICE in warning


def test_an_ignored_page_0_of_a_resource_without_a_parent_loses_no_row(api: ScriptedApi) -> None:
    api.on("/items", count_from(1, 5, REFUSED))
    loaded = extract(declare(resource(paginator={**OPEN, **SIZED}, **IGNORE)))["items"]
    assert (loaded.rows_read, loaded.listings_ignored) == (5, 0)


@pytest.mark.parametrize("sign", AS_NO_CHILDREN)
@pytest.mark.parametrize("page_1", [REFUSED, NOT_FOUND, Reply({}, 416)], ids=lambda r: r.status)
def test_parents_without_children_count_if_page_1_is_refused_too(
    api: ScriptedApi, sign: str, page_1: Any
) -> None:
    answer, keys = AS_NO_CHILDREN[sign]
    served = count_from(0, 3)

    def script(asked: Asked) -> Any:
        if asked.path == "/lists/3/items":
            return served(asked)
        return answer if asked.query["page"] == "0" else page_1

    read, warnings = read_children(api, script, 3, concurrency=1, **keys)
    assert (len(read), warnings) == (3, [])


def test_a_warning_waits_for_the_rows_of_page_1(api: ScriptedApi) -> None:
    read, warnings = read_children(api, count_from(1, 0, REFUSED), 3)
    assert (read, warnings) == ([], [])


@pytest.mark.parametrize("status", [401, 403, 405, 409, 500])
def test_page_1_that_is_refused_after_an_empty_page_0_names_the_key(
    api: ScriptedApi, status: int
) -> None:
    api.on("/items", lambda a: EMPTY if a.query["page"] == "0" else Reply({}, status))
    error = failure(declare(resource(paginator=OPEN)))
    assert "page 0 has no rows: declare paginator.base_page: 0" in str(error)


@pytest.mark.parametrize("place", ["path", "headers"])
def test_a_page_that_an_expression_sends_begins_at_1_in_all_listings(
    api: ScriptedApi, place: str
) -> None:
    token = "{{ next_page_token['next_page_token'] or 0 }}"
    path = "lists/{resources.lists.id}/items"

    def script(asked: Asked) -> Any:
        sent = asked.path.split("/")[4] if place == "path" else asked.headers["x-page"]
        page = int(sent)
        return {"data": rows(3)[(page - 1) * SIZE : page * SIZE]} if page else REFUSED

    api.always("/lists", {"data": [{"id": number} for number in range(1, 26)]})
    api.otherwise(script)
    keys = {"path": f"{path}/{token}"} if place == "path" else {"headers": {"x-page": token}}
    child = resource("items", **{"path": path, "paginator": OPEN, **keys})
    declared = declare(resource("lists", paginator="single_page"), child)
    assert extract(declared)["items"].rows_read == 3 * 25


def test_the_result_of_a_job_is_asked_for_page_0_again(api: ScriptedApi) -> None:
    served = count_from(1, 5, REFUSED)
    api.on("/reports", lambda _: Reply({"id": "job1"}, 202))
    api.always("/reports/job1", {"status": "DONE"})
    api.on("/results/job1", served)
    job = {name: value for name, value in JOB.items() if name != "targets"}
    paged = resource(path="/results/{{ creation_response.id }}", job=job, paginator=OPEN)
    assert extract(declare(paged))["items"].rows_read == 5
    assert api.sent("/results/job1", "page") == ["0", "1", "2", "3", "4", "0"]
