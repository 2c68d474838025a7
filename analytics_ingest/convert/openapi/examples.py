"""The schema of an example, for an answer that a document shows and does not describe."""

import json
import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.document import Node

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


def parse_example(value: Any) -> Any:
    """Return an example as it is; one that is written as the text of JSON is parsed."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def build_example_node(value: Any, beside: Node) -> Node:
    """Build an example as a schema, a part of the document that holds it."""
    memo, key = beside.document.memo, ("example", id(value))
    if key not in memo:
        memo[key] = (value, beside.build_beside(_infer_schema(value)))  # which keeps its identity
    return memo[key][1]


def _infer_schema(value: Any) -> Json:
    """Return what one value shows; a number does not show whether others have decimals."""
    if isinstance(value, Mapping):
        return {
            "type": "object",
            "properties": {str(key): _infer_schema(item) for key, item in value.items()},
        }
    if isinstance(value, list):
        rows = [item for item in value if isinstance(item, Mapping)]
        merged = {key: item for row in reversed(rows) for key, item in row.items()}
        return {"type": "array", "items": _infer_schema(merged) if rows else {}}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, str):
        moment = {"format": "date-time"} if _MOMENT.fullmatch(value) else {}
        return {"type": "string", "example": value, **moment}
    return {} if value is None else {"example": value}
