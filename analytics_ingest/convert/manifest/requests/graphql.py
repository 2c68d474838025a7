"""A JSON body that is a query in GraphQL → `graphql`, in which each brace is written once.

It comes last, when everything else that a request carries is in its body.
"""

import re
from collections.abc import Mapping

from analytics_ingest.common.expressions.text import has_expression
from analytics_ingest.convert.draft import Json

_KEYS = {"query": "query", "variables": "variables", "operationName": "operation_name"}
_BRACES_TWICE = re.compile(r"(?:[^{}]|\{\{|\}\})+")


def simplify_query(endpoint: Json) -> None:
    """Write the query of an endpoint as it is, if nothing fills it."""
    body = endpoint.get("json")
    if endpoint.get("method") != "POST" or not isinstance(body, Mapping):
        return
    query, variables = body.get("query"), body.get("variables", {})
    is_whole = body.keys() <= _KEYS.keys() and isinstance(variables, Mapping)
    if not is_whole or not isinstance(query, str) or "{{" not in query:
        return
    if _BRACES_TWICE.fullmatch(query) and not has_expression(query):
        del endpoint["json"], endpoint["method"]
        query = query.replace("{{", "{").replace("}}", "}")
        endpoint["graphql"] = {_KEYS[key]: body[key] for key in body} | {"query": query}
