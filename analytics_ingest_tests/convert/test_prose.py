"""What only the prose says: error handlers, fields, keys and cursors, each reported as assumed."""

from typing import Any

import pytest

from analytics_ingest.convert.prose.responses.constant_waits import list_constant_waits
from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

TWO = ('"users"', '{"name": "orders", "endpoint": {"path": "/orders"}}')


def errors(text: str) -> str:
    """A section on errors."""
    return f"\n## Error Handling\n\n{text}\n"


def schema(text: str) -> str:
    """A section on the schema."""
    return f"\n## Schema\n\n{text}\n"


ALL = [429, 500, 502, 503, 504]
HANDLERS = [
    pytest.param(
        "Retry on 429, 500, 502, 503, 504, max 3 retries, exponential backoff factor 2.",
        {"retry_on_status_codes": ALL, "max_retries": 3, "backoff_factor": 2},
        id="a sentence",
    ),
    pytest.param(
        "- **Retry Logic**: requests are retried on status codes 420 and 429.\n"
        "- **Backoff Strategy**: A constant backoff time of 62 seconds is applied.\n"
        "- **Max Retries**: 5 attempts will be made.",
        {
            "retry_on_status_codes": [420, *ALL],
            "max_retries": 5,
            "backoff": "constant",
            "backoff_factor": 62,
        },
        id="a list with a constant wait",
    ),
    pytest.param(
        "- **Retry/Backoff Logic**: \n  - transient errors are retried, with a maximum of 4 "
        "retries and "
        "an exponential backoff factor of 1.5.\n- **Known HTTP Response Codes**: \n  - 429, 500",
        {"retry_on_status_codes": ALL, "max_retries": 4, "backoff_factor": 1.5},
        id="a nested list",
    ),
    pytest.param(
        "- **Retry on Status Codes**: [429, 503]\n- **Max Retries**: 3\n- **Backoff Factor**: 2",
        {
            "retry_on_status_codes": [429, 503, 500, 502, 504],
            "max_retries": 3,
            "backoff_factor": 2,
        },
        id="the keys in words",
    ),
    pytest.param(
        "| Status | Behaviour |\n|---|---|\n| 429 | Retry, up to 3 times |\n| 5xx | Retry |\n"
        "| 401 | Fail: do not retry |\n| 404 | Ignored |",
        {"retry_on_status_codes": ALL, "max_retries": 3},
        id="a table",
    ),
    pytest.param(
        "The client retries on 429 and 403. All other client errors, such as 400, fail.",
        {"retry_on_status_codes": [429, 403, 500, 502, 503, 504]},
        id="other codes beside",
    ),
    pytest.param(
        "- **HTTP Status Codes**: Handle common errors such as 429 (Too Many Requests) and "
        "500-series server errors.",
        {"retry_on_status_codes": ALL},
        id="a series",
    ),
    pytest.param(
        "- **Retry Logic**: Not defined.\n- **Known HTTP Response Codes**: Handle standard "
        "errors like 429, 500, etc.",
        {"retry_on_status_codes": ALL},
        id="examples",
    ),
    pytest.param("Errors are not retried: 500 ends the sync.", None, id="no retries"),
    pytest.param(
        "- 429 (400 requests per minute) and 5xx responses are retried.",
        {"retry_on_status_codes": ALL},
        id="a rate beside the status",
    ),
    pytest.param(
        "429 requests are retried, 5xx responses too.",
        {"retry_on_status_codes": ALL},
        id="requests of a status",
    ),
    pytest.param(
        "- **403 / 422**: the sync fails.\n- **429**: 5 requests a second are allowed. Requests "
        "are retried up to 10 times with a constant backoff of 30 seconds.",
        {
            "retry_on_status_codes": ALL,
            "max_retries": 10,
            "backoff": "constant",
            "backoff_factor": 30,
        },
        id="a status before its sentences",
    ),
    pytest.param(
        "- HTTP 429 / 420 (rate limit): too many requests. The request is retried.",
        {"retry_on_status_codes": [429, 420, 500, 502, 503, 504]},
        id="two of them",
    ),
    pytest.param("**429**: too many requests. They are not retried.", None, id="a refusal"),
    pytest.param("A 500 is a failure and stops the extraction.", None, id="a failure"),
    pytest.param("Status code 500: an error. It ends the sync.", None, id="a failure behind"),
    pytest.param("| Code | Then |\n|---|---|\n| 503 | stop |", None, id="a failure in a table"),
    pytest.param(
        "- **500**: the sync fails\n- **429**: retried, no more than 3 retries",
        {"retry_on_status_codes": [429, 502, 503, 504], "max_retries": 3},
        id="a failure beside",
    ),
    pytest.param(
        "- **429** is retried.\n- **500**: the sync of `orders` fails\n- **503**: servers failed",
        {"retry_on_status_codes": ALL},
        id="a failure of one",
    ),
    pytest.param(
        "Retry on 429 and 5xx. This ends after five tries.",
        {"retry_on_status_codes": ALL},
        id="an end of retries",
    ),
    pytest.param(
        "Requests that fail with 429 or 5xx are retried.",
        {"retry_on_status_codes": ALL},
        id="failed requests",
    ),
    pytest.param("**401**: the token is old. The request is retried.", None, id="another status"),
    pytest.param("**429**: too many requests. Slow down.", None, id="nothing of retries"),
    pytest.param("400 is returned for a wrong request, 401 for a wrong key.", None, id="no retry"),
    pytest.param(
        "Retries follow dlt's defaults, at most 3.",
        {"retry_on_status_codes": ALL, "max_retries": 3},
        id="no codes",
    ),
    pytest.param("The API allows 500 requests a minute; a retry helps.", None, id="no status"),
]


@pytest.mark.parametrize(("text", "handler"), HANDLERS)
def test_an_error_handler_in_prose_is_taken(desk: Desk, text: str, handler: Any) -> None:
    found = desk.new(orders(prose=errors(text)))
    assert found.endpoint().get("error_handler") == handler
    retries = [line for line in found.assumed if "tried again" in line]
    assert len(retries) == (handler is not None)


def test_a_status_that_fails_at_once_is_reported(desk: Desk) -> None:
    found = desk.new(orders(prose=errors("A status code of 500 stops the extraction.")))
    assert any(line.startswith("500 fails at once, as the prose says") for line in found.assumed)


def test_an_error_handler_in_prose_holds_for_all_resources(desk: Desk) -> None:
    found = desk.new(shop(*TWO, prose=errors("Retried: 429.")))
    defaults = found.attributes["resource_defaults"]
    assert defaults["endpoint"] == {"error_handler": {"retry_on_status_codes": ALL}}
    said = "requests are tried again on 429, as the prose says, and on 500, 502, 503, 504, as"
    assert any(line.startswith(said) for line in found.assumed)
    assert "error_handler:  # from the document's text\n" in found.text


def test_error_handlers_of_the_configuration_win(desk: Desk) -> None:
    handler = '"error_handler": {"retry_on_status_codes": [503]}'
    written = desk.new(orders(handler, prose=errors("Retried: 429."))).endpoint()["error_handler"]
    assert written == {"retry_on_status_codes": [503]}


@pytest.mark.parametrize(
    ("text", "backoff", "line"),
    [
        (
            "A constant backoff time of 62 seconds is applied between retries.",
            "constant",
            "the wait between tries is 62 s each time, as the prose says",
        ),
        (
            "When the API returns 429, the request is retried after waiting 62 seconds.",
            "constant",
            "the wait between tries is 62 s each time, as the prose says",
        ),
        (
            "A constant backoff time of 30 seconds is applied between retries.",
            None,
            "the prose says that the wait between tries is 30 s each time; that of the "
            "configuration is exponential from 62 s on",
        ),
    ],
)
def test_prose_says_that_the_wait_of_the_configuration_is_constant(
    desk: Desk, text: str, backoff: str | None, line: str
) -> None:
    handler = '"error_handler": {"retry_on_status_codes": [429], "backoff_factor": 62}'
    found = desk.new(orders(handler, prose=errors(text)))
    assert found.endpoint()["error_handler"].get("backoff") == backoff
    assert [text for text in found.assumed if "wait between" in text] == [line]


EACH_TIME = """
Wait 60 seconds and retry.
429: retried, waiting 60 seconds
It waits 60 seconds between retries.
The request is retried up to 5 times after 60 s.
Retried after a wait of 60 seconds.
Retries with a delay of 60 seconds.
A 60-second delay between attempts is applied.
Three retries, with 60 seconds between attempts.
Retries are 60 seconds apart.
Requests are retried every 60 seconds.
Wait one minute before the next attempt.
It sleeps for 1 minute and tries again.
Retry delay: 60 seconds
The wait is a fixed 60 seconds.
Without exponential backoff, waiting 60 seconds between retries.
100 requests per 60 seconds are allowed: wait 60 seconds before retrying.
Backoff: a default wait of 60 seconds is applied when the rate limit header is not present.
Retried after 60 seconds if the response has no `Retry-After` header.
If the header is missing, 60 seconds are used before a retry.
It waits 60 seconds before a retry, unless a header names another time.
"""
NOT_EACH_TIME = """
Exponential backoff, waiting 60 seconds.
Retries wait 60 seconds, doubled each time.
Retries with waits starting at 60 seconds.
Retried after an initial wait of 60 seconds.
It waits up to 60 seconds before retrying.
It waits at least 60 seconds before retrying.
It waits 5 to 60 seconds before a retry.
It waits 5-60 seconds before a retry.
It waits 5 seconds, then 60 seconds.
The maximum wait between retries is 60 seconds.
Requests time out after 60 seconds and are retried.
Retries go on for 60 seconds.
Retry with a backoff factor of 60 seconds.
Backoff: 60 seconds, retried.
The token expires after 60 seconds; retry.
The report is asked for every 60 seconds; retry.
It is retried after a second attempt.
Retried 3 times; 100 requests per 60 seconds are allowed.
It does not wait 60 seconds before retrying.
It waits 60 seconds (10 seconds for lines) before retrying.
It is retried after 24 hours.
If it has a header `Retry-After`, the first wait before a retry is 60 seconds.
"""


def test_a_wait_is_constant_where_a_sentence_names_its_only_length() -> None:
    waits = {text: list_constant_waits(text) for text in EACH_TIME.strip().splitlines()}
    assert [text for text, found in waits.items() if found != [60]] == []
    others = {text: list_constant_waits(text) for text in NOT_EACH_TIME.strip().splitlines()}
    assert [text for text, found in others.items() if found] == []


def test_a_wait_that_only_the_prose_describes_is_reported(desk: Desk) -> None:
    found = desk.new(orders(prose=errors("- **429**: wait 60 seconds and retry.")))
    wait = {"backoff": "constant", "backoff_factor": 60}
    assert found.endpoint()["error_handler"] == {"retry_on_status_codes": ALL, **wait}
    ending = "without a handler; the wait between tries is 60 s each time"
    assert any(line.endswith(ending) for line in found.assumed)


def test_the_number_of_retries_and_their_wait_are_printed(desk: Desk) -> None:
    found = desk.new(orders(prose=errors("429: retried at most 7 times, with a factor of 3.")))
    handler = {"retry_on_status_codes": ALL, "max_retries": 7, "backoff_factor": 3}
    assert found.endpoint()["error_handler"] == handler
    ending = "without a handler; up to 7 times; the wait between tries is exponential from 3 s on"
    assert any(line.endswith(ending) for line in found.assumed)


@pytest.mark.parametrize(
    ("text", "backoff", "reasons"),
    [
        ("Failed requests are retried.", "constant", ["as Airbyte's backoff_time is constant"]),
        ("A constant backoff of 62 seconds is applied.", "constant", ["as the prose says"]),
        ("Retried with an exponential backoff.", None, []),
    ],
)
def test_a_backoff_time_is_constant_unless_the_prose_calls_it_exponential(
    desk: Desk, text: str, backoff: str | None, reasons: list[str]
) -> None:
    handler = '"error_handler": {"retry_on_status_codes": [429], "backoff_time": 62}'
    found = desk.new(orders(handler, prose=errors(text)))
    assert found.endpoint()["error_handler"].get("backoff") == backoff
    assert found.endpoint()["error_handler"]["backoff_factor"] == 62
    lines = [line for line in found.assumed if "wait between tries" in line]
    assert [line.partition("each time, ")[2] for line in lines] == reasons


FROM_HEADER = [
    ("The waiting time is taken from the rate limit response header.", "a response header"),
    ("The wait is read from the `X-Wait` header; 5 seconds without it.", "the header X-Wait"),
    ("The header `X-Pause` says how long to wait before a retry.", "the header X-Pause"),
]
NO_HEADER = [
    "The wait is taken from the `Retry-After` header. `X-RateLimit-Reset` is a header to wait by.",
    "No waiting time is read from the headers.",
    "Requests wait 5 seconds. The key is sent in the `X-Key` header.",
    "The longest wait is sent in the request header `X-Max-Wait`.",
]


@pytest.mark.parametrize(("text", "header"), [*FROM_HEADER, (" ".join(NO_HEADER), None)])
def test_a_header_of_waits_that_is_not_declared_is_named(
    desk: Desk, text: str, header: str | None
) -> None:
    found = desk.new(orders(prose=errors(text)))
    lines = [line for line in found.assumed if "takes the wait between tries from" in line]
    assert len(lines) == (header is not None)
    assert all(f" from {header}" in line for line in lines)
    handler = '"error_handler": {"retry_on_status_codes": [429], "wait_header": "X-Wait"}'
    declared = desk.new(orders(handler, prose=errors(text)), "--force")
    assert "takes the wait" not in declared.report


WAITS = [
    ("A constant backoff of 62 seconds is applied.", {}),
    ("Up to 5 retries with a constant backoff of 62 seconds", {"max_retries": 5}),
    ("- **Max Retries**: 10\n- **Backoff**: constant, 62 seconds", {"max_retries": 10}),
]


@pytest.mark.parametrize(("text", "more"), WAITS)
def test_a_wait_of_all_requests_is_declared_without_statuses(
    desk: Desk, text: str, more: dict[str, Any]
) -> None:
    found = desk.new(shop(*TWO, prose=errors(text)))
    wait = {"backoff": "constant", "backoff_factor": 62}
    written = found.attributes["resource_defaults"]["endpoint"]["error_handler"]
    assert written == {"retry_on_status_codes": ALL, **wait, **more}
    (line,) = [text for text in found.assumed if "wait between tries" in text]
    assert line.startswith("the wait between tries is 62 s each time, as the prose says, on the")


RETRIES = [
    ("- **Max Retries**: 3", 3),
    ("Transient errors are retried up to 3 times with exponential backoff of up to 60 seconds.", 3),
    ("- **Retry Logic**: Requests are retried up to 3 times on other errors.", 3),
    ("Failed requests are retried with a backoff of up to 60 seconds. Not retried 3 times.", None),
    ("Retries wait at most 90s. Retried by hand, up to 3 times. It may be retried 3 times.", None),
]
NOT_OF_ALL = [
    "Requests are retried up to 3 times. Reads are retried up to 5 times.",
    "### Orders\n\nRequests are retried up to 3 times.",
]


@pytest.mark.parametrize(("text", "count"), RETRIES)
def test_the_number_of_retries_is_declared_without_statuses(
    desk: Desk, text: str, count: int | None
) -> None:
    found = desk.new(shop(*TWO, prose=errors(text)))
    reported = [line for line in found.assumed if line.startswith("requests are tried again up to")]
    if count is None:
        assert "error_handler" not in found.text
        assert not reported
        return
    written = found.attributes["resource_defaults"]["endpoint"]["error_handler"]
    assert written == {"retry_on_status_codes": ALL, "max_retries": count}
    assert len(reported) == 1
    handler = '"error_handler": {"retry_on_status_codes": [429]}'
    declared = desk.new(orders(handler, prose=errors(text)), "--force").endpoint()["error_handler"]
    assert declared == {"retry_on_status_codes": [429], "max_retries": count}


@pytest.mark.parametrize("text", NOT_OF_ALL)
def test_numbers_of_retries_that_are_not_those_of_all_are_reported(desk: Desk, text: str) -> None:
    found = desk.new(shop(*TWO, prose=errors(text)))
    assert "max_retries" not in found.text
    assert any("declare max_retries in an error_handler" in line for line in found.assumed)


@pytest.mark.parametrize(
    "text",
    [
        "For `orders`, a constant backoff of 62 seconds is applied.",
        "### Orders\n\nA constant backoff of 62 seconds is applied.",
        "Retries of users wait a fixed 62 seconds.",
    ],
)
def test_a_wait_of_one_resource_is_reported_and_not_claimed(desk: Desk, text: str) -> None:
    found = desk.new(shop(*TWO, prose=errors(text)))
    assert "error_handler" not in found.text.replace("an error_handler", "")
    (line,) = [text for text in found.assumed if "wait between tries" in text]
    assert line.startswith("the prose says that the wait between tries is 62 s each time; declare")


SEVERAL = [
    "- **429**: retried with an exponential backoff (factor 3).\n- **Others**: retried after a "
    "constant 30 seconds.",
    "Retried with exponential backoff (factor 3), and after a constant 30 seconds on 5xx.",
]


@pytest.mark.parametrize("text", SEVERAL)
def test_several_waits_of_the_prose_are_reported_and_not_mixed(desk: Desk, text: str) -> None:
    strategy = '{"type": "exponential", "factor": 3}'
    filters = '"response_filters": [{"http_codes": [429], "action": "RETRY"}]'
    handler = f'"error_handler": {{{filters}, "backoff_strategies": [{strategy}]}}'
    found = desk.new(orders(handler, prose=errors(text)))
    written = found.endpoint()["error_handler"]
    assert (written.get("backoff"), written["backoff_factor"]) == (None, 3)
    several = "the prose names several waits between tries (exponential, 30 s each time)"
    assert f"{several}: they are exponential from 3 s on" in found.assumed


def test_two_constant_waits_of_the_prose_are_reported(desk: Desk) -> None:
    text = "429 is retried after a constant 60 seconds. 5xx is retried after a constant 5 seconds."
    found = desk.new(orders(prose=errors(text)))
    assert found.endpoint()["error_handler"] == {"retry_on_status_codes": ALL}
    several = "the prose names several waits between tries (60 s each time, 5 s each time)"
    assert f"{several}: they are exponential from 2 s on" in found.assumed


def test_a_wait_that_is_not_exponential_is_constant(desk: Desk) -> None:
    text = "429 is retried after a constant 62 seconds, without exponential backoff."
    found = desk.new(orders(prose=errors(text)))
    assert found.endpoint()["error_handler"]["backoff_factor"] == 62
    assert "several waits" not in found.report


CONDITIONS = """
- 429 is retried unless the daily limit is reached.
- Retries go on only while the account is active (see the manual).
- 503 is retried unless otherwise noted.
- 502 is retried unless the maximum number of retries is reached.
- Requests are retried only if the status is 500.
- Requests are retried, except for `search`.
- The limit holds unless the plan is changed.
"""


def test_a_condition_of_retries_that_no_key_has_is_reported(desk: Desk) -> None:
    rest = "nothing in the declaration decides that: declare response_actions with action: fail"
    conditions = ["unless the daily limit is reached", "only while the account is active"]
    assert [
        line for line in desk.new(orders(prose=errors(CONDITIONS))).assumed if "decides" in line
    ] == [f'the prose retries "{condition}"; {rest}' for condition in conditions]
    own = '"response_actions": [{"status_code": 429, "content": "daily", "action": "fail"}]'
    found = desk.new(orders(own, prose=errors(CONDITIONS)), "--force")
    assert "daily limit" not in found.report


STRATEGIES = [
    ('{"type": "constant", "seconds": 5}', {"backoff": "constant", "backoff_factor": 5}),
    ('{"type": "constant_backoff", "delay": 5}', {"backoff": "constant", "backoff_factor": 5}),
    ('{"type": "exponential_backoff", "factor": 5}', {"backoff_factor": 5}),
    ('{"type": "wait_time_from_header", "header": "X-Wait"}', {"wait_header": "X-Wait"}),
]


@pytest.mark.parametrize(("strategy", "waits"), STRATEGIES)
def test_strategies_in_own_words_are_those_of_a_manifest(
    desk: Desk, strategy: str, waits: dict[str, Any]
) -> None:
    found = desk.new(orders(f'"error_handler": {{"backoff_strategies": [{strategy}]}}'))
    assert waits.items() <= found.endpoint()["error_handler"].items()
    assert "no counterpart" not in found.report


SCHEMAS = [
    pytest.param(
        "- `id`: String, primary key\n- `name`: String\n- `total`: Number, float", id="list"
    ),
    pytest.param(
        "- **Fields**:\n  - `id`: String, primary key\n  - `name`: string\n  - `total`: "
        "Number\n  - Additional fields are available.",
        id="nested list",
    ),
    pytest.param(
        "- **id** (string, required)\n- **name** (string)\n- **total** (number)", id="brackets"
    ),
    pytest.param("- `id` - string, required\n- `name` - string\n- `total` - decimal", id="dashes"),
    pytest.param(
        "| Field | Type |\n|---|---|\n| id | string |\n| `name` | text |\n| total | float |",
        id="table",
    ),
    pytest.param(
        "| Name | Description | Data Type | Nullable |\n|---|---|---|---|\n| id | Key | string "
        "| No |\n| name | | string | Yes |\n| total | | number | Yes |",
        id="a wide table",
    ),
    pytest.param("Orders: `id` (string), `name` (string), `total` (number)", id="one line"),
    pytest.param(
        '```json\n{"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": '
        '["string", "null"]}, "total": {"type": "number"}}}\n```',
        id="JSON schema",
    ),
    pytest.param(
        "```yaml\norders:\n  id: string\n  name: string | null\n  total: number\n```", id="YAML"
    ),
    pytest.param("### Orders\n\n- `id`: string\n- `name`: string\n- `total`: number", id="heading"),
    pytest.param("**Orders**\n\n- `id`: string\n- `name`: string\n- `total`: number", id="bold"),
    pytest.param(
        "Fields of `orders`:\n\n- `id`: string\n- `name`: string\n- `total`: number", id="a line"
    ),
    pytest.param(
        "### Schema of the `orders` resource:\n\n- `id`: string\n- `name`: string\n- `total`: "
        "number",
        id="a long heading",
    ),
]


@pytest.mark.parametrize("text", SCHEMAS)
def test_fields_in_prose_become_a_schema_file(desk: Desk, text: str) -> None:
    assert desk.new(orders(prose=schema(text))).schema == {
        "orders": {
            "required": ["id"],
            "fields": {"id": "string", "name": "string?", "total": "number?"},
        }
    }


BLOCKS = [
    ("yaml", "orders:\n  id: string\n  tags: [string]\nusers:\n  id: string\n  tags: array"),
    ("", "orders:\n  id: string\n  tags: array, nullable\nusers: {id: string, tags: list}"),
    (
        "json",
        '{"orders": {"id": "string", "tags": ["array", "null"]}, '
        '"users": {"id": ["string"], "tags": ["array", "null"]}}',
    ),
    (
        "json",
        '{"orders": {"properties": {"id": {"type": "string"}, "tags": {"type": "array"}}}, '
        '"users": {"fields": [{"name": "id", "type": "text"}, {"name": "tags", "type": "list"}]}}',
    ),
    (
        "python",
        "SCHEMA = {'orders': {'id': 'string', 'tags': 'list'}, "
        "'users': {'columns': {'id': {'data_type': 'text'}, 'tags': {'data_type': 'list'}}}}",
    ),
    (
        "yaml",
        "schemas:\n- {name: orders, fields: {id: string, tags: array}}\n"
        "- {name: users, fields: {id: string, tags: array}}",
    ),
]
OTHER_BLOCKS = [
    ("json", '{"orders": {"id": "ord_1", "name": "Anna"}, "users": {"id": 3}}'),
    ("json", '{"id": "string", "total": "number", "users": {"id": "string"}}'),
    ("python", "class Orders(TypedDict):\n    id: str\n    total: float"),
]


@pytest.mark.parametrize(("language", "code"), BLOCKS)
def test_a_block_gives_each_resource_its_fields(desk: Desk, language: str, code: str) -> None:
    found = desk.new(shop(*TWO, prose=schema(f"```{language}\n{code}\n```")))
    fields = {"id": "string", "tags": "array?"}
    assert found.schema == {n: {"required": ["id"], "fields": fields} for n in ("orders", "users")}


@pytest.mark.parametrize(("language", "code"), OTHER_BLOCKS)
def test_a_block_of_types_that_is_not_read_is_reported(
    desk: Desk, language: str, code: str
) -> None:
    found = desk.new(shop(*TWO, prose=schema(f"```{language}\n{code}\n```")))
    assert found.schema == {}
    has_types = "Anna" not in code
    assert any("declare them in schema.yaml" in line for line in found.assumed) is has_types


TYPES = [
    ("String, date-time", "timestamp?"),
    ("datetime", "timestamp?"),
    ("String (ISO 8601)", "timestamp?"),
    ("Date", "date?"),
    ("string, date", "date?"),
    ("Boolean or null", "boolean?"),
    ("bool, not null", "boolean"),
    ("Integer", "integer?"),
    ("Number, integer", "integer?"),
    ("int64", "integer?"),
    ("Integer (Unix timestamp)", "integer?"),
    ("Number, float", "number?"),
    ("Array of strings", "array?"),
    ("Array", "array?"),
    ("Object", "object?"),
    ("JSON", "object?"),
    ("object (`date`, `is_recurring`, `lang`, `string`)", "object?"),
    ("nullable object (`date`, `lang`)", "object?"),
    ("object (date: string, is_open: boolean), required", "object"),
    ("object {date, string, lang}", "object?"),
    ("object or null (`id`, `metric`, `text`)", "object?"),
    ("object | null (`id`, `text`)", "object?"),
    ("object/null (`id`, `text`), required", "object?"),
    ("object: `date`, `host`, `timestamp`", "object?"),
    ("object with `id`, `date` and `text`", "object?"),
    ("object with the fields `id` and `text`", "object?"),
    ("object or null, or a text", "string?"),
    ("object: a text", "any?"),
    ("object: `date`, `text`", None),
    ("object (string, nullable)", "any?"),
    ("object (JSON string, nullable)", "any?"),
    ("object (or a string, or a number)", "any?"),
    ("object (`date`, `string`)", None),
    ("string or object (`lang`, `name`)", "string?"),
    ("UUID", "string?"),
    ("String. Set when an object is sent.", "string?"),
    ("String or integer", "string?"),
    ("String or object", "string?"),
    ("the name of it", "any?"),
]


@pytest.mark.parametrize(("text", "kind"), TYPES)
def test_types_in_prose_are_those_of_a_schema_file(desk: Desk, text: str, kind: Any) -> None:
    found = desk.new(orders(prose=schema(f"- `id`: string\n- `x`: {text}")))
    assert found.schema["orders"]["fields"].get("x") == kind


def test_an_object_of_a_list_may_name_its_fields(desk: Desk) -> None:
    text = "**orders**: `id` (string), `x` (object: `date`, `host`, `text`), `at` (date)"
    fields = desk.new(orders(prose=schema(text))).schema["orders"]["fields"]
    assert fields == {"id": "string", "x": "object?", "at": "date?"}


@pytest.mark.parametrize(
    "text",
    [
        "- `id` (string), `Opening Price` (number), `county/state` (string)",
        "- `id`: string\n- `Opening Price`: number\n- `county/state`: string",
        "| Field | Type |\n|---|---|\n| `id` | string |\n| `Opening Price` | number |\n"
        "| `county/state` | string |",
    ],
)
def test_the_name_of_a_field_may_have_a_blank(desk: Desk, text: str) -> None:
    fields = desk.new(orders(prose=schema(text))).schema["orders"]["fields"]
    assert fields["Opening Price"] == "number?"
    assert fields["county/state"] == "string?"


@pytest.mark.parametrize(
    "prose",
    [
        pytest.param("\n## Pagination\n\n- `limit`: Integer, page size\n", id="another section"),
        pytest.param(schema("- **Fields**: Defined with types and nullability"), id="no fields"),
        pytest.param(
            schema("Fields are neutral, such as `customer_id`."), id="a name in a sentence"
        ),
        pytest.param(schema("Inferred by dlt."), id="nothing"),
    ],
)
def test_no_schema_file_is_written_without_fields(desk: Desk, prose: str) -> None:
    assert desk.new(orders(prose=prose)).schema == {}


def test_fields_belong_to_the_resource_whose_heading_is_above_them(desk: Desk) -> None:
    prose = schema(
        "### Users\n- `id`: string\n\n### Orders\n- `total`: number\n\n### Notes\n- `x`: string"
    )
    found = desk.new(shop(*TWO, prose=prose)).schema
    assert {name: list(entry["fields"]) for name, entry in found.items()} == {
        "users": ["id"],
        "orders": ["total"],
    }


COMMON = [
    "Common fields:\n\n- `id`: string\n- `2fa`: boolean",
    "Common fields:\n\n| Field | Type |\n|---|---|\n| `id` | string |\n| `2fa` | boolean |",
    "The fields of all resources:\n\n- `id` (string), `2fa` (boolean)",
    "All resources have:\n\n- `id`: string\n- `2fa`: boolean",
]


@pytest.mark.parametrize("common", COMMON)
def test_common_fields_are_those_of_each_resource_with_fields(desk: Desk, common: str) -> None:
    own = (
        "Others:\n\n- `orders`: `total` (number), `id` (integer)\n"
        "- `users`: `name` (string), `x` (number)"
    )
    found = desk.new(shop(*TWO, prose=schema(f"{common}\n\n{own}"))).schema
    assert found["orders"]["fields"] == {"id": "integer", "2fa": "boolean?", "total": "number?"}
    assert found["users"]["fields"] == {
        "id": "string",
        "2fa": "boolean?",
        "name": "string?",
        "x": "number?",
    }


@pytest.mark.parametrize(
    "title",
    [
        "Fields of every order:",
        "Common fields of error bodies:",
        "Every record has a wrapper in error responses:",
    ],
)
def test_fields_of_something_else_are_not_common(desk: Desk, title: str) -> None:
    prose = schema(
        f"{title}\n\n- `code`: integer, required\n\n- `users`: `id` (string), `x` (text)"
    )
    fields = desk.new(shop(*TWO, prose=prose)).schema["users"]["fields"]
    assert list(fields) == ["id", "x"]


def test_a_field_may_be_called_as_a_resource_is(desk: Desk) -> None:
    prose = schema("### Users\n\n- `id`: string\n- `orders`: number\n")
    assert desk.new(shop(*TWO, prose=prose)).schema["users"]["fields"] == {
        "id": "string",
        "orders": "number?",
    }


def test_a_table_may_name_the_resource_before_the_field(desk: Desk) -> None:
    table = (
        "| Resource | Field | Type |\n|---|---|---|\n| orders | id | string |\n"
        "| orders | total | number or null |\n| users | name | string |"
    )
    found = desk.new(shop(*TWO, prose=schema(table))).schema
    assert {name: list(entry["fields"]) for name, entry in found.items()} == {
        "orders": ["id", "total"],
        "users": ["name"],
    }


@pytest.mark.parametrize("names", ["**orders** and **users**", "`orders`, `users`"])
def test_a_line_may_name_the_fields_of_two_resources(desk: Desk, names: str) -> None:
    found = desk.new(shop(*TWO, prose=schema(f"{names}: `id` string, `total` number"))).schema
    assert {name: list(entry["fields"]) for name, entry in found.items()} == {
        "orders": ["id", "total"],
        "users": ["id", "total"],
    }


LISTED = [
    "- orders: id integer, `total` number; note string (added)\n- users: `id` string, name string",
    "- **orders**: id (integer), total (number), note (string or null)\n- **users**: id (string), "
    "name (string)",
    "| Resource | Fields |\n|---|---|\n| orders | id (integer), total (number), note (string) |\n"
    "| users | id (string), name (string) |",
]


@pytest.mark.parametrize("text", LISTED)
def test_a_line_that_begins_with_a_resource_names_its_fields(desk: Desk, text: str) -> None:
    written = desk.new(shop(*TWO, prose=schema(text))).schema
    assert {name: entry["fields"] for name, entry in written.items()} == {
        "orders": {"id": "integer", "total": "number?", "note": "string?"},
        "users": {"id": "string", "name": "string?"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "The cursor of **orders** and **users** is the incremental field `changed_at`.",
        "- `orders`: incremental key `changed_at`\n- `users`: incremental key `changed_at`",
        "`orders` and `users` use the cursor field `changed_at`.",
    ],
)
def test_a_line_that_begins_with_resources_holds_for_each(desk: Desk, text: str) -> None:
    other = '{"name": "carts", "endpoint": {"path": "/carts"}}'
    found = desk.new(shop(*TWO, other, prose=f"\n{text}\n"))
    cursors = {
        name: resource.incremental and resource.incremental.cursor_path
        for name, resource in found.declaration.resources.items()
    }
    assert cursors == {"orders": "changed_at", "users": "changed_at", "carts": None}


STATED = "as the prose says"
UNNAMED = "the default: the document names none"
MENTIONED = "which the text mentions, but not as the cursor"
OPEN = (
    "users, lines, notes: its cursor is updated_at, which the text mentions, but not as the "
    "cursor, nor as a field of each resource"
)
THREE = [
    '{"name": "users", "endpoint": {"path": "/users"}}',
    '{"name": "lines", "endpoint": {"path": "/users/{user_id}/lines"}}',
    '{"name": "notes", "endpoint": {"path": "/notes"}}',
]


@pytest.mark.parametrize(
    ("text", "cursor", "why"),
    [
        ("Incremental loading is based on the `changed_at` field.", "changed_at", STATED),
        ("- **Cursor field**: `modifiedAt`", "modifiedAt", STATED),
        ("The incremental sync is based on the `updated_at` field.", "updated_at", STATED),
        ("`search` uses cursor-based pagination with `next`.", "updated_at", UNNAMED),
        ("`orders` is incremental on `queued_at`.", "queued_at", STATED),
        (
            "- **Cursor**: `booked_at`, not `updated_at`, the time of the export.",
            "booked_at",
            STATED,
        ),
        ("The cursor does not exist; `changedAt` is informative.", "updated_at", UNNAMED),
        ("There is no incremental field such as `changed_at`.", "updated_at", UNNAMED),
        ("`orders` are sorted by `updated_at`.", "updated_at", MENTIONED),
        ("Times of `orders` such as `updatedAt` are in UTC.", "updatedAt", MENTIONED),
    ],
)
def test_the_cursor_that_the_prose_names_is_taken(
    desk: Desk, text: str, cursor: str, why: str
) -> None:
    found = desk.new(orders(prose=f"\n{text}\n"))
    incremental = found.declaration.resources["orders"].incremental
    assert incremental is not None
    assert incremental.cursor_path == cursor
    assert ("endpoint.incremental" in str(found.assumed)) is False
    assert f"orders: its cursor is {cursor}, {why}" in found.assumed


def test_a_list_of_cursors_is_not_one_of_all(desk: Desk) -> None:
    """Neither is a start that partitions do not begin on one that they begin on."""
    cursor = '"incremental": {"cursor_path": "lastSeen", "initial_value": "1900-01-01"}'
    seen = f'{{"name": "visits", "endpoint": {{"path": "/visits", {cursor}}}}}'
    text = "Each resource has an incremental cursor."
    prose = f"\n{text}\n\n- **Cursor Fields**: `createdAt`, `lastSeen`\n"
    found = desk.new(shop(ORDERS, seen, prose=prose))
    assert f"orders: its cursor is updated_at, {UNNAMED} of it" in found.assumed
    reason = "partitions do not begin on 1900-01-01 as written: the first one holds all older rows"
    assert [line for line in found.assumed if "partitions" in line] == [reason]


@pytest.mark.parametrize(
    ("prose", "lines"),
    [
        ("Fields such as `created_at` and `updated_at` are ISO 8601 datetime strings.", [OPEN]),
        ("- **Required Fields**: `id`, `updated_at`", [OPEN]),
        ("- **Timestamps**: `created_at`, `updatedAt` (string)", [OPEN.replace("d_at", "dAt")]),
        ("Rows are bought by `id`.", ["users, lines, notes: its cursor is updated_at, " + UNNAMED]),
        (
            "### Lines\n\n- `id`: integer\n- `updated_at`: date-time\n\n### Notes\n\n"
            "`updated_at` is in UTC.",
            [
                "users: its cursor is updated_at, " + UNNAMED,
                "lines: its cursor is updated_at, by its name among the fields",
                "notes: its cursor is updated_at, " + MENTIONED,
            ],
        ),
        (
            "The incremental cursor of all resources is `updated_at`.",
            ["users, lines, notes: its cursor is updated_at, " + STATED],
        ),
    ],
)
def test_the_report_says_why_each_resource_has_its_cursor(
    desk: Desk, prose: str, lines: list[str]
) -> None:
    found = desk.new(shop(*THREE, prose=f"\n# Schema\n\n{prose}\n"))
    assert [line for line in found.assumed if " its cursor is " in line] == lines
    assert all("cursor_path" not in found.endpoint(name) for name in ("users", "lines", "notes"))


def test_a_cursor_that_is_configured_is_not_assumed(desk: Desk) -> None:
    own = '"incremental": {"cursor_path": "updated_at"}'
    assert desk.new(orders(own, prose=schema("- `id`, `updated_at`"))).assumed == []


def test_each_resource_has_the_cursor_and_the_key_that_its_section_names(desk: Desk) -> None:
    prose = (
        "\n**Users**\n\n- Primary key: `uid`\n- Incremental cursor: `seen_at`\n"
        "\n**Orders**\n\n- Primary key: `number`\n- Incremental cursor: `paid_at`\n"
    )
    found = desk.new(shop(*TWO, defaults='"version": 1', prose=prose)).declaration.resources
    assert {
        n: (r.primary_key, r.incremental and r.incremental.cursor_path) for n, r in found.items()
    } == {
        "users": (("uid",), "seen_at"),
        "orders": (("number",), "paid_at"),
    }


def test_a_key_that_the_prose_names_is_taken_where_the_configuration_has_none(desk: Desk) -> None:
    prose = "\n- **Primary Key**: `id`\n- **Write Disposition**: `merge`\n"
    found = desk.new(shop(*TWO, defaults='"version": 1', prose=prose))
    assert found.attributes["resource_defaults"] == {"primary_key": "id"}
    assert "primary_key is id, as the prose says" in found.assumed


@pytest.mark.parametrize(
    ("fields", "cursor", "message"),
    [
        (
            "- `id`: string\n- `updated_at`: date-time",
            "updated_at",
            "orders: its cursor is updated_at, by its name among the fields",
        ),
        (
            "- `id`: string\n- `last_modified`: date-time",
            "last_modified",
            "orders: its cursor is last_modified, by its name among the fields",
        ),
        (
            "- `id`: string\n- `lastModified`: object\n- `modified_at`: date-time",
            "modified_at",
            "orders: its cursor is modified_at, by its name among the fields",
        ),
        ("- `id`: string\n- `updated_at`: object\n- `updated`: string", "updated", None),
        ("- `id`: string\n- `updateDateTime`: integer", "updateDateTime", None),
        (
            "| Resource | Fields |\n|---|---|\n| orders | `id`, `creationTime`, `updateTime` |",
            "updateTime",
            "orders: its cursor is updateTime, by its name among the fields",
        ),
        ("| Resource | Fields |\n|---|---|\n| orders | `id`, `creationTime` |", None, None),
        (
            "The rows have fields such as `id`, `creation_date` and `modification_date`.",
            "modification_date",
            "orders: its cursor is modification_date, by its name among the fields",
        ),
        ("Fields include names, dates such as `created` and `updated_date`.", "updated_date", None),
        # Examples are not a list of all fields, and several, or names of others, say nothing.
        ("The rows have fields such as `id` and `creation_date`.", "updated_at", None),
        ("The rows have fields such as `modified` and `last_edited`.", "updated_at", None),
        ("The rows have no fields such as `modified`.", "updated_at", None),
        ("Nested fields such as `modified` are objects.", "updated_at", None),
        ("The fields of parameters, such as `modified`, are dates.", "updated_at", None),
        ("- `id`: string\n- `lastModified`: object\n- `modified`: array", None, None),
        ("- `id`: string\n- `updated`: boolean", None, None),
        (
            "- `id`: string\n- `created_at`: date-time",
            None,
            "orders: its fields hold no cursor, so it is loaded whole, without partitions",
        ),
        (
            "- `id`: string\n- No other fields exist: no additional fields.",
            None,
            "orders: its fields hold no cursor, so it is loaded whole, without partitions",
        ),
    ],
)
def test_fields_show_the_cursor(desk: Desk, fields: str, cursor: Any, message: str | None) -> None:
    found = desk.new(orders(prose=schema(fields)))
    incremental = found.declaration.resources["orders"].incremental
    assert (incremental and incremental.cursor_path) == cursor
    assert message is None or message in found.assumed


OWN_CURSOR = (
    '{"name": "users", "endpoint": {"path": "/users", "incremental": {"cursor_path": "at"}}}'
)
OF_OTHERS = [
    pytest.param('"users"', "### Users\n- `modified`: date-time", None, id="by its name"),
    pytest.param(OWN_CURSOR, "### Users\n- `id`: string", None, id="as configured"),
    pytest.param('"users"', "### Users\n- `updated_at`: date-time", "updated_at", id="the same"),
    pytest.param('"users"', "### Users\n- `id`: string", None, id="none"),
    pytest.param(
        '"users"',
        "### Users\n- `id`: string\n\n### Orders\nFields depend on the order; more are allowed.",
        None,
        id="none, as its fields vary",
    ),
    pytest.param(
        '"users"',
        "### Users\n- `id`: string\n\n# Loading\n\nMost resources are synchronized incrementally.",
        "updated_at",
        id="none, though some are incremental",
    ),
    pytest.param(OWN_CURSOR, "A schema.", None, id="no fields at all"),
    pytest.param(
        OWN_CURSOR,
        "A schema.\n\n# Incremental\n\nThe cursor field `at` is a date-time.",
        None,
        id="as configured of others, which a sentence describes",
    ),
    pytest.param(
        OWN_CURSOR,
        "A schema.\n\n# Incremental\n\nThe cursor field of all resources is `at`.",
        "at",
        id="as configured of others, which is that of all",
    ),
    pytest.param(
        OWN_CURSOR,
        "### Orders\n- `at`: date-time\n\n# Incremental\n\nThe cursor field `at` is a date-time.",
        "at",
        id="as configured of others, and among the fields",
    ),
    pytest.param(
        '"users"',
        "A schema.\n\n# Incremental\n\nThe cursor field `at` is a date-time.",
        "at",
        id="as configured of none",
    ),
    pytest.param(OWN_CURSOR, "### Orders\n- `updated_at`: date-time", None, id="among the fields"),
    pytest.param(
        OWN_CURSOR,
        "### Orders\n- `updated_at`: date-time\n\n# Loading\n\n"
        "Resources with an `updated_at` field are synchronized incrementally.",
        "updated_at",
        id="as a sentence on all says",
    ),
    pytest.param(
        OWN_CURSOR,
        "### Orders\n- `modified`: date-time\n\n# Loading\n\nAll resources are incremental.",
        "modified",
        id="all are incremental",
    ),
    pytest.param(
        OWN_CURSOR,
        "### Orders\n- `modified`: date-time\n\n# Loading\n\nSome resources are incremental.",
        None,
        id="some are incremental",
    ),
    pytest.param(
        '"users"',
        "### Users\n- `modified`: date-time\n\n### Orders\n- `changed`: date",
        "changed",
        id="own fields",
    ),
]


@pytest.mark.parametrize(("users", "fields", "cursor"), OF_OTHERS)
def test_no_cursor_is_assumed_where_other_resources_have_one_of_their_own(
    desk: Desk, users: str, fields: str, cursor: str | None
) -> None:
    found = desk.new(shop(users, TWO[1], prose=schema(fields)))
    incremental = found.declaration.resources["orders"].incremental
    assert (incremental.cursor_path if incremental else None) == cursor
    whys = ("no fields and no cursor of it are known", "the document names cursors of others only")
    whole = [line for line in found.assumed if "so it is loaded whole, without part" in line]
    assert any(f"orders: {why}" in line for line in whole for why in whys) is (cursor is None)


def test_a_window_that_requests_hold_needs_a_cursor_that_the_fields_lack(desk: Desk) -> None:
    window = '"params": {"since": "{incremental.start_value}"}'
    found = desk.new(orders(window, prose=schema("- `id`: string\n- `name`: string")))
    line = "orders: updated_at is the cursor, though it is not among the fields of the document"
    assert line in found.assumed


def test_the_first_page_that_the_prose_names_is_taken(desk: Desk) -> None:
    prose = "\nPages are numbered from 1.\n"
    found = desk.new(orders('"paginator": {"type": "page_number"}', prose=prose))
    assert found.endpoint()["paginator"]["start_from_page"] == 1


def test_404_for_a_parent_without_rows_is_ignored_where_the_prose_says_so(desk: Desk) -> None:
    child = '{"name": "lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
    prose = errors("- **404**: returned for an order without lines; ignored")
    found = desk.new(shop(TWO[1], child, prose=prose))
    assert found.endpoint("lines")["response_actions"] == [{"status_code": 404, "action": "ignore"}]
    assert "response_actions" not in found.endpoint("orders")
    assert "lines: 404 means that a parent has no rows, as the prose says" in found.assumed


MIXED = [
    ("`id` (integer), `name`, `type`", {"id": "integer", "name": "any?", "type": "any?"}),
    (
        "`id`, `total` (number) and `notes` (string)",
        {"total": "number?", "notes": "string?", "id": "any"},
    ),
    (
        "`id`, `at` (date-time, see `zone`, `shift`), `open` boolean",
        {"at": "timestamp?", "open": "boolean?", "id": "any"},
    ),
]


@pytest.mark.parametrize(("fields", "types"), MIXED)
def test_fields_of_a_line_may_lack_a_type(desk: Desk, fields: str, types: dict[str, str]) -> None:
    written = desk.new(orders("", prose=schema(f"- `orders`: {fields}")))
    assert written.schema["orders"]["fields"] == types
    assert written.endpoint()["incremental"] is None
    assert not any("is not among its fields" in line for line in written.assumed)


LINES = [
    ("- `orders`: id, name, email (nullable), at", {}),
    ("- **Orders**: `net`, `tax`: number", {"net": "number?", "tax": "number?"}),
    ("Fields of `orders`: `id` integer, `at` date-time", {"id": "integer", "at": "timestamp?"}),
    (
        "- `orders`: `Start Date`, `End Date`: string",
        {"Start Date": "string?", "End Date": "string?"},
    ),
]


@pytest.mark.parametrize(("line", "types"), LINES)
def test_a_line_on_fields_gives_no_field_of_another_name(
    desk: Desk, line: str, types: dict[str, str]
) -> None:
    written = desk.new(orders("", prose=schema(line)))
    assert written.schema.get("orders", {}).get("fields", {}) == types


def test_a_type_behind_another_name_is_not_that_of_the_first(desk: Desk) -> None:
    prose = schema("- `orders`: `id`, `state` and nested `owner` object")
    assert desk.new(orders("", prose=prose)).schema == {}


def test_clauses_give_each_resource_its_fields(desk: Desk) -> None:
    prose = schema(
        "Ids are texts. `orders` have `state` (string) and `changedAt` (date-time); `users` and "
        "`teams` have `name` (see `states`)."
    )
    others = [f'{{"name": "{name}", "endpoint": {{"path": "/x"}}}}' for name in ("users", "teams")]
    written = desk.new(shop(*others, TWO[1], prose=prose))
    assert written.schema["orders"]["fields"] == {"state": "string?", "changedAt": "timestamp?"}
    assert written.endpoint("orders")["incremental"]["cursor_path"] == "changedAt"
    assert [written.endpoint(name)["incremental"] for name in ("users", "teams")] == [None, None]


def test_what_follows_a_table_is_not_of_its_last_row(desk: Desk) -> None:
    window = '"params": {"since": {"type": "incremental", "cursor_path": "at"}}'
    users = f'{{"name": "users", "endpoint": {{"path": "/users", {window}}}}}'
    table = "| Resource | Path |\n|---|---|\n| users | `/users` |\n| orders | `/orders` |\n"
    prose = f"\n# Resources\n\n{table}\n- **Filter**: `since` takes a date (`YYYY-MM-DD`).\n"
    written = desk.new(shop(users, TWO[1], prose=prose))
    since = {"type": "incremental", "cursor_path": "at", "param_format": "%Y-%m-%d"}
    assert written.endpoint("users")["params"] == {"since": since}


def test_a_section_on_auth_that_says_none_asks_for_none(desk: Desk) -> None:
    prose = "\n# Authentication\n\nNone. The API expects a `User-Agent`, though.\n"
    written = desk.new(shop(TWO[1], client='"client": {"base_url": "https://x.test"}', prose=prose))
    assert "declare client.auth" not in written.report
