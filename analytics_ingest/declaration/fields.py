"""Field types of a resource: `string?` in a schema file → a name that dlt knows, and null."""

import re
from dataclasses import dataclass

TYPES = {
    "string": "text",
    "number": "double",
    "integer": "bigint",
    "boolean": "bool",
    "timestamp": "timestamp",
    "date": "date",
    "time": "time",
    "decimal": "decimal",
    "object": "json",
    "array": "json",
}

_ITEMS = "|".join(TYPES)
_TYPE = re.compile(rf"(?P<name>[a-z]+)(?:(?<=array)<(?:{_ITEMS})>)?(?P<null>\?)?")


@dataclass(frozen=True)
class Field:
    """One declared field: its name in the API, dlt's data type, and whether it may be null."""

    name: str
    data_type: str
    nullable: bool

    @classmethod
    def parse(cls, name: str, text: str) -> "Field":
        """Read a type such as `integer`, `timestamp?` or `array<string>?`."""
        match = _TYPE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or match["name"] not in TYPES:
            raise ValueError(
                f"field '{name}' has the type '{text}'; allowed are {', '.join(TYPES)}, "
                "array<…>, each with a ? where it may be null"
            )
        return cls(name, TYPES[match["name"]], match["null"] is not None)
