"""Checks of what one request sends, be it an endpoint's, a job's or what all requests share."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.header_names import find_header_problem
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.placeholders import list_settings


def check_headers(place: Place, key: str, headers: Mapping[str, Any]) -> None:
    """Check that headers have names that can be sent, and hold no literal key.

    Raises:
        DeclarationError: One does not.
    """
    for name, value in headers.items():
        if problem := find_header_problem(name):
            raise place.build_error(f"{key}.{name}", problem)
        is_literal = not (list_settings(value) or find_references(value).job)
        if name.lower() == "authorization" and is_literal:
            raise place.build_error(f"{key}.{name}", "holds a literal secret; declare auth instead")


def check_body(place: Place, key: str, json_body: Any, data: Any) -> None:
    """Check that a request has one body, which can be sent.

    Args:
        key: What declares the request.

    Raises:
        DeclarationError: It has two, or a list that is not one of names and values.
    """
    pairs = data if isinstance(data, list) else []
    if not all(isinstance(item, list) and len(item) == len(("name", "value")) for item in pairs):
        problem = "is a list, which is not a form; write fields and their values, or json"
        raise place.build_error(f"{key}.data", problem)
    if json_body is not None and data is not None:
        problem = "cannot be combined with json; a request has one body: remove one"
        raise place.build_error(f"{key}.data", problem)
