"""A mapping that a manifest writes as one text, `"{{ {'type': 'invoice'} }}"`, → its entries.

Jinja writes a mapping as Python does, so Python's parser finds where each value begins and ends.
"""

import ast
from typing import Any

from analytics_ingest.common.expressions.syntax import strip_braces


def split_mapping(text: str) -> dict[str, Any] | None:
    """Return the entries of a mapping that is one expression; None for any other text.

    Constants are returned as they are, any other value as an expression in braces.
    """
    inner = strip_braces(text)
    if inner is None:
        return None
    source = inner.strip()
    try:
        mapping = ast.parse(source, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(mapping, ast.Dict):
        return None
    entries: dict[str, Any] = {}
    for key, value in zip(mapping.keys, mapping.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        if isinstance(value, ast.Constant):
            entries[key.value] = value.value
        else:
            entries[key.value] = f"{{{{ {ast.get_source_segment(source, value)} }}}}"
    return entries
