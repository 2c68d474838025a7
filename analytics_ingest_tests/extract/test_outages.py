"""When an API counts as down: several paths in a row do not answer, not one."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiDownError, LoadError, PartialLoadError
from analytics_ingest_tests.support.loads import declare, failure, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import NoSuchTable

HANDLER = {"retry_on_status_codes": [429, 500], "max_retries": 1, "backoff_factor": 0.05}
OFFSET = {"type": "offset", "limit": 2}


def many(concurrency: int, *further: str, read_timeout: float = 60) -> Any:
    names = ["a", "parents", "children", "z", *further]
    keys: dict[str, dict[str, Any]] = {
        "children": {"path": "/parents/{resources.parents.id}/children"},
        "z": {"paginator": OFFSET},
    }
    listed = [resource(name, error_handler=HANDLER, **keys.get(name, {})) for name in names]
    return declare(*listed, concurrency=concurrency, timeouts={"read": read_timeout})


@pytest.fixture
def healthy(api: ScriptedApi) -> ScriptedApi:
    api.always("/a", {"data": rows(1)})
    api.always("/parents", {"data": rows(4)})
    for number in range(1, 5):
        api.always(f"/parents/{number}/children", {"data": [row(number)]})
    api.on("/z", by_offset(rows(22)))
    return api


@pytest.mark.parametrize(
    ("concurrency", "reply"),
    [
        pytest.param(1, Reply({}, 500), id="500, one at a time"),
        pytest.param(10, Reply({}, 500), id="500, all at once"),
        pytest.param(4, Reply({}, 503), id="503, not listed"),
        pytest.param(1, Reply({}, 429), id="429, one at a time"),
        pytest.param(10, Reply({}, 429), id="429, all at once"),
        pytest.param(4, Reply({"data": []}, delay=1), id="a time-out"),
    ],
)
def test_one_path_that_fails_fails_its_resource_alone(
    healthy: ScriptedApi, concurrency: int, reply: Reply
) -> None:
    healthy.always("/parents/2/children", reply)
    error = failure_of_load(many(concurrency, read_timeout=0.4))
    assert str(error).startswith("demo.children: GET /parents/")
    assert table("a") == [1]
    assert table("parents") == [1, 2, 3, 4]
    assert len(table("z")) == 22
    with pytest.raises(NoSuchTable):
        table("children")


def test_two_poisonous_resources_fail_alone(healthy: ScriptedApi) -> None:
    healthy.always("/parents/2/children", Reply({}, 500))
    healthy.always("/b", Reply({}, 500))
    error = failure_of_load(many(1, "b"))
    assert isinstance(error, PartialLoadError)
    assert set(error.failures) == {"children", "b"}
    assert len(table("z")) == 22


@pytest.mark.parametrize("concurrency", [1, 10])
def test_an_api_whose_every_path_fails_is_not_flooded(api: ScriptedApi, concurrency: int) -> None:
    names = [f"items_{number}" for number in range(30)]
    for name in names:
        api.always(f"/{name}", Reply({}, 500))
    listed = [resource(name, error_handler=HANDLER) for name in names]
    error = failure(declare(*listed, concurrency=concurrency))
    assert isinstance(error, PartialLoadError)
    assert set(error.failures) == set(names)
    assert all(isinstance(cause, ApiDownError) for cause in error.failures.values())
    assert len(api.asked) <= 8


def test_an_api_that_goes_down_in_the_middle_is_not_flooded(api: ScriptedApi) -> None:
    names = [f"items_{number}" for number in range(40)]
    for name in names:
        api.on(f"/{name}", lambda _: {"data": rows(1)} if len(api.asked) < 5 else Reply({}, 500))
    listed = [resource(name, error_handler=HANDLER) for name in names]
    error = failure(declare(*listed, concurrency=1))
    assert isinstance(error, PartialLoadError)
    assert set(error.failures) == set(names[4:])
    assert len(api.asked) == 4 + 3 * 2


def failure_of_load(declaration: Any) -> LoadError:
    with pytest.raises(LoadError) as caught:
        load(declaration)
    return caught.value
