"""Corrects declared fields: values have another type, or are null where none may be."""

from collections.abc import Iterator

from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import Correction
from analytics_ingest.preview.fields import sample_fields
from analytics_ingest.preview.profile import profile_rows


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
