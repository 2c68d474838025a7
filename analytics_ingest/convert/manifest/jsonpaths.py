"""Names of fields → JSONPaths, and back to what a declaration writes."""

import re

from analytics_ingest.convert.manifest.component import UnsupportedError

_NAME = re.compile(r"[A-Za-z_]\w*")


def quote(field: str) -> str:
    """Return the JSONPath of a field, which may hold blanks or dots."""
    if _NAME.fullmatch(field):
        return field
    if "'" in field:
        raise UnsupportedError(f"the field {field} holds a quotation mark")
    return f"'{field}'"


def join(fields: list[str]) -> str:
    """Return the JSONPath of a field in objects."""
    return ".".join("*" if field == "*" else quote(field) for field in fields)
