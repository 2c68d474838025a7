"""Finds the values among which a line on a setting lets one choose: `range`: `1d`, `max` or `ytd`.

What is listed so is neither a parameter nor a field, unless the line speaks of something else.
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name

_LABEL = re.compile(r"[\W_]*`?(?P<name>[A-Za-z]\w*)`?[\W_]*(?:\([^()`]*\))?[\W_]*[:\u2013\u2014-]")
_VALUE = r"`[^`]{1,60}`(?: \([^()`]{1,60}\))?"
_CHOICE = re.compile(
    rf"{_VALUE}(?:(?:, ?(?:or |and )?| and ){_VALUE}){{2,}}|{_VALUE}(?:, {_VALUE})*,? or {_VALUE}"
)
"""Three values or more, or some of which one is taken."""


def find_setting_values(line: Line, settings: Collection[str]) -> list[tuple[int, int]]:
    """Find where a line that begins with a setting lists its values."""
    label = None if line.cells else _LABEL.match(line.text)
    if label is None or to_valid_name(label["name"]) not in settings:
        return []
    return [match.span() for match in _CHOICE.finditer(line.text, label.end())]
