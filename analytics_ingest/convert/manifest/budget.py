"""Airbyte's `api_budget` → `rate`.

    policy with its matcher → a budget for each of its rates, which counts the requests of one path

Airbyte counts a request in the first policy that matches it, here it counts in every budget that
fits. So a budget here is never wider; what has no counterpart is omitted, and reported.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import UnsupportedError, list_items
from analytics_ingest.declaration.airbyte.durations import read_duration, read_seconds
from analytics_ingest.declaration.models.rate import LONGEST, MOST

_KEY = "api_budget"
_HEADERS = {
    "remaining_header": "ratelimit_remaining_header",
    "reset_header": "ratelimit_reset_header",
}
_ANY_TEXT = re.compile(r"(?:\.|\[\^/\]|\\d|\\w|\[[A-Za-z0-9_\\-]+\])[+*](?:\?)?")
_LITERAL = re.compile(r"\\([^A-Za-z0-9])|([A-Za-z0-9_/~%:@ -])")


def read_budget(manifest: Mapping[str, Any], base_url: str, log: ConversionLog) -> list[Json]:
    """Read the budgets of a manifest; what cannot be converted is logged.

    Args:
        base_url: The address that paths are relative to.
    """
    budget = manifest.get(_KEY)
    if not isinstance(budget, Mapping):
        return []
    policies = [item for item in list_items(budget, "policies") if isinstance(item, Mapping)]
    if not all(name in budget for name in _HEADERS.values()):
        headers: Json = {}
    else:
        headers = {key: str(budget[name]).strip() for key, name in _HEADERS.items()}
    if budget.get("status_codes_for_ratelimit_hit", [429]) != [429]:
        reason = "declare response_actions: rate_limited for statuses other than 429"
        log.leave_out(None, f"{_KEY}.status_codes_for_ratelimit_hit", reason)
    rates: list[Json] = []
    for number, policy in enumerate(policies):
        try:
            read = [*_convert_rates(policy, base_url, log)]
        except UnsupportedError as error:
            log.leave_out(None, f"{_KEY}.policies[{number}]", str(error))
        else:
            rates += [{**rate, **(headers if not place else {})} for place, rate in enumerate(read)]
    if len(policies) > 1 and rates:
        log.assume(None, "a request counts in every rate that fits it; in Airbyte in the first")
    return rates


def _convert_rates(policy: Mapping[str, Any], base_url: str, log: ConversionLog) -> Iterator[Json]:
    kind = policy.get("type")
    if kind == "UnlimitedCallRatePolicy":
        raise UnsupportedError("the requests that it exempts count in the other rates")
    parts = [policy.get(key) or [] for key in ("matchers", "rates")]
    if not all(isinstance(part, list) and _are_objects(part) for part in parts):
        raise UnsupportedError("its matchers or rates are not lists of objects")
    match = _convert_match(parts[0], base_url)
    if kind == "FixedWindowCallRatePolicy":
        log.assume(None, "a fixed window of api_budget is a moving one here, which allows no more")
        yield {**_convert_rate(policy.get("call_limit"), policy.get("period")), **match}
    elif kind == "MovingWindowCallRatePolicy":
        for rate in parts[1]:
            yield {**_convert_rate(rate.get("limit"), rate.get("interval")), **match}
    else:
        raise UnsupportedError(f"{kind} has no counterpart")


def _are_objects(items: list[Any]) -> bool:
    return all(isinstance(item, Mapping) for item in items)


def _convert_rate(limit: Any, interval: Any) -> Json:
    per = read_duration(interval) if isinstance(interval, str) else None
    if isinstance(limit, str) and limit.strip().isdigit():
        limit = int(limit)
    if not isinstance(limit, int) or limit < 1 or per is None or per == "0s":
        raise UnsupportedError("its limit or interval follows from a setting; declare rate")
    if limit > MOST or (read_seconds(str(interval)) or 0) > LONGEST.total_seconds():
        raise UnsupportedError("it is larger or longer than a rate can be")
    return {"requests": limit, "per": per}


def _convert_match(matchers: list[Mapping[str, Any]], base_url: str) -> Json:
    """Return what a budget counts, as `method` and `path`."""
    if len(matchers) > 1:
        raise UnsupportedError("several matchers share it, and a rate has one path")
    if not matchers:
        return {}
    (matcher,) = matchers
    for key in ("params", "headers", "weight"):
        if matcher.get(key):
            raise UnsupportedError(f"a matcher's {key} has no counterpart")
    host = matcher.get("url_base")
    if host and "/".join(base_url.split("/")[:3]) != host.rstrip("/"):
        raise UnsupportedError("its url_base is another than that of the streams")
    match: Json = {}
    if method := matcher.get("method"):
        match["method"] = str(method).upper()
    if pattern := matcher.get("url_path_pattern"):
        match["path"] = _convert_path(str(pattern), urlsplit(base_url).path.rstrip("/"))
    return match


def _convert_path(pattern: str, base: str) -> str:
    """Convert a regular expression to a path with stars, if it varies in texts only."""
    text, at, path = pattern.removeprefix("^"), 0, "" if pattern.startswith("^") else "*"
    ending = "" if text.endswith("$") else "*"
    text = text.removesuffix("$")
    while at < len(text):
        if match := _ANY_TEXT.match(text, at):
            path += "*"
        elif match := _LITERAL.match(text, at):
            path += match[1] or match[2]
        else:
            raise UnsupportedError(f"'{pattern}' is not a path with parts that vary")
        at = match.end()
    path = re.sub(r"\*+", "*", path + ending)
    if set(path) & set("{}?#[]"):
        raise UnsupportedError(f"'{pattern}' is not a path with parts that vary")
    if path.startswith("*"):
        return path
    if base and not path.startswith(base + "/"):
        raise UnsupportedError(f"'{pattern}' is not below the address of the streams")
    return path[len(base) :] or "/"
