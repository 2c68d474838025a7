"""Reads the expressions that end a window before the present.

end_value: "{{ now_utc() - duration('PT2M') }}"     end_margin: 2m
"""

import re
from collections.abc import Iterator
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.declaration.airbyte.durations import read_duration

_KEYS = ("end_value", "end_datetime")
_BLOCKS = ("incremental", "incremental_sync")
_FORMAT = r"(?:\.(?:strftime|isoformat)\([^()]*\))?"
_MINUS = re.compile(
    r"\{\{\s*\(?\s*now_utc\(\)\s*-\s*duration\(\s*['\"](?P<length>P[\dTDWMYHS]+)['\"]\s*\)\s*\)?"
    rf"{_FORMAT}\s*\}}\}}"
)
_DAYS = re.compile(r"\{\{\s*day_delta\(\s*-(?P<days>\d+)\s*(?:,[^()]*)?\)\s*\}\}")
_NOW = re.compile(r"\b(?:now|today|day_delta)")


def keep_end_margins(draft: Draft) -> None:
    """Note how long before the present windows end, and log the ends that are not understood."""
    for name, endpoint in draft.iterate_endpoints():
        for block, key in _iterate_ends(endpoint):
            value = block[key]
            text = value.get("datetime") if isinstance(value, dict) else value
            if not isinstance(text, str):
                continue
            if margin := read_end_margin(text):
                draft.end_margins[name] = margin
            elif _NOW.search(text) and "duration" in text:
                reason = f"its windows end at {text}: declare incremental.end_margin"
                draft.log.assume(name, reason)


def read_end_margin(text: str) -> str | None:
    """Read the length that is subtracted from now; None for any other expression."""
    if minus := _MINUS.fullmatch(text.strip()):
        return read_duration(minus["length"])
    days = _DAYS.fullmatch(text.strip())
    return f"{int(days['days'])}d" if days and int(days["days"]) else None


def _iterate_ends(endpoint: Json) -> Iterator[tuple[Json, str]]:
    blocks: list[Any] = [endpoint.get(block) for block in _BLOCKS]
    params = endpoint.get("params")
    blocks += params.values() if isinstance(params, dict) else []
    for block in blocks:
        if isinstance(block, dict):
            yield from ((block, key) for key in _KEYS if key in block)
