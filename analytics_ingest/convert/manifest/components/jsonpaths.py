"""Names of fields → JSONPaths, and back to what a declaration writes."""

import re

from analytics_ingest.convert.manifest.components.component import UnsupportedError

_NAME = re.compile(r"[A-Za-z_]\w*")


def quote(field: str) -> str:
    """Return the JSONPath of a field, which may hold blanks or dots."""
    if _NAME.fullmatch(field):
        return field
    if "'" in field:
        raise UnsupportedError(f"the field {field} holds a quotation mark")
    return f"'{field}'"


def join(fields: list[str]) -> str:
    """Return the JSONPath of a field in objects; a number is a place in a list."""
    path = ""
    for field in fields:
        if field.isdecimal():
            path += f"[{field}]"
        else:
            path += f"{'.' if path else ''}{'*' if field == '*' else quote(field)}"
    return path
