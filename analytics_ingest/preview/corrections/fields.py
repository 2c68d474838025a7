"""Corrects `primary_key` and declared fields: rows share the key, or values have another type."""

from collections.abc import Iterator

from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import Correction
from analytics_ingest.preview.fields import find_unique_fields, sample_fields
from analytics_ingest.preview.profile import profile_rows

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


def correct_types(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct the types that values do not have, and `required` where a field is null."""
    resource, rows = preview.resource, len(preview.objects)
    if not resource.fields or not rows:
        return
    table, samples = profile_rows(preview).table, sample_fields(preview)
    for name, field in resource.fields.items():
        misfits, sample = table.variants.get(name, 0), samples.get(name)
        if misfits and sample and sample.type:
            kind = f"{sample.type}?" if field.nullable or sample.nulls else sample.type
            evidence = f"{misfits} of {rows} values do not have the declared type"
            yield Correction(resource.name, ("fields", name), kind, evidence)
    certain = {*resource.primary_key, resource.incremental and resource.incremental.cursor_path}
    null = [n for n in resource.required if table.nulls.get(n) and n not in certain]
    if null:
        kept = [name for name in resource.required if name not in null]
        evidence = f"null or absent in some of {rows} rows: {', '.join(null)}"
        yield Correction(resource.name, ("required",), kept, evidence)
