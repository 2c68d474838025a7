"""Mistakes in an endpoint's request and parents: each message says where, what, and what to do."""

import pytest

from analytics_ingest_tests.declaration.declaring import endpoint_mistake, mistake

PLACEHOLDERS = [
    pytest.param(
        "path: '/a/{a_id}/b'",
        "shop.b: endpoint.path: the placeholder {a_id} of '/a/{a_id}/b' has no parent; bind it in "
        "params: a_id: {type: resolve, resource: <parent>, field: id}, or write {settings.a_id} "
        "for a setting of the API",
        id="a placeholder that nothing fills",
    ),
    pytest.param(
        "path: '/a/{x}/b', params: {x: {value: 1}}",
        "shop.b: endpoint.path: the placeholder {x} of '/a/{x}/b' has no parent; bind it in "
        "params: x: {type: resolve, resource: <parent>, field: id}, or write {settings.x} for a "
        "setting of the API",
        id="a placeholder filled with an object",
    ),
    pytest.param(
        "path: '/b', params: {q: 'of {foo}'}",
        "shop.b: endpoint.params: the placeholder {foo} is unknown; use "
        "{resources.<parent>.<field>}, {settings.<name>} or {incremental.start_value}, and write "
        "a literal brace twice",
        id="an unknown placeholder in params",
    ),
    pytest.param(
        "path: '/b', json: {deep: [{q: '{foo}'}]}",
        "shop.b: endpoint.json: the placeholder {foo} is unknown; use "
        "{resources.<parent>.<field>}, {settings.<name>} or {incremental.start_value}, and write "
        "a literal brace twice",
        id="an unknown placeholder deep in the body",
    ),
    pytest.param(
        "path: '/b', params: {q: '{incremental.cursor}'}",
        "shop.b: endpoint.params: {incremental.cursor} is unknown; allowed are "
        "incremental.start_value, incremental.last_value, incremental.initial_value, "
        "incremental.end_value",
        id="an unknown value of the window",
    ),
    pytest.param(
        "path: '/b', headers: {X-Of: '{resources.a}'}",
        "shop.b: endpoint.headers: {resources.a} is not {resources.<parent>.<field>}",
        id="an expression without a field",
    ),
    pytest.param(
        "path: \"/b/{{ config['x'] | b64 }}\"",
        "shop.b: endpoint.path: '{{ config['x'] | b64 }}' is not an expression: No filter named "
        "'b64'; correct it",
        id="an unknown filter",
    ),
    pytest.param(
        'path: /b, params: {q: "{{ stream_partition.of | upper }}"}',
        "shop.b: endpoint.params: an expression reads stream_partition.of, which nothing fills; "
        "bind it in params: of: {type: resolve, resource: <parent>, field: id}, or to a list of "
        "values",
        id="a field of a partition that nothing fills",
    ),
    pytest.param(
        'path: /b, params: {q: "{{ stream_interval.middle | upper }}"}',
        "shop.b: endpoint.params: stream_interval.middle is unknown; use start_time or end_time",
        id="an unknown bound of the window",
    ),
    pytest.param(
        'path: /b, incremental: null, params: {q: "{{ stream_interval.start_time | upper }}"}',
        "shop.b: endpoint.params: an expression reads the window, and a snapshot has none; remove "
        "it",
        id="the window of a snapshot in an expression",
    ),
    pytest.param(
        "path: /b, params: {q: \"{{ config.x | regex_search('(a+)+b') }}\"}",
        "shop.b: endpoint.params: '(a+)+b' repeats what repeats, and might never end; correct it",
        id="a regular expression that could run away",
    ),
    pytest.param(
        "path: /b, params: {q: 'of {settings.a.b}'}",
        "shop.b: endpoint.params: {settings.a.b} is more than a name; write {settings.<name>}, "
        "or {<name>} of a parent or of values",
        id="a setting below a setting",
    ),
    pytest.param(
        "path: '/b/{'",
        "shop.b: endpoint.path: Single '{' encountered in format string; write a literal brace "
        "twice: {{ or }}",
        id="a stray brace in the path",
    ),
    pytest.param(
        "path: '/b', params: {q: 'x}'}",
        "shop.b: endpoint.params: Single '}' encountered in format string; write a literal brace "
        "twice: {{ or }}",
        id="a stray brace in params",
    ),
]

PARENTS = [
    pytest.param(
        "path: '/{x}', params: {x: {type: resolve, resource: zz, field: id}}",
        "shop.b: endpoint.params: the parent 'zz' does not exist; declared are a, c",
        id="a parent that does not exist",
    ),
    pytest.param(
        "path: '/{resources.zz.id}'",
        "shop.b: endpoint.params: the parent 'zz' does not exist; declared are a, c",
        id="an expression whose parent does not exist",
    ),
    pytest.param(
        "path: '/{x}', params: {x: {type: resolve, resource: b, field: id}}",
        "shop.b: endpoint.params: parents form a cycle: b → b; break it",
        id="a resource that is its own parent",
    ),
    pytest.param(
        "path: '/{x}', params: {x: {type: resolve, field: id}}",
        "shop.b: endpoint.params.x.resource: is required; name it",
        id="resolve without a resource",
    ),
    pytest.param(
        "path: '/{x}', params: {x: {type: resolve, resource: a}}",
        "shop.b: endpoint.params.x.field: is required; name it",
        id="resolve without a field",
    ),
    pytest.param(
        "path: '/{x}', params: {x: {type: resolve, resource: a, field: id, feild: x}}",
        "shop.b: endpoint.params.x.feild: is unknown; allowed are type, resource, field, group",
        id="resolve with an unknown key",
    ),
    pytest.param(
        "path: '/{x}', params: {x: {type: resolv, resource: a, field: id}}",
        "shop.b: endpoint.params.x.type: 'resolv' is unknown; allowed are resolve, each, "
        "fields, incremental",
        id="an unknown type of param",
    ),
    pytest.param(
        "path: /b, params: {x: {type: resolve, resource: a, field: id}}",
        "shop.b: endpoint.params.x: is resolved from a parent, but '/b' has no {x}; in other "
        "places write {resources.<parent>.<field>}",
        id="a resolved param that the path does not name",
    ),
]

EACH = [
    pytest.param(
        f"params: {{x: {{type: each, {written}}}}}",
        "shop.b: endpoint.params.x.values: is not a list of texts, numbers or booleans; write "
        "[a, b], or {settings.<name>} for a setting that holds them, separated by commas",
        id=f"each of {written}",
    )
    for written in ("values: []", "values: a", "values: [{a: 1}]", "values: [null]", "values: 1")
]
EACH.append(
    pytest.param(
        "params: {x: {type: each, valeus: [a]}}",
        "shop.b: endpoint.params.x.valeus: is unknown; allowed are type, values, column, group",
        id="each with an unknown key",
    )
)
EACH.append(
    pytest.param(
        "params: {x: {type: each, values: [a], column: a b}}",
        "shop.b: endpoint.params.x.column: 'a b' is not the name of a column; use a-z, 0-9 and _",
        id="each with a column that is none",
    )
)

INCREMENTAL = [
    pytest.param(
        "params: {since: {type: incremental, cursor_path: at, last_value_func: max}}",
        "shop.b: endpoint.params.since.last_value_func: is unknown; allowed are cursor_path, "
        "cursor_format, start_param, end_param, param_format, inclusive_end, exclusive_start, "
        "timezone, row_order, lookback, lag, "
        "initial_value, end_margin, max_window, end_value, range_start, range_end, "
        "on_cursor_value_missing, convert",
        id="an incremental param with an unknown key",
    ),
    pytest.param(
        "params: {since: {type: incremental, cursor_path: at, end_value: '2026'}}",
        "shop.b: endpoint.params.since.end_value: '2026' is not possible: the partitions of a run "
        "end its window; remove it",
        id="an incremental param with an end that the window gives",
    ),
    pytest.param(
        "params: {a: {type: incremental, cursor_path: at}, b: {type: incremental, "
        "cursor_path: at}}",
        "shop.b: endpoint.params.b: is a second incremental; keep one",
        id="two incremental params",
    ),
    pytest.param(
        "params: {since: {type: incremental, cursor_path: at}}, incremental: {cursor_path: at}",
        "shop.b: endpoint.params.since: is a second incremental; keep one",
        id="an incremental param beside incremental",
    ),
    pytest.param(
        "response_actions: [{status_code: 404, action: my_project.hooks.drop}]",
        "shop.b: endpoint.response_actions: only {status_code, content, message, predicate, "
        "empty, action: ignore, retry, rate_limited, fail or success} can be declared; a "
        "declaration holds no code",
        id="a response action with code",
    ),
    pytest.param(
        "response_actions: [{status_code: 404, action: ignore}, {status: 404, action: ignore}]",
        "shop.b: endpoint.response_actions: only {status_code, content, message, predicate, "
        "empty, action: ignore, retry, rate_limited, fail or success} can be declared; a "
        "declaration holds no code",
        id="a response action with an unknown key",
    ),
    pytest.param(
        "response_actions: [{status_code: 200, content: '', action: ignore}]",
        "shop.b: endpoint.response_actions: content: '' is part of every response; for one without "
        "a body write empty: true",
        id="a response action for every content",
    ),
    pytest.param(
        "response_actions: [{action: retry}]",
        "shop.b: endpoint.response_actions: an action needs status_code, content, message, "
        "predicate or empty: true, or it fits every response",
        id="a response action for every response",
    ),
    pytest.param(
        "response_actions: [{predicate: '{{ record.x }}', action: retry}]",
        "shop.b: endpoint.response_actions: predicate: 'record' is unknown; allowed are response, "
        "headers, request_url",
        id="a predicate over a row",
    ),
    pytest.param(
        "response_actions: [{message: '', action: retry}]",
        "shop.b: endpoint.response_actions: message: '' is part of every message; remove it",
        id="a response action for every message",
    ),
]


@pytest.mark.parametrize(("written", "message"), PLACEHOLDERS + PARENTS + EACH + INCREMENTAL)
def test_a_mistake_in_an_endpoint_is_explained(written: str, message: str) -> None:
    assert endpoint_mistake(written) == message


def test_the_parent_of_an_only_resource_is_to_be_declared() -> None:
    path = "endpoint: {path: '/{resources.zz.id}/a'}"
    assert mistake(f"resources: [{{name: a, {path}}}]") == (
        "shop.a: endpoint.params: the parent 'zz' does not exist; declare it as a resource"
    )


def test_a_parent_and_its_own_parent_are_not_combined() -> None:
    assert mistake(
        """
        resources:
          - a
          - {name: d, endpoint: '/a/{resources.a.id}/d'}
          - {name: b, endpoint: '/{resources.d.id}/{resources.a.id}'}
        """
    ) == (
        "shop.b: endpoint: has the parents a and d, but d is listed for each row of a, so most "
        "pairs do not exist; declare include_from_parent in d, and use its column: "
        "{resources.d._a_<field>}"
    )


def test_a_cycle_of_parents_is_shown_whole() -> None:
    assert mistake(
        """
        resources:
          - {name: a, endpoint: '/a/{resources.c.id}'}
          - {name: b, endpoint: '/b/{resources.a.id}'}
          - {name: c, endpoint: '/c/{resources.b.id}'}
        """
    ) in {
        f"shop.{first}: endpoint.params: parents form a cycle: {cycle}; break it"
        for first, cycle in {
            "a": "a → b → c → a",
            "b": "b → c → a → b",
            "c": "c → a → b → c",
        }.items()
    }


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param("path: '/b/{}'", "endpoint.path: ", id="a placeholder without a name"),
        pytest.param(
            "path: /b, params: {q: '{}'}", "endpoint.params: ", id="the same in the query"
        ),
        pytest.param(
            "path: /b, incremental: null, params: {q: '{incremental.start_value}'}",
            "endpoint.params: ",
            id="the window of a snapshot, which has none",
        ),
        pytest.param(
            "path: /b, incremental: {cursor_format: rfc822}",
            "endpoint.incremental.cursor_format: 'rfc822' ",
            id="a cursor format that is neither a name nor a pattern",
        ),
        pytest.param(
            "path: /b, incremental: {param_format: rfc822}",
            "endpoint.incremental.param_format: 'rfc822' ",
            id="the same for sending",
        ),
        pytest.param(
            "path: /b, params: {since: {type: incremental, cursor_path: 7}}",
            "endpoint.params.since.cursor_path: ",
            id="a wrong type in an incremental param",
        ),
    ],
)
def test_a_request_that_could_not_be_made_is_refused_before_it_is(written: str, place: str) -> None:
    assert endpoint_mistake(written).startswith(f"shop.b: {place}")
