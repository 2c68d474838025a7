"""An API that returns only the fields that it is asked for, and resources that ask for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.scripted_api import Asked, Script

ROWS = [
    {"id": n, "updated_at": "2026-01-05T10:00:00Z", "a": f"a{n}", "b": f"b{n}", "c": f"c{n}"}
    for n in range(1, 6)
]
ALL = ["updated_at", "a", "b", "c"]


def by_fields(served: Sequence[Mapping[str, Any]], param: str = "fields") -> Script:
    """Serve `data` by offset and limit, each row with its id and the fields of a parameter."""

    def script(asked: Asked) -> dict[str, Any]:
        wanted = {"id", *asked.query.get(param, "").split(",")}
        start = int(asked.query.get("offset", 0))
        rows = served[start : start + int(asked.query.get("limit", len(served)))]
        return {"data": [{n: v for n, v in row.items() if n in wanted} for row in rows]}

    return script


def chunked(name: str = "items", *, own: Any = None, **keys: Any) -> dict[str, Any]:
    """A resource that asks for two fields at a time, and for `id` in each request.

    Args:
        own: Keys of the resource beside its endpoint.
        keys: Keys of the list of fields, and `endpoint` for other keys of the endpoint.
    """
    endpoint = {"params": {}, **keys.pop("endpoint", {})}
    limits = {} if "max_length" in keys else {"max_count": 2}
    fields = {"type": "fields", "values": ALL, "always": ["id"], **limits, **keys}
    if "resource" in keys:
        del fields["values"]
    endpoint["params"] = {"fields": fields, **endpoint["params"]}
    return resource(name, own=own, **endpoint)
