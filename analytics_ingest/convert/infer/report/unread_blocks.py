"""Logs code that describes fields in a form that is not read."""

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.prose.fields.field_blocks import looks_like_schema, read_block
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.text.passages import Prose


def log_unread_blocks(draft: Draft, prose: Prose) -> None:
    """Log the blocks of sections on fields that hold types, and give no resource a field."""
    for part, named in prose.iterate_parts():
        if not isinstance(part, Block) or not is_in_field_section(part):
            continue
        read = read_block(part, named or draft.only_name, draft.by_name, in_section=True)
        if looks_like_schema(part) and not any(each.described for each in read):
            reason = f"the fields in the code on line {part.line} are not read"
            draft.log.assume(named, f"{reason}: declare them in schema.yaml")
