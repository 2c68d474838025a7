"""The listings that a preview opens by the rows of a parent's first pages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.parents.children import Child, Opening, Parents


def open_child_listings(
    template: ListingTemplate, pages: Mapping[str, Sequence[Sequence[Any]]]
) -> Iterator[Opening]:
    """Yield the listings that some pages of its parents open, by the name of the parent."""
    parents = Parents.of(template.resource)
    for parent in template.resource.parents:
        child = Child(template, parent, parents)
        yield from child.open_listings([row for page in pages[parent.resource] for row in page])
        yield from child.open_rest()


def count_skipped_rows(
    template: ListingTemplate, pages: Mapping[str, Sequence[Sequence[Any]]]
) -> int:
    """Return how many rows on some pages of a resource's parents open no listing of it."""
    parents = Parents.of(template.resource)
    for parent in template.resource.parents:
        rows = [row for page in pages[parent.resource] for row in page]
        list(Child(template, parent, parents).open_listings(rows))
    return sum(parents.skipped.values())
