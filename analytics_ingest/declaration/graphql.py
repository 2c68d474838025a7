"""`endpoint.graphql` → a POST whose JSON body holds the variables; the query is sent as it is.

The variables are a part of `json`, so that placeholders, expressions and paginators work as in any
other body. `RequestTemplate` adds the query as it is.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.declaration.errors import Place


def expand_graphql(place: Place, endpoint: dict[str, Any]) -> dict[str, Any]:
    """Give an endpoint the method and the body of its query.

    Raises:
        DeclarationError: It declares another method or body.
    """
    graphql = endpoint.get("graphql")
    if not isinstance(graphql, Mapping):
        return endpoint
    for key in ("json", "data"):
        if endpoint.get(key) is not None:
            problem = "cannot be combined with graphql, which is the body; remove one of them"
            raise place.build_error(f"endpoint.{key}", problem)
    if endpoint.get("method", "POST").upper() != "POST":
        raise place.build_error(
            "endpoint.method", "is not POST, by which graphql is sent; remove it"
        )
    return {**endpoint, "method": "POST", "json": {"variables": graphql.get("variables") or {}}}
