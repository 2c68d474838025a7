"""Unknown keys and wrong types: the error names the key, however deep, and holds no value."""

import pytest

from analytics_ingest_tests.declaration.declaring import parsing_error

SECRET = "s3cr3t-v4lue"
NUMBER = "99887766"


def in_endpoint(written: str) -> str:
    """Attributes whose second resource has this in its endpoint."""
    return f"resources: [a, {{name: b, endpoint: {{{written}}}}}]"


WRONG = [
    pytest.param("colour: red", "colour", "Extra inputs are not permitted", id="of the API"),
    pytest.param("resources: null", "resources", "valid list", id="no list of resources"),
    pytest.param("client: {auth: bearer}", "client.base_url", "Field required", id="no base URL"),
    pytest.param(
        f"client: {{base_url: x, auth: {{type: bearer, api_token: {SECRET}}}}}",
        "client.auth.api_token",
        "Extra inputs are not permitted",
        id="a secret under an unknown key",
    ),
    pytest.param(
        f"client: {{base_url: x, auth: {{type: bearer, token: {NUMBER}}}}}",
        "client.auth.token",
        "valid string",
        id="a secret that is a number",
    ),
    pytest.param(
        f"client: {{base_url: x, auth: [{SECRET}]}}",
        "client.auth",
        "valid dictionary",
        id="a secret in a list",
    ),
    pytest.param(
        in_endpoint("auth: {type: api_key, location: cookie}"),
        "resources.1.endpoint.auth.location",
        "'header', 'query' or 'param'",
        id="an unknown place of a key",
    ),
    pytest.param(
        in_endpoint("pathh: /b"),
        "resources.1.endpoint.pathh",
        "Extra inputs are not permitted",
        id="of an endpoint",
    ),
    pytest.param(
        in_endpoint("paginator: {type: offset, limt: 5}"),
        "resources.1.endpoint.paginator.limt",
        "Extra inputs are not permitted",
        id="of a paginator",
    ),
    pytest.param(
        in_endpoint("paginator: {type: offset, limit: ten}"),
        "resources.1.endpoint.paginator.limit",
        "valid integer",
        id="a word for a number",
    ),
    pytest.param(
        in_endpoint("paginator: {type: offset, limit: 0}"),
        "resources.1.endpoint.paginator.limit",
        "greater than 0",
        id="a page of no rows",
    ),
    pytest.param(
        in_endpoint("method: DELETE"),
        "resources.1.endpoint.method",
        "'GET', 'POST'",
        id="a method that changes the API",
    ),
    pytest.param(
        in_endpoint("max_pages: 0"),
        "resources.1.endpoint.max_pages",
        "greater than 0",
        id="a listing of no pages",
    ),
    pytest.param(
        in_endpoint("error_handler: {retry_on_status_codes: [429, banana]}"),
        "resources.1.endpoint.error_handler.retry_on_status_codes.1",
        "valid integer",
        id="a status that is none",
    ),
    pytest.param(
        in_endpoint("error_handler: {backoff: linear}"),
        "resources.1.endpoint.error_handler.backoff",
        "'exponential' or 'constant'",
        id="an unknown backoff",
    ),
    pytest.param(
        in_endpoint("error_handler: {max_retries: -1}"),
        "resources.1.endpoint.error_handler.max_retries",
        "greater than or equal to 0",
        id="a negative number of retries",
    ),
    pytest.param(
        in_endpoint("incremental: {cursor_path: at, end_value: '2026'}"),
        "resources.1.endpoint.incremental.end_value",
        "'2026' is not possible: the partitions of a run end its window; remove it",
        id="an end that the window gives",
    ),
    pytest.param(
        in_endpoint("incremental: {row_order: down}"),
        "resources.1.endpoint.incremental.row_order",
        "'asc' or 'desc'",
        id="an unknown order",
    ),
    pytest.param(
        in_endpoint("incremental: {lookback: 2 fortnights}"),
        "resources.1.endpoint.incremental.lookback",
        "write a number and s, m, h, d or w: 26h",
        id="a lookback that is no duration",
    ),
    pytest.param(
        "freshness: {warn_after: tomorrow}",
        "freshness.warn_after",
        "write a number and s, m, h, d or w: 26h",
        id="a limit that is no duration",
    ),
    pytest.param(
        "freshness: {warn_after: 3d, fail_after: 1d}",
        "freshness",
        "warn_after '3d' is not shorter than fail_after '1d'; declare both",
        id="a failure before its warning",
    ),
    pytest.param(
        "freshness: {warn_after: 26}",
        "freshness.warn_after",
        "'26' is not a duration",
        id="a number",
    ),
    pytest.param(
        "freshness: {fail_after: 99999999999d}",
        "freshness.fail_after",
        "'99999999999d' is too long",
        id="a limit of millions of years",
    ),
    pytest.param(
        "partitions: {timezone: Mars/Base}",
        "partitions.timezone",
        "'Mars/Base' is not a time zone; use e.g. UTC",
        id="an unknown time zone",
    ),
    pytest.param(
        "partitions: {timezone: America}",
        "partitions.timezone",
        "'America' is not a time zone; use e.g. UTC",
        id="a folder of time zones",
    ),
    pytest.param(
        "partitions: {timezone: ../../etc/passwd}",
        "partitions.timezone",
        "'../../etc/passwd' is not a time zone; use e.g. UTC",
        id="a path for a time zone",
    ),
    pytest.param(
        "schedule: {timezone: CEST+1}",
        "schedule.timezone",
        "'CEST+1' is not a time zone; use e.g. UTC",
        id="an unknown time zone of the schedule",
    ),
    pytest.param(
        "partitions: {start: '1 Jan 2026'}",
        "partitions.start",
        "'1 Jan 2026' is not a date; use e.g. '2026-01-01'",
        id="a date of another form",
    ),
    pytest.param(
        "partitions: {start: '2026-13-01'}",
        "partitions.start",
        "'2026-13-01' is not a date; use e.g. '2026-01-01'",
        id="a date that no calendar has",
    ),
    pytest.param(
        "schedule: {cron: every day}",
        "schedule.cron",
        "'every day' is not five cron fields; use e.g. '15 0 * * *'",
        id="a bad cron",
    ),
    pytest.param(
        "partitions: yearly",
        "partitions.every",
        "'hourly', 'daily', 'weekly' or 'monthly'",
        id="partitions of another length",
    ),
    pytest.param(
        "resources: [{name: a, processing_steps: [{filter: x}]}]",
        "resources.0.processing_steps",
        "this is code in dlt",
        id="code",
    ),
    pytest.param(
        "resources: [{name: a, processing_steps: [{filter: '{{ row.x }}'}]}]",
        "resources.0.processing_steps.0",
        "filter: 'row' is unknown; allowed are record, config",
        id="an unknown variable of a step",
    ),
    pytest.param(
        "resources: [{name: a, processing_steps: [{remove: [x], keys: lower}]}]",
        "resources.0.processing_steps.0",
        "a step is one of filter, add, remove, rename, keys, keys_replace, flatten, flatten_path, "
        "and not remove, keys",
        id="two steps in one",
    ),
    pytest.param(
        "resources: [{name: a, processing_steps: [{keys: lower, when: '{{ record.x }}'}]}]",
        "resources.0.processing_steps.0",
        "when has no effect with keys; remove it",
        id="a condition of a step that has none",
    ),
    pytest.param(
        "resources: [{name: a, processing_steps: [{add: {x: {value: 1, type: date}}}]}]",
        "resources.0.processing_steps.0",
        "add: 'date' is not a type; allowed are string, number, integer, boolean, any",
        id="an unknown type of an added field",
    ),
    pytest.param(
        "resources: [{name: a, fields: {id: 3}}]",
        "resources.0.fields.id",
        "valid string",
        id="a field type that is no word",
    ),
    pytest.param("concurrency: 0", "concurrency", "greater than 0", id="no requests at all"),
    pytest.param("timeouts: {read: 0}", "timeouts.read", "greater than 0", id="no time"),
]


@pytest.mark.parametrize(("written", "key", "problem"), WRONG)
def test_a_key_or_type_that_is_wrong_is_named_with_what_is_allowed(
    written: str, key: str, problem: str
) -> None:
    (error,) = parsing_error(written).errors()
    assert ".".join(str(part) for part in error["loc"]) == key
    assert problem in error["msg"]


@pytest.mark.parametrize(("written", "key", "problem"), WRONG)
def test_what_is_shown_of_a_wrong_key_or_type_holds_no_secret(
    written: str, key: str, problem: str
) -> None:
    shown = str(parsing_error(written))
    assert key in shown
    assert problem in shown
    assert SECRET not in shown
    assert NUMBER not in shown


def test_all_mistakes_of_this_kind_are_shown_at_once() -> None:
    error = parsing_error("colour: red\nconcurrency: many\n" + in_endpoint("limit: 5"))
    assert error.error_count() == 3
