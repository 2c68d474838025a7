"""GraphQL: a query is sent as it is, and what changes from request to request is in variables."""

from typing import Any

import pytest

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.loads import day, declare, failure, read, read_ids, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi
from analytics_ingest_tests.support.yaml_text import read_yaml

QUERY = "query Shop($id: ID!) { shop(id: $id) { settings { config } items(filter: {a: {b: 1}}) } }"


def test_the_example_reads_its_pages_by_cursor_in_variables(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = read_yaml((ROOT / "examples" / "linear.yaml").read_text())["attributes"]
    declaration = resolve("linear", Api.model_validate(written))
    monkeypatch.setenv("SOURCES__LINEAR__BASE_URL", api.url)
    monkeypatch.setenv("SOURCES__LINEAR__API_KEY", "canary")
    served = [{"id": f"i{n}", "updatedAt": f"2026-01-05T10:{n:02d}:00Z"} for n in range(25)]

    def script(asked: Asked) -> Any:
        variables, query = asked.json["variables"], asked.json["query"]
        assert asked.headers["authorization"] == "canary"
        assert "{{" not in query
        kind = "issues" if "Issues" in query else "projects"
        if kind == "issues":
            assert variables["since"] == "2026-01-05T00:00:00Z"
            assert variables["until"] == "2026-01-06T00:00:00Z"
        at = int(variables.get("after") or 0)
        info = {"hasNextPage": at + 10 < len(served), "endCursor": str(at + 10)}
        return {"data": {kind: {"nodes": served[at : at + 10], "pageInfo": info}}}

    api.on("/graphql", script)
    read_rows = read(declaration, "issues", "projects", window=day(5))
    assert len(read_rows) == 50
    assert len({row["id"] for row in read_rows}) == 25
    assert [asked.method for asked in api.asked] == ["POST"] * 6


def test_a_query_is_sent_as_it_is_and_its_variables_are_filled(api: ScriptedApi) -> None:
    api.always("/shops", {"data": [{"id": 7, "updated_at": "2026-01-05T00:00:00Z"}]})
    api.on("/items", lambda asked: {"data": rows(2)})
    graphql = {
        "query": QUERY,
        "operation_name": "Shop",
        "variables": {"id": "{resources.shops.id}", "text": "a {{b}}", "n": 3},
    }
    declaration = declare(resource("shops"), resource(graphql=graphql))
    assert read_ids(declaration, "items") == [1, 2]
    (asked,) = api.requests_of("/items")
    variables = {"id": 7, "text": "a {b}", "n": 3}
    assert asked.json == {"query": QUERY, "operationName": "Shop", "variables": variables}


def test_errors_beside_data_fail_the_resource(api: ScriptedApi) -> None:
    api.always("/items", Reply({"data": None, "errors": [{"message": "no field a"}]}))
    error = failure(declare(resource(graphql="{ items { id } }", data_selector="data.items")))
    assert "demo.items" in str(error)


@pytest.mark.parametrize(
    ("endpoint", "problem"),
    [
        ({"graphql": "{ a }", "json": {"a": 1}}, "endpoint.json: cannot be combined with graphql"),
        ({"graphql": "{ a }", "data": "a"}, "endpoint.data: cannot be combined with graphql"),
        ({"graphql": "{ a }", "method": "GET"}, "endpoint.method: is not POST"),
    ],
)
def test_another_body_or_method_is_refused(endpoint: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem):
        declare(resource(**endpoint))


@pytest.mark.parametrize("query", ["{{ a }}", "{ a(id: {settings.shop}) }", "{% if a %}"])
def test_a_query_that_seems_to_be_filled_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match="a query is sent as it is; write each brace once"):
        Endpoint.model_validate({"graphql": query})
