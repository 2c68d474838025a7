"""Reads the fields that a block of code describes: a JSON schema, or names with their types."""

from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.prose.field_types import read_json_schema


def read_block(block: Block, resource: str) -> tuple[dict[str, str], dict[str, str]]:
    """Read the types of a block, and the descriptions of fields, of all or of the resource."""
    data = block.data
    if not isinstance(data, dict):
        return {}, {}
    inner = data.get(resource)
    own = inner if isinstance(inner, dict) else {}
    types = read_json_schema(data)
    types |= {name: kind for name, kind in read_json_schema(own).items() if name not in types}
    are_texts = all(isinstance(text, str) for text in own.values())
    return types, own if are_texts else {}
