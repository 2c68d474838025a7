"""Keys of a declaration → an endpoint with the key, and one without it, as YAML.

In them `@` is the name of the resource, and `URL` the address of the API.
"""

from analytics_ingest_tests.declaration.key_types import COUNTED, TYPED, Pair, inside

_BASE = "path: /@/list, data_selector: data, paginator: single_page"
_QUICK = "backoff_factor: 0.001"


def resource(keys: str, own: str = "") -> str:
    """A resource whose endpoint has some keys, and keys of its own beside it."""
    return f"{{name: '@', primary_key: id, endpoint: {{{_BASE}, {keys}}}, {own}}}"


_ENDPOINT = {
    "path": ("path: /@/two", ""),
    "method": ("method: POST", ""),
    "http_method": ("http_method: POST", ""),
    "params": ("params: {a: 1}", ""),
    "json": ("json: {a: 1}", ""),
    "data": ("data: {a: 1}", ""),
    "headers": ("headers: {X-A: b}", ""),
    "auth": ("auth: bearer", ""),
    "paginator": ("path: /@/paged, paginator: offset", "path: /@/paged"),
    "data_selector": ("path: /@/two, data_selector: others", "path: /@/two"),
    "response_actions": (
        "path: /@/teapot, response_actions: [{status_code: 418, action: ignore}]",
        "path: /@/teapot",
    ),
    "partial": ("path: /@/beside, partial: allow", "path: /@/beside"),
    "error_handler": (
        f"path: /@/teapot, error_handler: {{retry_on_status_codes: [418], {_QUICK}}}",
        "path: /@/teapot",
    ),
    "incremental": ("incremental: null", ""),
    "incremental_sync": ("incremental_sync: {cursor_field: deep.at}", ""),
    "partition_router": ("partition_router: {values: [a, b], cursor_field: of}", ""),
    "max_pages": (
        f"path: /@/paged, paginator: {{{COUNTED}}}, max_pages: 2",
        f"path: /@/paged, paginator: {{{COUNTED}}}",
    ),
}
_ROUTED = {
    "values": ("values: [a, b], cursor_field: of", "values: [a], cursor_field: of"),
    "cursor_field": ("values: [a], cursor_field: of", "values: [a], cursor_field: by"),
    "request_option": ("values: [a], request_option: of", "values: [a], request_option: by"),
    "parent_stream": ("parent_stream: parents, {to}", "parent_stream: others, {to}"),
    "stream": ("stream: parents, {to}", "stream: others, {to}"),
    "parent_key": ("parent_stream: parents, parent_key: kind, {to}", "stream: parents, {to}"),
    "partition_field": ("stream: parents, {to}", "stream: parents"),
    "parent_stream_configs": (
        "parent_stream_configs: [{stream: parents, {to}}]",
        "stream: others, {to}",
    ),
}
_HANDLER = {
    "retry_on_status_codes": ("[418]", _QUICK),
    "max_retries": ("1", f"retry_on_status_codes: [418], {_QUICK}"),
    "response_filters": ("[{http_codes: [418], action: IGNORE}]", ""),
}
_FILTERED = {
    "action": ("http_codes: [418], action: IGNORE", "http_codes: [418], action: RETRY"),
    "http_codes": ("action: IGNORE, http_codes: [418]", "action: IGNORE, http_codes: [404]"),
    "predicate": (
        "action: IGNORE, predicate: \"{{ 'error' in response }}\"",
        "action: IGNORE, http_codes: [404]",
    ),
    "error_message_contains": (
        "action: IGNORE, error_message_contains: stout",
        "action: IGNORE, error_message_contains: slim",
    ),
}


def _router(keys: str) -> str:
    path = "'/@/of/{of}'" if "stream" in keys else "/@/list"
    written = keys.replace("{to}", "partition_field: of")
    return f"path: {path}, partition_router: {{{written}}}"


_SINCE = "start_param: since"
_INCREMENTAL = {
    "cursor_path": ("deep.at", ""),
    "cursor_format": ("epoch_s", "cursor_path: epoch"),
    "start_param": ("since", ""),
    "end_param": ("until", ""),
    "param_format": ("epoch_s", _SINCE),
    "timezone": ("America/New_York", "cursor_path: local"),
    "row_order": ("asc", "cursor_path: local, timezone: America/New_York"),
    "lookback": ("1d", ""),
    "lag": ("86400", ""),
    "initial_value": ("'2026-01-05'", _SINCE),
    "max_window": ("1d", f"{_SINCE}, end_param: until"),
    "end_margin": ("5000d", "end_param: until"),
    "exclusive_start": ("true", _SINCE),
    "inclusive_end": ("true", f"{_SINCE}, end_param: until, param_format: '%Y-%m-%d'"),
}
_SYNC = {
    "datetime_format": ("'%s'", "cursor_field: updated_at, start_time_option: since"),
    "lookback_window": ("P1D", "cursor_field: updated_at"),
    "start_time_option": ("since", "cursor_field: updated_at"),
    "end_time_option": ("until", "cursor_field: updated_at"),
}
_OPTION = {
    "field_name": ("field_name: a", "field_name: b"),
    "inject_into": ("field_name: a, inject_into: header", "field_name: a"),
}


def _filter(keys: str) -> str:
    return f"path: /@/teapot, error_handler: {{{_QUICK}, response_filters: [{{{keys}}}]}}"


def _sync(option: str) -> str:
    return f"incremental_sync: {{cursor_field: updated_at, start_time_option: {{{option}}}}}"


CASES: dict[str, Pair] = {
    **{f"Endpoint.{key}": pair for key, pair in _ENDPOINT.items()},
    **{
        f"ErrorHandler.{key}": inside("error_handler", f"{key}: {value}", beside, "path: /@/teapot")
        for key, (value, beside) in _HANDLER.items()
    },
    **{
        f"ResponseFilter.{key}": (_filter(with_key), _filter(without))
        for key, (with_key, without) in _FILTERED.items()
    },
    **{
        f"Incremental.{key}": inside(
            "incremental", f"{key}: {value}", beside, f"path: /@/paged, paginator: {{{COUNTED}}}"
        )
        for key, (value, beside) in _INCREMENTAL.items()
    },
    **{
        f"IncrementalSync.{key}": inside("incremental_sync", f"{key}: {value}", beside)
        for key, (value, beside) in _SYNC.items()
    },
    "IncrementalSync.cursor_field": ("incremental_sync: {cursor_field: deep.at}", ""),
    **{
        f"PartitionRouter.{key}": (_router(with_key), _router(without))
        for key, (with_key, without) in _ROUTED.items()
    },
    **{
        f"RequestOption.{key}": (_sync(with_key), _sync(without))
        for key, (with_key, without) in _OPTION.items()
    },
    **{
        f"Paginator.{bound}_time_option": inside(
            "paginator", f"{bound}_time_option: {{field_name: a}}", "type: single_page"
        )
        for bound in ("start", "end")
    },
    **TYPED,
}
"""`<Block>.<key>`, of an auth or a paginator `<Block>.<type>.<key>`."""
