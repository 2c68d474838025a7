"""What comes back empty though it is not: parameters and keys that an API does not know."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

JANUARY = [row(number, f"2026-01-{number:02}T10:00:00Z") for number in range(1, 20)]
SENT = {"start_param": "since", "end_param": "until"}


def since(served: Sequence[Any], *known: str) -> Script:
    """Serve the rows of a window, but none where a parameter is not known."""

    def script(asked: Asked) -> dict[str, Any]:
        if set(asked.query) - {*known, "limit", "offset"}:
            return {"data": []}
        at_least, before = asked.query.get("since", ""), asked.query.get("until", "z")
        return {"data": [r for r in served if at_least <= r["updated_at"] < before]}

    return script


@pytest.mark.parametrize("days", [range(1, 20), range(1, 4)], ids=["in the window", "before it"])
@pytest.mark.parametrize(
    ("incremental", "named"),
    [
        pytest.param({"start_param": "sinse"}, "sinse=2026-01-10T00:00:00Z", id="start_param"),
        pytest.param({"end_param": "untill"}, "untill=2026-01-11T00:00:00Z", id="end_param"),
    ],
)
def test_an_unknown_parameter_that_is_answered_with_no_rows_is_named(
    api: ScriptedApi, days: range, incremental: dict[str, str], named: str
) -> None:
    api.on("/items", since([JANUARY[number - 1] for number in days], "since", "until"))
    error = failure(declare(resource(incremental=incremental)), window=day(10))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert named in str(error)
    assert len(api.asked) == 3


@pytest.mark.parametrize(
    "only",
    [pytest.param("T", id="only with a T"), pytest.param(" ", id="only with a blank")],
)
def test_a_format_that_the_api_cannot_read_is_reported(api: ScriptedApi, only: str) -> None:
    """It answers with no rows to a moment that it cannot read."""

    def script(asked: Asked) -> dict[str, Any]:
        sent = asked.query.get("since")
        start = read_iso8601(sent) if sent and only in sent else None
        found = [r for r in JANUARY if start and (read_iso8601(r["updated_at"]) or start) >= start]
        return {"data": JANUARY if sent is None else found}

    api.on("/items", script)
    wrong = {"T": "%Y-%m-%d %H:%M:%S", " ": "iso8601"}[only]
    right = {"T": "iso8601", " ": "%Y-%m-%d %H:%M:%S"}[only]
    wrong_format = {"start_param": "since", "param_format": wrong}
    assert "param_format" in str(
        failure(declare(resource(incremental=wrong_format)), window=day(10))
    )
    known = {"start_param": "since", "param_format": right}
    assert read_ids(declare(resource(incremental=known)), window=day(10)) == [10]


def test_a_quiet_window_costs_two_more_requests(api: ScriptedApi) -> None:
    api.on("/items", since(JANUARY, "since", "until"))
    stats = extract(declare(resource(incremental=SENT)), window=day(25))["items"]
    assert (stats.requests, stats.rows_read) == (3, 0)
    assert api.sent("/items", "since") == [
        "2026-01-25T00:00:00Z",
        None,
        "2026-01-19T00:00:00Z",
    ]


def test_a_window_with_rows_costs_none(api: ScriptedApi) -> None:
    api.on("/items", since(JANUARY, "since", "until"))
    assert extract(declare(resource(incremental=SENT)), window=day(10))["items"].requests == 1


def test_an_empty_listing_costs_one(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    assert extract(declare(resource(incremental=SENT)), window=day(10))["items"].requests == 2


@pytest.mark.parametrize("status", [400, 403, 422, 429, 503])
def test_an_api_that_insists_on_a_window_is_believed(api: ScriptedApi, status: int) -> None:
    api.on("/items", lambda asked: {"data": []} if "since" in asked.query else Reply({}, status))
    stats = extract(declare(resource(incremental=SENT)), window=day(10))["items"]
    assert (stats.requests, stats.retries) == (2, 0)


def test_a_row_that_appears_meanwhile_is_not_a_mistake_of_the_window(api: ScriptedApi) -> None:
    served: list[Any] = []

    def script(asked: Asked) -> dict[str, Any]:
        found = since(list(served), "since", "until")(asked)
        served[:] = [row(1, "2026-01-10T10:00:00Z")]
        return found

    api.on("/items", script)
    assert extract(declare(resource(incremental=SENT)), window=day(10))["items"].rows_loaded == 0


def test_the_filter_of_many_empty_listings_is_probed_once(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(30)})
    for number in range(1, 31):
        api.on(f"/parents/{number}/items", since(JANUARY, "since", "until"))
    child = resource(path="/parents/{resources.parents.id}/items", incremental=SENT)
    stats = extract(declare(resource("parents"), child), window=day(25))["items"]
    assert stats.requests == 30 + 2


def test_other_resources_are_loaded_though_a_filter_is_wrong(api: ScriptedApi) -> None:
    api.on("/items", since(JANUARY, "since"))
    api.on("/others", since(JANUARY, "since"))
    wrong = resource(incremental={"start_param": "sinse"})
    with pytest.raises(ApiError, match=r"demo\.items: GET /items: .*sinse"):
        load(declare(wrong, resource("others")), window=day(10))
    assert table("others") == [10]


AUTHS = pytest.mark.parametrize(
    "auth",
    [
        {"type": "api_key", "name": "X-Key", "location": "header"},
        {"type": "api_key", "name": "key", "location": "query"},
        {"type": "bearer"},
        {"type": "http_basic"},
    ],
    ids=["header", "query", "bearer", "basic"],
)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "API_TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary-key")


def is_signed(asked: Asked) -> bool:
    """Whether the right key was sent, wherever it is sent."""
    basic = "Basic Y2FuYXJ5LWtleTpjYW5hcnkta2V5"
    sent = {asked.headers.get("authorization"), asked.headers.get("x-key"), asked.query.get("key")}
    return bool(sent & {"canary-key", "Bearer canary-key", basic})


@AUTHS
def test_a_wrong_key_that_is_answered_with_no_rows_fails(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, auth: dict[str, Any]
) -> None:
    for name in ("API_KEY", "API_TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary-wrong")
    api.on("/items", lambda asked: {"data": JANUARY if is_signed(asked) else []})
    error = failure(declare(resource(), client={"auth": auth}))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "check the key of demo" in str(error)
    assert "canary" not in str(error)
    assert len(api.asked) == 2


def test_one_made_up_key_speaks_for_all_resources(api: ScriptedApi) -> None:
    names = [f"items_{number}" for number in range(5)]
    for name in names:
        api.always(f"/{name}", {"data": []})
    error = failure(declare(*map(resource, names), client={"auth": "bearer"}))
    assert all(f"demo.{name}: " in str(error) for name in names)
    assert len(api.asked) == 5 + 1


@AUTHS
@pytest.mark.parametrize("status", [401, 403])
def test_an_empty_api_that_refuses_wrong_keys_is_empty(
    api: ScriptedApi, auth: dict[str, Any], status: int
) -> None:
    api.on("/items", lambda asked: {"data": []} if is_signed(asked) else Reply({}, status))
    (stats,) = extract(declare(resource(), client={"auth": auth})).values()
    assert (stats.requests, stats.rows_loaded) == (2, 0)


@AUTHS
def test_one_row_of_any_resource_proves_the_key(api: ScriptedApi, auth: dict[str, Any]) -> None:
    api.always("/items", {"data": []})
    api.always("/others", {"data": rows(1)})
    extract(declare(resource(), resource("others"), client={"auth": auth}))
    assert len(api.asked) == 2
    assert all(map(is_signed, api.asked))


def test_rows_outside_a_window_prove_the_key(api: ScriptedApi) -> None:
    api.on("/items", since(JANUARY, "since", "until"))
    extract(declare(resource(incremental=SENT), client={"auth": "bearer"}), window=day(25))
    assert len(api.asked) == 3
    assert all(map(is_signed, api.asked))


def family(**child: Any) -> Any:
    path = "/parents/{resources.parents.id}/items"
    return declare(resource("parents"), resource(path=path, **child))


def test_a_parent_without_children_may_be_answered_404(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(3)})
    api.always("/parents/2/items", {"data": [row(20)]})
    lines: list[str] = []
    stats = load(family(), log=lines.append)["items"]
    assert table("items") == [20]
    assert (stats.listings, stats.listings_missing) == (3, 2)
    assert [line for line in lines if "demo.items: 2 of 3 listings count as empty" in line]


def test_a_listing_of_children_that_is_never_there_is_an_error(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(3)})
    with pytest.raises(ApiError, match=r"demo\.items: GET /parents/.*404.*3 rows of parents"):
        load(family())
    assert table("parents") == [1, 2, 3]


IGNORE = [{"status_code": 403, "action": "ignore"}]


@pytest.mark.parametrize(("parents", "ignored"), [(3, 3), (3, 2), (1, 1)])
def test_responses_that_are_ignored_for_all_parents_are_a_warning(
    api: ScriptedApi, parents: int, ignored: int
) -> None:
    api.always("/parents", {"data": rows(parents)})
    for number in range(1, parents + 1):
        refused = number <= ignored
        api.always(
            f"/parents/{number}/items", Reply({}, 403) if refused else {"data": [row(number)]}
        )
    lines: list[str] = []
    stats = extract(family(response_actions=IGNORE), log=lines.append)["items"]
    empty = f"{ignored} of {parents} listings count as empty, because response_actions ignored"
    assert [line for line in lines if f"demo.items: {empty}" in line]
    assert [w.startswith(empty) for w in stats.warnings] == [True] * (ignored == parents > 1)


def test_where_404_is_retried_it_has_to_last(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(2)})
    api.in_turn("/parents/1/items", [Reply({}, 404), {"data": [row(10)]}])
    handler = {"retry_on_status_codes": [404], "max_retries": 2, "backoff_factor": 0}
    assert read_ids(family(error_handler=handler), "items") == [10]
    assert len(api.requests_of("/parents/2/items")) == 3


def test_children_that_may_not_be_seen_are_an_error(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(2)})
    api.always("/parents/1/items", {"data": [row(10)]})
    api.always("/parents/2/items", Reply({}, 403))
    assert "403" in str(failure(family(), "items"))


def test_a_root_listing_that_is_not_there_is_an_error(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 404))
    assert "404" in str(failure(declare(resource(paginator={"type": "offset", "limit": 2}))))


INSISTING = "it is not known whether the API understands since and until, because the request for "


def refuse_all_but(name: str, status: int) -> Script:
    return lambda asked: {"data": []} if name in asked.query else Reply({}, status)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_probe_that_the_api_cannot_answer_now_is_a_warning(api: ScriptedApi, status: int) -> None:
    api.on("/items", refuse_all_but("since", status))
    lines: list[str] = []
    declaration = declare(resource(incremental=SENT))
    stats = extract(declaration, window=day(10), log=lines.append)["items"]
    (warning,) = stats.warnings
    assert warning.startswith(f"{INSISTING}that failed: ")
    assert str(status) in warning
    assert warning.endswith("; load it again")
    assert f"demo.items: {warning}" in lines


@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_probe_that_the_api_refuses_is_in_the_log(api: ScriptedApi, status: int) -> None:
    api.on("/items", refuse_all_but("since", status))
    lines: list[str] = []
    declaration = declare(resource(incremental=SENT))
    stats = extract(declaration, window=day(10), log=lines.append)["items"]
    assert not stats.warnings
    (line,) = [line for line in lines if INSISTING in line]
    assert line.startswith(f"demo.items: {INSISTING}that failed: ")
    assert str(status) in line


def test_a_probe_of_the_rows_own_day_that_is_not_answered_is_a_warning(api: ScriptedApi) -> None:
    """The first probe shows that there are rows, the second one nothing."""

    def script(asked: Asked) -> Any:
        start = asked.query.get("since")
        if start is None:
            return {"data": JANUARY}
        return {"data": []} if start.startswith("2026-01-25") else Reply({}, 429)

    api.on("/items", script)
    stats = extract(declare(resource(incremental=SENT)), window=day(25))["items"]
    (warning,) = stats.warnings
    assert warning.startswith(INSISTING)


@pytest.mark.parametrize(("status", "is_known"), [(429, False), (503, True)])
def test_a_wrong_key_that_the_api_does_not_judge_now_is_a_warning(
    api: ScriptedApi, status: int, is_known: bool
) -> None:
    api.on("/items", lambda asked: {"data": []} if is_signed(asked) else Reply({}, status))
    stats = extract(declare(resource(), client={"auth": "bearer"}))["items"]
    assert [warning.split(",")[0] for warning in stats.warnings] == (
        [] if is_known else ["it is not known whether the API would refuse a wrong key"]
    )
