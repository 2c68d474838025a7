"""What a row is called: its id, its entity, and the fields in which a child names its parent.

`data` gives each row its id and entity before `values` fills it, and links a child afterwards.
"""

from collections.abc import Iterator
from random import Random

from analytics_ingest.demo.sample_api.fields import Fields
from analytics_ingest.demo.sample_api.listings import Listing
from analytics_ingest.demo.sample_api.paging import Row
from analytics_ingest.demo.sample_api.values import ID, uuid_like


def ids(listing: Listing, fields: Fields, rng: Random) -> Iterator[int | str]:
    """Yield ids that are unique in the resource, of the declared kind, for as many as needed."""
    number = rng.randrange(100, 1_000)
    while True:
        number += rng.randrange(1, 5)
        if fields[ID].kind == "integer":
            yield number
        else:
            yield f"{listing.ids}{number:06d}" if listing.ids else uuid_like(rng)


def entity(listing: Listing) -> str:
    """Return the singular of what is listed: `story` for `epics_stories`."""
    plural = listing.resource.split("_")[-1] if listing.parent else listing.resource
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    return plural.removesuffix("s")


def link_fields(listing: Listing) -> frozenset[str]:
    """Return the names of all fields that may hold the id of a child's parent."""
    if not (listing.parent and listing.placeholder):
        return frozenset()
    name = listing.link or listing.placeholder
    return frozenset({name, f"{name}s", listing.parent})


def link(row: Row, listing: Listing, fields: Fields, parent: Row) -> None:
    """Write the parent's id into the fields of a child that are meant for it."""
    for name in link_fields(listing) & fields.keys():
        declared = fields[name]
        if declared.kind != "array":
            row[name] = parent[ID]
        elif declared.item == "object":
            row[name] = [{"id": parent[ID], "name": parent.get("name")}]
        else:
            row[name] = [parent[ID]]
