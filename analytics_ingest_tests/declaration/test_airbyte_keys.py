"""What documents write means its clean form, key by key; what is clean already is left alone."""

import copy
from typing import Any

import pytest

from analytics_ingest.declaration.airbyte.translate import translate
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.declaration.declaring import API, declare, endpoint_mistake
from analytics_ingest_tests.support.projects import APIS, DEFS
from analytics_ingest_tests.support.yaml_text import read_yaml

ENDPOINTS = [
    *(
        pytest.param(f"data_selector: {written}", f"data_selector: {clean}", id=f"{written}")
        for written, clean in {
            "[]": "$",
            "'[]'": "$",
            "''": "null",
            "[data]": "data",
            "[a, '*', b]": "'a.*.b'",
            "[a.b, c]": "[a.b, c]",
        }.items()
    ),
    pytest.param("http_method: post", "method: POST", id="http_method"),
    pytest.param("auth: basic", "auth: http_basic", id="basic"),
    pytest.param(
        "auth: {type: oauth2, token_url: /t}",
        "auth: {type: oauth2_client_credentials, access_token_url: /t}",
        id="oauth2 with its token_url",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, datetime_format: '%s'}",
        "incremental: {cursor_path: at, cursor_format: epoch_s, param_format: epoch_s}",
        id="epoch seconds",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, datetime_format: '%ms'}",
        "incremental: {cursor_path: at, cursor_format: epoch_ms, param_format: epoch_ms}",
        id="epoch milliseconds",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, datetime_format: '%Y-%m-%dT%H:%M:%SZ'}",
        "incremental: {cursor_path: at}",
        id="a format that is written anyway",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, datetime_format: '%Y-%m-%d'}",
        "incremental: {cursor_path: at, param_format: '%Y-%m-%d'}",
        id="a date is sent as a date, read as ISO 8601",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, datetime_format: '%Y-%m-%dT%H:%M:%S.%_msZ'}",
        "incremental: {cursor_path: at, param_format: '%Y-%m-%dT%H:%M:%S.000Z'}",
        id="milliseconds of a whole second",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, datetime_format: '%d/%m/%Y'}",
        "incremental: {cursor_path: at, cursor_format: '%d/%m/%Y', param_format: '%d/%m/%Y'}",
        id="another order is read and sent by the pattern",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, lookback_window: PT6H}",
        "incremental: {cursor_path: at, lookback: 6h}",
        id="a lookback",
    ),
    pytest.param(
        "incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, "
        "end_datetime: '2030-01-01', cursor_granularity: PT1S, "
        "start_time_option: {field_name: since, inject_into: request_parameter}, "
        "end_time_option: until}",
        "incremental: {cursor_path: at, start_param: since, end_param: until}",
        id="query parameters of the window",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, "
        "start_time_option: {field_name: X-Since, inject_into: header}, "
        "end_time_option: {field_name: until, inject_into: body_json}}, json: {a: 1}",
        "incremental: {cursor_path: at}, headers: {X-Since: '{incremental.start_value}'}, "
        "json: {a: 1, until: '{incremental.end_value}'}",
        id="the window in a header and in the body",
    ),
    pytest.param(
        "paginator: {type: cursor, cursor_param: c, start_time_option: {field_name: since}, "
        "end_time_option: {field_name: until}}, incremental: {cursor_path: at}",
        "paginator: {type: cursor, cursor_param: c}, "
        "incremental: {start_param: since, end_param: until, cursor_path: at}",
        id="the window in the paginator",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at}, incremental: null",
        "incremental: null",
        id="a snapshot stays one",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at}, incremental: {cursor_path: own}",
        "incremental: {cursor_path: own}",
        id="the clean form wins",
    ),
    pytest.param(
        "path: '/r/{{ stream_partition.repo }}/i', "
        "partition_router: {type: list, values: [x, y], cursor_field: repo}",
        "path: '/r/{repo}/i', params: {repo: {type: each, values: [x, y]}}",
        id="values in the path",
    ),
    pytest.param(
        "path: /i, params: {a: 1}, partition_router: {type: list, values: [x, y], "
        "cursor_field: repo, request_option: {field_name: r, inject_into: request_parameter}}",
        "path: /i, params: {a: 1, r: {type: each, values: [x, y]}}",
        id="values in the query",
    ),
    pytest.param(
        "path: /i, partition_router: {type: list, values: [x], cursor_field: repo, "
        "request_option: {field_name: X-Repo, inject_into: header}}",
        "path: /i, headers: {X-Repo: '{repo}'}, params: {repo: {type: each, values: [x]}}",
        id="values in a header",
    ),
    pytest.param(
        "path: '/r/{repo}', partition_router: "
        "{values: \"{{ config['repos'] }}\", cursor_field: repo}",
        "path: '/r/{repo}', params: {repo: {type: each, values: '{settings.repos}'}}",
        id="values of a setting",
    ),
    pytest.param(
        "path: '/a/{stream_slice.a_id}/b', partition_router: "
        "{type: substream, parent_stream: a, parent_key: uid, partition_field: a_id}",
        "path: '/a/{a_id}/b', params: {a_id: {type: resolve, resource: a, field: uid}}",
        id="a parent",
    ),
    pytest.param(
        "path: '/a/{a_id}/b', partition_router: [{type: SubstreamPartitionRouter, "
        "parent_stream_configs: [{stream: '#/definitions/a', partition_field: a_id}]}]",
        "path: '/a/{a_id}/b', params: {a_id: {type: resolve, resource: a, field: id}}",
        id="a parent in lists",
    ),
    pytest.param(
        "path: /b, json: {of: '{{ stream_partition.a_id }}'}, partition_router: "
        "{type: substream, parent_stream: a, parent_key: id, partition_field: a_id}",
        "path: /b, json: {of: '{resources.a.id}'}",
        id="a parent in the body",
    ),
    pytest.param(
        "path: /b, partition_router: {type: substream, parent_stream: a, parent_key: id, "
        "partition_field: a_id, request_option: {field_name: of, inject_into: request_parameter}}",
        "path: /b, params: {of: '{resources.a.id}'}",
        id="a parent in the query",
    ),
    pytest.param(
        "path: '/{{ config[\"org\"] }}/{config.team}/{{ b_id }}', params: "
        "{b_id: 7, x: \"{{ config['x'] }}\", literal: '{{ b_id }}'}",
        "path: '/{settings.org}/{settings.team}/{b_id}', params: "
        "{b_id: 7, x: '{settings.x}', literal: '{{ b_id }}'}",
        id="settings and placeholders",
    ),
]


def attributes(endpoint: str) -> dict[str, Any]:
    """An API with this endpoint."""
    written = read_yaml(f"{{{endpoint}}}")
    return {"client": {"base_url": "x"}, "resources": [{"name": "b", "endpoint": written}]}


WINDOWS = [
    pytest.param(
        'path: "/{% for o in config.all %}{{ o }}{% endfor %}"',
        'path: "/{% for o in config.all %}{{ o }}{% endfor %}"',
        id="the variable of a loop in a path",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, step: P7D, start_datetime: '2026-02-01', "
        "start_time_option: since, end_time_option: until}",
        "incremental: {cursor_path: at, start_param: since, end_param: until, "
        "initial_value: '2026-02-01', max_window: 7d}",
        id="the first window and the longest one",
    ),
    pytest.param(
        "path: \"/r/{{ stream_interval['start_time'] }}\", "
        "incremental_sync: {cursor_field: at, step: P1D}",
        "path: '/r/{incremental.start_value}', incremental: {cursor_path: at, max_window: 1d}",
        id="a day in the path",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, step: P1M, start_time_option: since}",
        "incremental: {cursor_path: at, start_param: since, max_window: 28d}",
        id="months of which only the start is sent",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, step: P60D, start_time_option: since}",
        "incremental: {cursor_path: at, start_param: since}",
        id="a long step without an end",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, step: P1Y, start_time_option: since}",
        "incremental: {cursor_path: at, start_param: since, max_window: 28d}",
        id="years of which only the start is sent",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, start_datetime: '2026-02-01T00:00:00+05:00', "
        "start_time_option: since}",
        "incremental: {cursor_path: at, start_param: since, initial_value: '2026-01-31T19:00:00Z'}",
        id="a start with an offset",
    ),
    pytest.param(
        "incremental_sync: {cursor_field: at, step: P1D, start_datetime: '2026-02-01'}",
        "incremental: {cursor_path: at}",
        id="a window that is not sent",
    ),
]


@pytest.mark.parametrize(("written", "clean"), ENDPOINTS)
def test_an_endpoint_of_a_document_has_a_clean_form(written: str, clean: str) -> None:
    given = attributes(written)
    before = copy.deepcopy(given)
    assert translate(API, given) == attributes(clean)
    assert given == before


@pytest.mark.parametrize(("written", "clean"), WINDOWS)
def test_windows_that_requests_hold_begin_and_end_as_in_airbyte(written: str, clean: str) -> None:
    translated = translate(API, attributes(written))
    assert translated["resources"] == attributes(clean)["resources"]


SYNC = {"cursor_field": "at", "step": "P1D", "start_datetime": "2026-02-01"}
LIMITS = {"initial_value": "2026-02-01", "max_window": "1d"}
IN_PATH = {"path": "/{{ stream_interval.start_time }}"}
IN_PARAMS = {"params": {"since": "{incremental.start_value}"}}


@pytest.mark.parametrize(
    ("shared", "own", "expected"),
    [
        pytest.param(
            {"incremental_sync": SYNC},
            IN_PATH,
            {"cursor_path": "at", **LIMITS},
            id="a sync of the defaults, a window of the resource",
        ),
        pytest.param(
            IN_PARAMS,
            {"incremental_sync": SYNC},
            {"cursor_path": "at", **LIMITS},
            id="a window of the defaults, a sync of the resource",
        ),
        pytest.param({**IN_PARAMS, "incremental_sync": SYNC}, {}, None, id="both of the defaults"),
        pytest.param({"incremental_sync": SYNC}, {"path": "/whole"}, None, id="no window"),
        pytest.param(
            {"incremental_sync": SYNC},
            {**IN_PATH, "incremental": {"cursor_path": "of"}},
            {"cursor_path": "of", "max_window": "1d"},
            id="a cursor of the resource, which has no start",
        ),
        pytest.param(
            {"incremental_sync": SYNC},
            {**IN_PATH, "incremental_sync": {**SYNC, "step": "PT1H"}},
            {"cursor_path": "at", "initial_value": "2026-02-01", "max_window": "1h"},
            id="a sync of both",
        ),
        pytest.param(
            {"incremental_sync": SYNC}, {**IN_PATH, "incremental": None}, None, id="no cursor"
        ),
    ],
)
def test_the_sync_of_a_resource_else_of_the_defaults_limits_the_windows_of_requests(
    shared: dict[str, Any], own: dict[str, Any], expected: Any
) -> None:
    attributes = {
        "client": {"base_url": "https://shop.test"},
        "resource_defaults": {"endpoint": shared},
        "resources": [{"name": "b", "endpoint": own}],
    }
    translated = translate(API, attributes)
    assert translated["resources"][0]["endpoint"].get("incremental") == expected
    if "params" in shared and "incremental_sync" in shared:
        limited = translated["resource_defaults"]["endpoint"]["incremental"]
        assert limited == {"cursor_path": "at", **LIMITS}


def test_the_sync_of_changes_limits_their_windows() -> None:
    changes = {"endpoint": {"path": "/c", "incremental_sync": SYNC, **IN_PARAMS}}
    resource = {"name": "b", "endpoint": {"path": "/b"}, "changes": changes}
    given = {"client": {"base_url": "https://shop.test"}, "resources": [resource]}
    (translated,) = translate(API, given)["resources"]
    assert translated["changes"]["endpoint"]["incremental"] == {"cursor_path": "at", **LIMITS}


@pytest.mark.parametrize("step", ["1 day", "P", "{{ config.step }}"])
def test_a_step_that_is_not_a_duration_is_refused(step: str) -> None:
    sync = f"incremental_sync: {{cursor_field: at, step: '{step}'}}"
    with pytest.raises(DeclarationError, match="write one such as P1D or PT1H"):
        translate(API, attributes(sync))


@pytest.mark.parametrize("clean", [param.values[1] for param in ENDPOINTS])
def test_what_is_clean_stays_as_it_is(clean: str) -> None:
    assert translate(API, attributes(clean)) == attributes(clean)


@pytest.mark.parametrize("api", APIS)
def test_the_shipped_declarations_are_clean(api: str) -> None:
    written = read_yaml((DEFS / api / "defs.yaml").read_text())["attributes"]
    assert translate(api, written) == written


@pytest.mark.parametrize("place", ["resource", "endpoint"])
def test_cursor_and_router_may_be_on_the_resource_or_on_its_endpoint(place: str) -> None:
    moved = {
        "incremental_sync": {"cursor_field": "at"},
        "partition_router": {"values": ["x"], "cursor_field": "of"},
    }
    resource: dict[str, Any] = {"name": "b", "endpoint": "/{of}"}
    if place == "resource":
        resource |= moved
    else:
        resource["endpoint"] = {"path": "/{of}", **moved}
    (clean,) = translate(API, {"client": {"base_url": "x"}, "resources": [resource]})["resources"]
    assert clean == {
        "name": "b",
        "endpoint": {
            "path": "/{of}",
            "incremental": {"cursor_path": "at"},
            "params": {"of": {"type": "each", "values": ["x"]}},
        },
    }


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param({}, {"start": "2024-03-01", "every": "hourly"}, id="not declared"),
        pytest.param(
            {"partitions": "weekly"}, {"start": "2024-03-01", "every": "weekly"}, id="length only"
        ),
        pytest.param(
            {"partitions": {"start": "2026-01-01"}},
            {"start": "2026-01-01", "every": "hourly"},
            id="start only",
        ),
    ],
)
def test_partitions_begin_with_the_earliest_cursor_and_have_the_shortest_step(
    own: dict[str, Any], expected: dict[str, str]
) -> None:
    syncs = [
        {"cursor_field": "at", "start_datetime": "2025-01-01T00:00:00Z", "step": "P1D"},
        {"cursor_field": "at", "start_datetime": {"datetime": "2024-03-01"}, "step": "PT1H"},
        {"cursor_field": "at", "start_datetime": "{{ config['start_date'] }}", "step": "P30D"},
        {"cursor_field": "at"},
    ]
    resources = [{"name": f"r{n}", "incremental_sync": sync} for n, sync in enumerate(syncs)]
    given = {"client": {"base_url": "x"}, "resources": resources, **own}
    assert translate(API, given)["partitions"] == expected


def test_the_clients_base_url_headers_and_auth_are_rewritten() -> None:
    given = {
        "client": {
            "base_url": "https://{{ config['subdomain'] }}.x.test/{config.version}",
            "headers": {"X-Account": "{{ config.account }}"},
            "auth": {"type": "oauth2", "token_url": "https://{config.sub}.x.test", "scope": "a"},
        },
        "resources": ["a"],
    }
    assert translate(API, given)["client"] == {
        "base_url": "https://{settings.subdomain}.x.test/{settings.version}",
        "headers": {"X-Account": "{settings.account}"},
        "auth": {
            "type": "oauth2_client_credentials",
            "access_token_url": "https://{settings.sub}.x.test",
            "scope": "a",
        },
    }


def test_time_options_of_the_clients_paginator_hold_for_all_resources() -> None:
    paginator = {"type": "single_page", "start_time_option": {"field_name": "since"}}
    given = {"client": {"base_url": "x", "paginator": paginator}, "resources": ["a"]}
    clean = translate(API, given)
    assert clean["client"]["paginator"] == {"type": "single_page"}
    assert clean["resource_defaults"]["endpoint"]["incremental"] == {"start_param": "since"}


def test_a_declaration_in_the_form_of_a_document_is_the_one_in_the_clean_form() -> None:
    written = """
    resources:
      - a
      - name: b
        endpoint: {path: '/a/{{ stream_partition.a_id }}/b', http_method: GET}
        incremental_sync: {cursor_field: at, start_datetime: '2024-03-01', step: P1M}
        partition_router: {parent_stream: a, parent_key: id, partition_field: a_id}
    """
    clean = """
    partitions: {start: '2024-03-01', every: monthly}
    resources:
      - a
      - name: b
        endpoint:
          path: '/a/{a_id}/b'
          method: GET
          incremental: {cursor_path: at}
          params: {a_id: {type: resolve, resource: a, field: id}}
    """
    assert declare(written) == declare(clean)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(
            "incremental_sync: {cursor_field: at, lookback_window: P1Y}",
            "incremental_sync.lookback_window: 'P1Y' is not a duration such as P2D or PT6H; write "
            "incremental.lookback: 2d",
            id="a lookback of years",
        ),
        pytest.param(
            "incremental_sync: {cursor_field: at, start_time_option: "
            "{field_name: a, inject_into: path}}",
            "start_time_option.inject_into: 'path' is unknown; allowed are request_parameter, "
            "header, body_json, body_data",
            id="a place where nothing can be put",
        ),
        pytest.param(
            "data: 'a=1', incremental_sync: {cursor_field: at, start_time_option: "
            "{field_name: since, inject_into: body_data}}",
            "endpoint.data: is a text, to which 'since' cannot be added; write an object",
            id="a field beside a text",
        ),
        pytest.param(
            "partition_router: {type: list, values: [a]}",
            "partition_router.cursor_field: is required; name the placeholder",
            id="values without a name",
        ),
        pytest.param(
            "partition_router: {type: substream}",
            "partition_router: names neither values nor a parent_stream; declare one of them",
            id="a router that says nothing",
        ),
    ],
)
def test_what_cannot_be_translated_is_explained(written: str, message: str) -> None:
    assert endpoint_mistake(written) == f"shop.b: {message}"
