"""The endpoint into which Airbyte's keys are translated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.declaration.errors import Place

BLOCKS = {
    "request_parameter": "params",
    "header": "headers",
    "body_json": "json",
    "body_data": "data",
}
"""Airbyte's `inject_into` → the block of an endpoint."""


@dataclass
class Target:
    """The endpoint of a resource, or the shared one, and its place for messages."""

    place: Place
    endpoint: dict[str, Any]

    def read_option(self, key: str, option: Any) -> tuple[str, str]:
        """Read the name under which a request carries a value, and the block of it."""
        if isinstance(option, str):
            return option, "params"
        name, into = option.get("field_name"), option.get("inject_into") or "request_parameter"
        if into not in BLOCKS:
            problem = f"'{into}' is unknown; allowed are {', '.join(BLOCKS)}"
            raise self.place.build_error(f"{key}.inject_into", problem)
        if not isinstance(name, str):
            raise self.place.build_error(f"{key}.field_name", "is required; name it")
        return name, BLOCKS[into]

    def inject(self, block: str, name: str, value: Any) -> None:
        """Let the requests carry a value."""
        before = self.endpoint.get(block) or {}
        if not isinstance(before, Mapping):
            kind = "list" if isinstance(before, list) else "text"
            problem = f"is a {kind}, to which '{name}' cannot be added; write an object"
            raise self.place.build_error(f"endpoint.{block}", problem)
        self.endpoint[block] = {**before, name: value}
