"""Patterns for the words that documents use in place of the keys of a block.

Where `aliases` lists single words, a pattern names what many words have in common:
`next_cursor_path`, `nextTokenKey` and `cursor_field` of a paginator are all its `cursor_path`.
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.draft import Json

_TOKEN = r"(?:(?:next_|response_)?cursor|(?:next_|page_|next_page_|continuation_)?token)"
_PARAM = r"(?:query_|request_|url_)?param(?:eter)?(?:_name)?"
_PLACE = r"(?:path|key|field|selector|json_path|jsonpath)"
_SIZE = r"(?:page_size|limit|per_page|(?:page_)?size|count|max_results)"
_IN_BODY = r"(?:json_)?body_(?:path|key|field|json_path|param(?:eter)?|name)"
_BOUND = r"(?:_?(?:time|date|datetime|value|bound))?"
PATTERNS = {
    "paginator": {
        rf"{_TOKEN}_(?:response_)?{_PLACE}|next_(?:cursor|token|page_token|page_path)": (
            "cursor_path"
        ),
        rf"{_TOKEN}_{_PARAM}": "cursor_param",
        rf"{_TOKEN}_(?:graphql_)?variable": "cursor_variable",
        r"(?:initial|start|starting|first|base)_offset|offset_(?:start|base|initial)": "offset",
        r"(?:initial|start|starting|first|base)_page(?:_number)?|page_(?:start|base)": (
            "start_from_page"
        ),
        r"page_size|per_page|batch_size|max_results|(?:records|items|results)_per_page": "limit",
        rf"{_SIZE}_{_PARAM}": "limit_param",
        rf"{_SIZE}_{_IN_BODY}|body_{_SIZE}(?:_{_PARAM}|_{_PLACE})?": "limit_body_path",
        rf"{_TOKEN}_{_IN_BODY}|body_{_TOKEN}(?:_{_PARAM}|_{_PLACE})?": "cursor_body_path",
        rf"page(?:_number)?_{_IN_BODY}|body_page(?:_{_PARAM}|_{_PLACE})?": "page_body_path",
        rf"(?:offset|skip)_{_IN_BODY}|body_(?:offset|skip)(?:_{_PARAM}|_{_PLACE})?": (
            "offset_body_path"
        ),
        rf"page(?:_number)?_{_PARAM}": "page_param",
        rf"(?:offset|skip)_{_PARAM}": "offset_param",
        rf"next_(?:page_)?(?:url|link)(?:_{_PLACE})?": "next_url_path",
        rf"total(?:_count|_records|_items)?_{_PLACE}": "total_path",
        rf"total_pages_{_PLACE}|page_count_{_PLACE}": "total_pages_path",
        rf"has_(?:more|next)(?:_page)?(?:_{_PLACE})?|more_{_PLACE}": "has_more_path",
        r"stop_(?:when|if|on|expression)": "stop_condition",
    },
    "incremental": {
        rf"(?:start|since|from|lower){_BOUND}_{_PARAM}|(?:filter_|query_|request_)?{_PARAM}": (
            "start_param"
        ),
        rf"(?:end|until|to|upper){_BOUND}_{_PARAM}": "end_param",
        rf"cursor_(?:key|column|selector|json_?path)|(?:timestamp|date)_{_PLACE}": "cursor_path",
        r"(?:date|time|timestamp|param|parameter|cursor_datetime)_format|format": (
            "datetime_format"
        ),
        r"start|(?:start|initial)_(?:date|value|timestamp)|initial_date": "initial_value",
        r"(?:step|window|slice|interval)(?:_(?:size|length|duration|step))?|date_window": "step",
        r"look_?back(?:_(?:window|period|interval|duration))?": "lookback_window",
    },
    "error_handler": {
        r"(?:retry|retri?able|retryable)(?:_on)?(?:_(?:http|status|response))*"
        r"(?:_(?:codes?|status(?:es)?|errors?))?|(?:http_|status_)?codes(?:_to_retry)?": (
            "retry_on_status_codes"
        ),
        r"max_(?:attempts|tries|retry|retry_attempts|retry_count)|attempts|(?:num_)?retries"
        r"|retry_(?:count|attempts)": "max_retries",
        r"(?:retry_)?(?:backoff|delay)_(?:multiplier|base|seconds|delay|factor)"
        r"|(?:retry_)?delay_time|retry_delay(?:_seconds)?": "backoff_factor",
    },
}
"""Block → the words of a document → the key."""


def rename_similar(kind: str, block: Json, known: Collection[str]) -> None:
    """Rename the keys of a block that nothing knows, unless their own key is there too.

    Args:
        known: Keys that stay.
    """
    for key in [key for key in block if key not in known]:
        own = find_key(kind, key)
        if own and own not in block:
            block[own] = block.pop(key)


def find_key(kind: str, name: str) -> str | None:
    """Find the key that a word means; None where none does."""
    plain = spell(name)
    patterns = PATTERNS[kind].items()
    return next((own for pattern, own in patterns if re.fullmatch(pattern, plain)), None)


def spell(name: str) -> str:
    """Spell a word in small letters with underscores: `nextTokenPath` → `next_token_path`."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"\W+", "_", parts).lower().strip("_")
