"""The declared fields of an API's resources, read from `analytics_ingest/defs/<api>/schema.yaml`.

A type is `string`, `number`, `integer`, `boolean`, `timestamp`, `object`, `array` or
`array<item>`; a `?` after it means that the field may be null. The sample API has a parser of its
own, so that it does not share the mistakes of the project's.
"""

import re
from dataclasses import dataclass

import yaml

from analytics_ingest import DEFS

_TYPE = re.compile(r"(\w+)(?:<(\w+)>)?(\?)?")


@dataclass(frozen=True)
class Field:
    """One declared field of a resource; `item` is the kind of an array's items, if declared."""

    name: str
    kind: str
    item: str | None
    nullable: bool


Fields = dict[str, Field]


def read_fields(api: str) -> dict[str, Fields]:
    """Read the declared fields of every resource of an API, by resource and name."""
    declared = yaml.safe_load((DEFS / api / "schema.yaml").read_text())
    return {
        resource: {name: _parse(name, _read_type(value)) for name, value in entry["fields"].items()}
        for resource, entry in declared.items()
    }


def _read_type(value: str | dict[str, str]) -> str:
    return value if isinstance(value, str) else value["type"]


def _parse(name: str, text: str) -> Field:
    match = _TYPE.fullmatch(text)
    if match is None:
        raise ValueError(f"field '{name}' has the unreadable type '{text}'")
    return Field(name, match[1], match[2], match[3] is not None)
