"""Sentences that deny, hedge, look back or speak of something else change nothing.

Each is near to one that a reader of prose takes; the declaration is the one without it.
"""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
LINES = '{"name": "lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
WINDOW = (
    '{"name": "orders", "endpoint": {"path": "/orders", "incremental": {"cursor_path": "at", '
    '"start_param": "since", "end_param": "until"}}}'
)
PAGES = (
    '{"name": "orders", "endpoint": {"path": "/orders", "paginator": {"type": "page_number", '
    '"limit": 50, "start_from_page": 1}}}'
)
CURSOR = (
    '{"name": "orders", "endpoint": {"path": "/orders", "paginator": {"type": "cursor", '
    '"cursor_path": "next", "cursor_param": "c"}}}'
)
OPEN = '"client": {"base_url": "https://shop.test"}'
KEY = (
    '"client": {"base_url": "https://shop.test", "auth": {"type": "api_key", "name": "X-Key", '
    '"api_key": dlt.secrets["k"], "location": "header"}}'
)
ON_ORDERS = "# Resources\n\n### Orders\n\n"

ROWS = [
    "Rows can be filtered by an optional condition such as `{{ record.status == 'open' }}`.",
    "Do not use a record filter such as `{{ record.deleted == false }}`.",
    "It used to be filtered by `{{ record.at > '2020' }}` in the old connector.",
    "The fields `notes` and `email` are removed from the record once an order is anonymized.",
    "The fields `notes` are removed from the record by the API.",
    "`total` is added to the record if `expand` is sent, `{{ record.a }}`.",
    "Never write a record filter: `{{ record.a }}`",
    "The old connector had this:\n\n```yaml\nrecord_filter:\n  condition: '{{ record.a }}'\n```",
    "Do not add a filter:\n\n```yaml\nrecord_filter:\n  condition: '{{ record.a }}'\n```",
    'The API answers:\n\n```json\n{"paginator": {"type": "offset"}, "data": []}\n```',
    "- Cursor: `created_at` is not returned.",
    "- The cursor field of the webhook log is `received_at`.",
    "#### Search\n\n- Method: POST",
    "#### Cancel\n\n- Method: POST",
]
STATUSES = [
    "- 404 on orders: nothing to list was a common misreading; treat it as a failure.",
    "- A 403 for users means that the token lacks a scope; rows are skipped otherwise.",
    "- `users`, 403: skip the retry and fail.",
    "- `users`, 403: the key is missing or empty",
    "- `users`, 404: unknown path; skip retries",
    "- `orders`, 410: endpoint gone, empty body",
    "- 404 should be tried again by hand: 3 attempts by the user.",
]
WINDOWS = [
    "`since`: the request may be repeated up to 3 days after a period has ended.",
    "`until`: up to 30 days of history are kept in the window of search.",
    "`since` and `until` are ISO 8601. They are not `YYYY-MM-DD` and never epoch seconds.",
    "The response repeats `since` as a Unix epoch.",
    "No more than one request between `since` windows, and more than 2 hours of backoff.",
    "The window of one request may be longer than 30 days.",
    "There is no maximum of 7 days between `since` and `until` any more.",
]
PAGING = [
    "An error page follows the last; an empty list means the filter matched nothing.",
    "An empty page does not end a listing.",
    "The parameters `fields` and `page_count` are legacy and ignored by pagination.",
    "The parameters `fields` and `per` are read by pagination.",
    "The parameters `page_no` and `limit` must not be sent with pagination.",
]
KEYS = [
    "The table of events in our warehouse has the primary key `event_id`.",
    "Rows in the audit log have `log_id` as primary key.",
    "The primary key might be `uid`.",
]
REQUESTS = [
    "Each request is logged with the header `X-Trace: on` by the proxy.",
    "Every request in the console includes the parameter `debug=true`.",
    "All requests that fail must send the header `Accept: text/plain`.",
    "### Orders\n\nExports must send the parameter `format=csv`.",
    "### Orders\n\nArchived orders are left out by the server with parameter `archived=false`.",
    "### Orders\n\nPartners are required to send the header `X-Partner: acme`.",
]
LOGINS = [
    "# Authentication\n\nRate limits per key are given in the header `X-RateLimit`.",
    "The idempotency key goes in the header `Idempotency-Key`.",
    "# Authentication\n\n- Customers are authenticated in the shop by HTTP Basic.",
    "# Authentication\n\nThe key was sent in the header `X-Old-Key`.",
]
PREFIXES = [
    "The value shown in the console is prefixed with `sk_` for secret keys.",
    "Keys are prefixed with `live` in production and sent in `X-Key`.",
    "The value of `X-Key` was prefixed with `Token`.",
]
EPOCHS = [
    "`updated_at`, unlike the Unix timestamp `synced_at`, is an ISO 8601 string.",
    "Every time an order changes, the audit log gets a Unix timestamp.",
    "All times in `invoices` are epoch milliseconds, an integer.",
    "All dates in the CSV export are written as `DD/MM/YYYY`.",
    "- `updated_at` (integer) is a counter of changes.",
]
PLACEHOLDERS = [
    "`order_id` is `required`.",
    "`order_id` is `string`",
    "In the rows of lines, `order_id` is `null` for drafts.",
    "`order_id` is a configuration of the webhooks.",
    "In a webhook the id of the order is stored as `id`.",
    "In the log the id of the order is stored as `order`.",
]
LAST_PAGES = [
    "The first 3 pages of the manual explain the API.",
    "Only the first 3 pages can be cached; the API has more.",
    "It is not true that only the first 3 pages are read.",
]
NEXT_PAGES = ["Formerly the next page was `next + 1`.", "Do not request `next + 1`."]
MOST = PAGES.replace('"limit"', '"maximum_page": 3, "limit"')
CASES = [
    *((shop(ORDERS), f"# Schema\n\n{line}") for line in EPOCHS),
    *((shop(ORDERS, LINES), f"# Resources\n\n{line}") for line in PLACEHOLDERS),
    *((shop(MOST), f"# Paging\n\n{line}") for line in LAST_PAGES),
    *((shop(CURSOR), f"# Paging\n\n{line}") for line in NEXT_PAGES),
    *((shop(ORDERS, USERS), f"{ON_ORDERS}{line}") for line in ROWS),
    *((shop(ORDERS, LINES, USERS), f"# Errors\n\n{line}") for line in STATUSES),
    *((shop(WINDOW), f"# Notes\n\n- {line}") for line in WINDOWS),
    *((shop(PAGES), f"# Paging\n\n{line}") for line in PAGING),
    (shop(CURSOR), "Never write that it stops on `{{ response.count == 0 }}`."),
    *((shop(ORDERS, USERS, defaults='"resource_defaults": {}'), line) for line in KEYS),
    (shop(ORDERS, defaults=DEFAULTS), f"{ON_ORDERS}- **Line items**:\n  - Primary key: `line`"),
    *((shop(ORDERS, USERS), f"# Requests\n\n{line}") for line in REQUESTS),
    *((shop(client=OPEN), line) for line in LOGINS),
    *((shop(client=KEY), f"# Authentication\n\n{line}") for line in PREFIXES),
    (shop(client='"client": {}'), "The base URL of images is `https://cdn.test/img`."),
]


@pytest.mark.parametrize(("document", "prose"), CASES, ids=[prose for _, prose in CASES])
def test_a_sentence_that_does_not_state_it_changes_nothing(
    desk: Desk, document: str, prose: str
) -> None:
    plain = desk.new(document, api="plain").attributes
    assert desk.new(f"{document}\n{prose}\n").attributes == plain
