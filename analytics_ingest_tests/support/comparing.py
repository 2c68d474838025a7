"""What a warehouse holds, written so that two warehouses can be compared."""

import json
import re
from collections import Counter
from collections.abc import Mapping

from analytics_ingest_tests.support.warehouses import Answer, NoSuchTable, ask

_NEGATIVE_ZERO = re.compile(r"-0\.0\b")
"""Equal to zero, and not every warehouse keeps the sign."""

_NO_FRACTION = re.compile(r"(?<=\d\d:\d\d:\d\d)\.0+\b")
"""Of a second; a lake has times as text."""


def stored(dataset: str, table: str) -> Answer | None:
    """A table, None where there is none."""
    try:
        return ask(f"SELECT * FROM {dataset}.{table}")
    except NoSuchTable:
        return None


def differences(actual: Answer | None, expected: Answer | None) -> str:
    """How a table differs from another one, beyond the order of its rows; empty if it does not."""
    if actual is None or expected is None:
        return "" if actual is expected else f"found {actual} instead of {expected}"
    if set(actual.types) != set(expected.types):
        return f"found columns {sorted(actual.types)} instead of {sorted(expected.types)}"
    one, other = (_canonical(answer, expected.types) for answer in (actual, expected))
    more = [f"found {row}" for row in sorted((one - other).elements())]
    return "\n".join(more + [f"expected {row}" for row in sorted((other - one).elements())])


def _canonical(answer: Answer, types: Mapping[str, str]) -> Counter[str]:
    """The rows, spelled the same everywhere, without what dlt makes up for each."""
    rows = [
        {
            column: json.loads(value) if value and types[column] == "json" else value
            for column, value in row.items()
            if not column.startswith("_dlt_")
        }
        for row in answer.as_dicts()
    ]
    spelled = (json.dumps(row, sort_keys=True, default=str) for row in rows)
    return Counter(_NEGATIVE_ZERO.sub("0.0", _NO_FRACTION.sub("", row)) for row in spelled)
