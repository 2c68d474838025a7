"""How the bounds of a window are sent: as clauses on it say, else as its cursor is read."""

import re
from collections.abc import Collection

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.windows.bound_formats import find_format, find_pattern
from analytics_ingest.convert.prose.windows.window_lengths import holds_any

_DEFAULT = "%Y-%m-%dT%H:%M:%SZ"
_ISO8601 = re.compile(r"\bISO[ -]?(?:8601|format\w*|date\w*)\b|\bRFC ?3339\b", re.I)
_SAME_FORMAT = re.compile(r"\bthe same (?:format|form|two param\w+|param\w+)\b|\bas above\b", re.I)


def find_own_format(
    texts: list[str],
    quoted: Collection[str],
    incremental: Json,
    fields: Fields,
    before: Collection[str],
) -> Json:
    """Find the format of a resource's bounds in the clauses on its windows.

    Args:
        quoted: The parameters that send its bounds, in backticks.
        before: The formats of resources before it: `in the same format`.
    """
    named = [text for text in texts if holds_any(text, quoted)]
    texts = named if any(find_pattern(text) or says_iso8601(text) for text in named) else texts
    own = _find_format(texts, incremental, fields)
    is_same = not own and len({*before}) == 1 and any(map(_SAME_FORMAT.search, texts))
    return {"param_format": next(iter(before))} if is_same else own


def says_iso8601(text: str) -> bool:
    """Return whether a clause says that times are in ISO 8601, as they are sent anyway."""
    return _ISO8601.search(text) is not None


def send_as_read(draft: Draft, resource: Json, incremental: Json) -> None:
    """Send the bounds of a cursor that is an epoch as one, unless its first value is a date."""
    kind = str(incremental.get("cursor_format"))
    if kind.startswith("epoch_") and "initial_value" not in incremental:
        draft.add_to_incremental(resource, {"param_format": kind})
        reason = f"its bounds are sent as {kind}, as its cursor is read; declare param_format"
        draft.log.assume(resource["name"], reason, key="endpoint.incremental.param_format")


def _find_format(sentences: list[str], incremental: Json, fields: Fields) -> Json:
    for sentence in sentences:
        if kind := find_format(sentence):
            return {} if kind == _DEFAULT else {"param_format": kind}
    kind = fields.types.get(str(incremental.get("cursor_path")), "").rstrip("?")
    return {"param_format": "%Y-%m-%d"} if kind == "date" else {}
