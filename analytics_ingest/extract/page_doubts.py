"""What puts a page in doubt, though nothing in it is an error: it may lack rows."""

from collections.abc import Iterator
from typing import Any

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.error_bodies import is_in_xml
from analytics_ingest.extract.error_elements import IDS
from analytics_ingest.extract.omitted_rows import may_omit_rows
from analytics_ingest.extract.paging.resource_evidence import ResourceEvidence
from analytics_ingest.extract.row_places import RowPlaces
from analytics_ingest.extract.selector import Selector

_ATTRIBUTE = "@"


def note_doubts(
    body: Any, selector: Selector, resource: ResourceDeclaration, evidence: ResourceEvidence
) -> None:
    """Note in the evidence of a resource what puts a page of it in doubt."""
    ids = (*IDS, *resource.primary_key)
    for places in _iterate_places(body, selector, resource):
        gaps = [gap for gap in places.gaps if gap is not None or not is_in_xml(resource)]
        evidence.has_gaps |= not all(_may_have_no_rows(gap, ids) for gap in gaps)


def _iterate_places(
    body: Any, selector: Selector, resource: ResourceDeclaration
) -> Iterator[RowPlaces]:
    """Yield the places for rows of a body, or of each member of a zip file."""
    decoder, inner = resource.endpoint.decoder, selector.select_in_member()
    if decoder and decoder.has_members and inner and isinstance(body, list):
        yield from map(inner.find_places, body)
    else:
        yield selector.find_places(body)


def _may_have_no_rows(gap: Any, ids: tuple[str, ...]) -> bool:
    """Return whether an element without a place for rows looks like one that has none.

    In XML attributes are beside rows, or there are none.
    """
    if isinstance(gap, dict):
        gap = {name: item for name, item in gap.items() if not str(name).startswith(_ATTRIBUTE)}
    return gap is not None and may_omit_rows([gap], ids, ())
