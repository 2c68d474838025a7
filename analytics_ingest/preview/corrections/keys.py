"""Corrects `primary_key`: rows lack the declared key, or share it."""

from collections.abc import Iterator

from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import Correction
from analytics_ingest.preview.fields import find_unique_fields

_USUAL = ("id", "_id", "uuid", "guid", "uid", "key", "Id", "ID")
"""Names of fields that can be nothing but the key of their row."""

_SUFFIXES = ("_id", "Id", "ID", "_uuid", "_key")


def correct_key(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct a key that rows lack or share, where one field alone can be the key."""
    declared, rows = preview.resource.primary_key, preview.objects
    if not declared or len(rows) < 2 or len(rows) < len(preview.rows):
        return
    keys = [tuple(repr(row.get(name)) for name in declared) for row in rows]
    lacking = sum(any(row.get(name) is None for name in declared) for row in rows)
    if not lacking and len(set(keys)) == len(keys):
        return
    own = _list_own_names(preview.resource.name)
    candidates = [name for name in find_unique_fields(rows) if name in own]
    if candidates and candidates[0] not in declared:
        problem = f"{lacking} have no {', '.join(declared)}" if lacking else "others share theirs"
        evidence = f"{candidates[0]} is in all {len(rows)} rows and unique; {problem}"
        yield Correction(preview.resource.name, ("primary_key",), candidates[0], evidence)


def _list_own_names(resource: str) -> set[str]:
    """List the names that the key of a resource's own rows may have, unlike those of others."""
    singular = resource.removesuffix("s")
    stems = {resource, singular, singular.rpartition("_")[2]}
    return {*_USUAL, *(f"{stem}{suffix}" for stem in stems for suffix in _SUFFIXES)}
