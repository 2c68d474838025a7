"""The primary key of a stream. A key made from the clock is dropped: each load has another."""

import re
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component
from analytics_ingest.convert.manifest.components.interpolation import Interpolation

_CLOCK = re.compile(r"\b(?:now_utc|today_utc|today_with_timezone|generate_uuid)\s*\(")


def read_key(
    name: str, stream: Component, steps: list[Json], texts: Interpolation, log: ConversionLog
) -> str | list[str] | None:
    """Read the primary key; a key that the next load would not repeat is dropped."""
    raw = stream.take("primary_key") or []
    keys = [_convert_key(key, stream, texts) for key in (raw if isinstance(raw, list) else [raw])]
    keys = [key for key in keys if key]
    of_clock = [key for key in keys if is_of_clock(key, steps)]
    if of_clock and of_clock == keys:
        log.assume(name, f"its key {', '.join(keys)} is made of the clock, so there is none")
        return None
    if of_clock:
        text = f"its key holds the moment of the load ({', '.join(of_clock)}), so each adds rows"
        log.assume(name, text)
    return keys[0] if len(keys) == 1 else keys or None


def _convert_key(raw: Any, stream: Component, texts: Interpolation) -> str:
    parts = raw if isinstance(raw, list) else [raw]
    return ".".join(str(texts.evaluate_constant(part, stream.parameters)) for part in parts)


def is_of_clock(key: str, steps: list[Json]) -> bool:
    """Return whether a step adds a field whose value is the time."""
    added = [step["add"][key] for step in steps if key in step.get("add", {})]
    return bool(added) and _CLOCK.search(str(added[-1])) is not None
