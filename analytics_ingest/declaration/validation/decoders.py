"""Refuses what a decoder cannot give: a body of rows has no total, no link and no next cursor."""

import re
from collections.abc import Iterator, Sequence

from analytics_ingest.declaration.element_path import parse_element_path
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.paginator import Paginator
from analytics_ingest.declaration.resolved import ResourceDeclaration

_PATHS = ("cursor_path", "next_url_path", "has_more_path", "total_path", "total_pages_path")
_EXPRESSIONS = ("cursor_value", "stop_condition")
_OUTSIDE = re.compile(r"(headers|last_record)\b")
_MEMBERS = re.compile(r"\$?\.?(\*|\[|$)")
_BODY = re.compile(r"\bresponse\b")


def check_decoder(resource: ResourceDeclaration) -> None:
    """Check that selector and paginator read nothing that bodies do not have.

    Raises:
        DeclarationError: They do.
    """
    endpoint = resource.endpoint
    if endpoint.decoder is not None:
        for key, problem in _find_problems(endpoint, endpoint.decoder):
            raise resource.place.build_error(f"endpoint.{key}", problem)


def _find_problems(endpoint: Endpoint, decoder: Decoder) -> Iterator[tuple[str, str]]:
    if decoder.type == "xml" and not endpoint.data_selector:
        advice = "name the elements that are rows, from the root on: customers.customer"
        yield "data_selector", f"is missing; with decoder: xml {advice}"
    elif problem := _find_selector_problem(endpoint.data_selector or "$", decoder):
        yield "data_selector", f"'{endpoint.data_selector}' {problem}"
    if (decoder.is_row_based or decoder.has_members) and endpoint.paginator:
        yield from _find_paging_problems(endpoint.paginator, decoder)


def _find_selector_problem(selector: str | Sequence[str], decoder: Decoder) -> str | None:
    if decoder.is_row_based:
        return None
    is_list = decoder.has_members
    first = _MEMBERS.match(selector) if isinstance(selector, str) else selector[0] == "*"
    if is_list and not first:
        return "skips the list of a zip file's members; write *. before it"
    if decoder.type == "xml" and parse_element_path(selector, is_in_list=is_list) is None:
        advice = "write names from the root on, with .* behind one that may come several times"
        return f"cannot be read from xml; {advice}"
    return None


def _find_paging_problems(paginator: Paginator, decoder: Decoder) -> Iterator[tuple[str, str]]:
    reason = f"a body of {decoder.type} is rows only"
    if not decoder.is_row_based:
        reason = "a zip file holds several bodies, or none"
    advice = "read headers. or last_record., or count pages"
    keys = paginator.dump_keys()
    for key in _PATHS:
        if (path := keys.get(key)) and not _OUTSIDE.match(str(path)):
            yield f"paginator.{key}", f"'{path}' is not there, because {reason}; {advice}"
    for key in _EXPRESSIONS:
        if _BODY.search(str(keys.get(key, ""))):
            yield f"paginator.{key}", f"reads response, but {reason}; {advice}"
    needed = {"cursor": ("cursor_path", "cursor_value"), "json_link": ("next_url_path",)}
    names = needed.get(paginator.kind.name)
    if names and not any(keys.get(name) for name in names):
        yield "paginator", f"reads the body for the next page, but {reason}; {advice}"
