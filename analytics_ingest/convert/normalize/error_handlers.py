"""Writes what documents call the parts of an error handler under the keys of a declaration.

backoff: {type: constant, seconds: 5}               backoff: constant, backoff_factor: 5
rules: [{http_codes: [404], action: IGNORE}]        response_filters
response_actions: [{status_code: 429, action: retry}]
fail_on_status_codes: [401]                        response_actions of the endpoint
wait_time_from_header: X-Wait                       wait_header: X-Wait
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json, add_actions
from analytics_ingest.convert.normalize.similar_words import spell

_FILTERS = ("rules", "filters", "response_rules", "handlers")
_CODES = ("http_codes", "status_codes", "codes", "status_code")
_LIFTED = ("message", "action", "backoff_factor")
_OF_FILTERS = {"action", "error_message", "error_message_contains", "predicate", "type"}
_FACTORS = (
    *("factor", "backoff_factor", "multiplier", "base", "base_delay", "seconds", "delay", "wait"),
    *("initial_delay", "backoff_time_in_seconds", "interval", "interval_seconds", "delay_seconds"),
)

_OF_BACKOFF = {"type", *_FACTORS}

_WAIT_HEADER = re.compile(
    r"wait_time_from_header|(?:wait|backoff)_from_header|header_for_(?:wait|backoff)"
    r"|(?:(?:wait|backoff)(?:_time)?|retry_after|retry_delay)_header(?:_name)?"
)
_UNTIL_HEADER = re.compile(r"wait_until_(?:time_)?(?:from_)?header(?:_name)?")
_DEFAULT_WAIT = re.compile(
    r"(?:default|fallback)_(?:backoff|wait|retry_after)(?:_time)?(?:_(?:in_)?seconds)?"
)
_OF_HEADER = {
    **dict.fromkeys(("name", "header", "header_name"), "name"),
    **{key: key for key in ("regex", "holds", "min_wait", "max_wait")},
    "max_waiting_time_in_seconds": "max_wait",
}
_STATUSES = re.compile(
    r"(fail(?:ed|ing|s)?|fatal|ignored?|skip(?:ped)?)(?:_(?:on|for))?"
    r"_(?:http_)?(?:status_?codes?|status(?:es)?|codes?)"
)
_NAME = re.compile(r"[A-Za-z][\w-]*")
_STRATEGIES = {
    "constant": ("ConstantBackoffStrategy", "backoff_time_in_seconds"),
    "fixed": ("ConstantBackoffStrategy", "backoff_time_in_seconds"),
    "exponential": ("ExponentialBackoffStrategy", "factor"),
    "wait_time_from_header": ("WaitTimeFromHeader", "header"),
    "wait_until_time_from_header": ("WaitUntilTimeFromHeader", "header"),
}
"""What documents call a strategy of waits → its type in a manifest, and the key of its value."""
_AROUND_STRATEGY = re.compile(r"_(?:backoff(?:_strategy)?|strategy)$")


def normalize_error_handler(endpoint: Json) -> None:
    """Write the parts of an endpoint's error handler under their own keys."""
    handler = endpoint.get("error_handler")
    if isinstance(handler, list) and handler and all(map(_is_filter, handler)):
        handler = endpoint["error_handler"] = {"rules": handler}
    if not isinstance(handler, dict):
        return
    _name_strategies(handler)
    _take_wait_header(handler)
    _take_default_wait(handler)
    if isinstance(backoff := handler.get("backoff"), Mapping):
        _take_backoff(handler, backoff)
    for key in [key for key in _FILTERS if isinstance(handler.get(key), list)]:
        if "response_filters" not in handler and all(map(_is_filter, handler[key])):
            rules = handler.pop(key)
            factors = {item["backoff_factor"] for item in rules if "backoff_factor" in item}
            if len(factors) == 1:
                handler.setdefault("backoff_factor", factors.pop())
            handler["response_filters"] = [_write_filter(item) for item in rules]
    if isinstance(handler.get("response_actions"), list):
        _take_actions(endpoint, handler)
    _take_statuses(endpoint, handler)


def _name_strategies(handler: Json) -> None:
    """Write the strategies of a list that a document calls in its own words as a manifest does."""
    listed = handler.get("backoff_strategies")
    if isinstance(listed, list):
        handler["backoff_strategies"] = [_name_strategy(item) for item in listed]


def _name_strategy(item: Any) -> Any:
    kind = spell(str(item.get("type"))) if isinstance(item, Mapping) else ""
    kind, own = _STRATEGIES.get(_AROUND_STRATEGY.sub("", kind), ("", ""))
    values = [key for key in item if key in _FACTORS or key == own] if kind else []
    if len(values) != 1:
        return item
    others = {key: value for key, value in item.items() if key not in values}
    return {**others, "type": kind, own: item[values[0]]}


def _take_wait_header(handler: Json) -> None:
    """Write which header says how long to wait; every load follows Retry-After anyway."""
    words = {key: spell(key) for key in handler}
    for pattern, own in ((_WAIT_HEADER, {}), (_UNTIL_HEADER, {"holds": "moment"})):
        keys = [key for key, word in words.items() if pattern.fullmatch(word) and key in handler]
        header = _write_header(handler[keys[0]]) if len(keys) == 1 else None
        if header is None or "wait_header" in handler.keys() - keys:
            continue
        del handler[keys[0]]
        header = {**own, **header}
        if len(header) > 1 or header["name"].lower() != "retry-after":
            handler["wait_header"] = header if len(header) > 1 else header["name"]


def _write_header(value: Any) -> Json | None:
    """Write a header under the keys of a declaration; None where anything else is in it."""
    block = {"name": value} if isinstance(value, str) else value
    if not isinstance(block, Mapping) or block.keys() - {*_OF_HEADER, "type"}:
        return None
    own = {_OF_HEADER[key]: held for key, held in block.items() if key in _OF_HEADER}
    is_name = isinstance(own.get("name"), str) and _NAME.fullmatch(own["name"])
    return own if is_name and str(block.get("type", "")) in ("", "WaitTimeFromHeader") else None


def _take_default_wait(handler: Json) -> None:
    """Wait as long as a handler says where no header does."""
    keys = [key for key in handler if _DEFAULT_WAIT.fullmatch(spell(key))]
    seconds = handler[keys[0]] if len(keys) == 1 else None
    if type(seconds) in (int, float) and handler.keys().isdisjoint({"backoff", "backoff_factor"}):
        del handler[keys[0]]
        handler |= {"backoff": "constant", "backoff_factor": seconds}


def _take_backoff(handler: Json, backoff: Mapping[str, Any]) -> None:
    kind = str(backoff.get("type", "exponential")).lower()
    own = "constant" if kind.startswith(("const", "fixed")) else "exponential"
    factors = [backoff[key] for key in _FACTORS if isinstance(backoff.get(key), int | float)]
    is_known = kind.startswith(("const", "fixed", "expo")) and not backoff.keys() - _OF_BACKOFF
    if is_known and len(factors) <= 1:
        handler["backoff"] = own
        for factor in factors:
            handler.setdefault("backoff_factor", factor)


def _is_filter(item: Any) -> bool:
    if not isinstance(item, Mapping) or "action" not in item or not set(_CODES) & item.keys():
        return False
    # A message is a remark, except where it could say which responses are ignored.
    action = str(item["action"]).lower()
    own = {"message"} if action in ("retry", "fail", "rate_limited") else set()
    own |= {"backoff_factor"} if action in ("retry", "rate_limited") else set()
    return not item.keys() - {*_CODES, *_OF_FILTERS, *own}


def _write_filter(item: Mapping[str, Any]) -> Json:
    key = next(key for key in _CODES if key in item)
    codes = item[key] if isinstance(item[key], list) else [item[key]]
    rest = {k: v for k, v in item.items() if k not in (key, *_LIFTED)}
    return {**rest, "http_codes": codes, "action": str(item["action"]).upper()}


def _take_statuses(endpoint: Json, handler: Json) -> None:
    """Write lists of statuses that fail or are ignored as actions of the endpoint."""
    for key in list(handler):
        match = _STATUSES.fullmatch(spell(key))
        codes = handler[key] if isinstance(handler[key], list) else [handler[key]]
        if match and all(type(code) is int for code in codes):
            del handler[key]
            action = "ignore" if match[1].startswith(("ignore", "skip")) else "fail"
            add_actions(endpoint, [{"status_code": code, "action": action} for code in codes])


def _take_actions(endpoint: Json, handler: Json) -> None:
    """Move actions to the endpoint; a status that is tried again belongs to the handler."""
    kept: list[Any] = []
    for item in handler.pop("response_actions"):
        action = str(item.get("action", "")).lower() if isinstance(item, Mapping) else ""
        code = item.get("status_code") if isinstance(item, Mapping) else None
        is_alone = isinstance(item, Mapping) and item.keys() == {"status_code", "action"}
        if action == "retry" and is_alone and isinstance(code, int):
            given = handler.get("retry_on_status_codes") or []
            codes = list(given) if isinstance(given, list) else [given]
            handler["retry_on_status_codes"] = codes + ([code] if code not in codes else [])
        else:
            kept.append({**item, "action": action} if isinstance(item, Mapping) else item)
    if kept:
        add_actions(endpoint, kept)
