"""What puts a page in doubt, though nothing in it is an error: it may lack rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.identity import is_own_thing
from analytics_ingest.extract.paging.evidence import as_number
from analytics_ingest.extract.paging.resource_evidence import ResourceEvidence
from analytics_ingest.extract.responses.element_outcomes import list_names
from analytics_ingest.extract.responses.error_bodies import is_in_xml
from analytics_ingest.extract.responses.error_elements import IDS, has_id
from analytics_ingest.extract.responses.error_words import iterate_meta_objects, normalize_names
from analytics_ingest.extract.responses.omitted_rows import may_omit_rows
from analytics_ingest.extract.selectors.row_lists import find_unread_list
from analytics_ingest.extract.selectors.row_places import RowPlaces
from analytics_ingest.extract.selectors.selector import Selector
from analytics_ingest.extract.selectors.selector_steps import list_elements

FAILURE_LISTS = ("failed", "failures", "failed_shards", "failed_requests")
FAILURE_COUNTS = ("error_count", "errors_count", "failure_count", "failures_count", "num_errors")
_COUNTS = ("total", "count", "rate", "number")
"""Names of numbers in an object that counts failures, or none."""
_ATTRIBUTE = "@"
_FAILURES = (
    "beside the rows says that something failed, so rows may be missing; if these are all that "
    "there are, declare partial: allow"
)


def note_doubts(
    body: Any, selector: Selector, resource: ResourceDeclaration, evidence: ResourceEvidence
) -> None:
    """Note in the evidence of a resource what puts a page of it in doubt."""
    if choice := selector.choice:
        unread = find_unread_list(body, choice.path, choice.beside, resource)
        evidence.warn_if("selector", unread)
    if holder := selector.holder:
        evidence.warn("holder", holder.doubt)
        if holder.is_around(body):
            evidence.withdraw("holder")
    ids = (*IDS, *resource.primary_key)
    for places in _iterate_places(body, selector, resource):
        gaps = [gap for gap in places.gaps if gap is not None or not is_in_xml(resource)]
        evidence.has_gaps |= not all(_may_have_no_rows(gap, ids) for gap in gaps)
        if resource.endpoint.partial != "allow" and (
            name := _find_failures(places, ids, level=int(is_in_xml(resource)))
        ):
            evidence.warn("failures", f"'{name}' {_FAILURES}")


def _iterate_places(
    body: Any, selector: Selector, resource: ResourceDeclaration
) -> Iterator[RowPlaces]:
    """Yield the places for rows of a body, or of each member of a zip file."""
    decoder, inner = resource.endpoint.decoder, selector.select_in_member()
    if decoder and decoder.has_members and inner and isinstance(body, list):
        yield from map(inner.find_places, body)
    else:
        yield selector.find_places(body)


def _find_failures(places: RowPlaces, ids: Sequence[str], *, level: int) -> str:
    """Return the name of what counts or lists failures in the outermost object; empty if none.

    An object with an id or a name is a thing of its own. Those in a list are read likewise.

    Args:
        level: How many objects are around the outermost one: that of XML is in one.
    """
    outermost = [part for _, part, depth in places.around if depth == level]
    has_signs = not list_names(places.elements).isdisjoint((*FAILURE_COUNTS, *FAILURE_LISTS))
    elements = [element.keys for element in places.elements] if has_signs else []
    for keys in map(normalize_names, [*outermost, *elements]):
        for part in (keys, *iterate_meta_objects(keys)):
            names = [] if is_own_thing(part, ids) else _list_failures(part, ids)
            if names:
                return names[0]
    return ""


def _list_failures(keys: Mapping[str, Any], ids: Sequence[str]) -> list[str]:
    """List the names of what counts or lists failures in an object."""
    counts = [name for name in FAILURE_COUNTS if (as_number(keys.get(name)) or 0) > 0]
    # Results of tests are lists of what passed and what failed.
    are_results = isinstance(keys.get("passed"), list)
    lists = [name for name in FAILURE_LISTS if _is_list_of_failures(keys.get(name), ids)]
    return counts if are_results else [*counts, *lists]


def _is_list_of_failures(value: Any, ids: Sequence[str]) -> bool:
    if isinstance(value, dict):
        counts = [as_number(value[name]) for name in _COUNTS if name in value]
        if counts and not any(counts):
            return False
    return isinstance(value, list | dict) and any(
        item and not has_id(item, ids) for item in list_elements(value)
    )


def _may_have_no_rows(gap: Any, ids: tuple[str, ...]) -> bool:
    """Return whether an element without a place for rows looks like one that has none.

    In XML attributes are beside rows, or there are none.
    """
    if isinstance(gap, dict):
        gap = {name: item for name, item in gap.items() if not str(name).startswith(_ATTRIBUTE)}
    return gap is not None and may_omit_rows([gap], ids, ())
