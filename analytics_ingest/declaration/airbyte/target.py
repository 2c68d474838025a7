"""The endpoint into which Airbyte's keys are translated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.declaration.errors import DeclarationError

_BLOCKS = {
    "request_parameter": "params",
    "header": "headers",
    "body_json": "json",
    "body_data": "data",
}
"""Airbyte's `inject_into` → the block of an endpoint."""


@dataclass
class Target:
    """The endpoint of a resource, or the shared one, and its place for messages."""

    api: str
    resource: str | None
    endpoint: dict[str, Any]

    def error(self, key: str, problem: str) -> DeclarationError:
        """The error of one key."""
        return DeclarationError(self.api, self.resource, key, problem)

    def read_option(self, key: str, option: Any) -> tuple[str, str]:
        """The name under which a request carries a value, and the block of it."""
        if isinstance(option, str):
            return option, "params"
        name, place = option.get("field_name"), option.get("inject_into") or "request_parameter"
        if place not in _BLOCKS:
            allowed = ", ".join(_BLOCKS)
            raise self.error(f"{key}.inject_into", f"'{place}' is unknown; allowed are {allowed}")
        if not isinstance(name, str):
            raise self.error(f"{key}.field_name", "is required; name it")
        return name, _BLOCKS[place]

    def inject(self, block: str, name: str, value: Any) -> None:
        """Let the requests carry a value."""
        before = self.endpoint.get(block) or {}
        if not isinstance(before, Mapping):
            problem = f"is a text, to which '{name}' cannot be added; write an object"
            raise self.error(f"endpoint.{block}", problem)
        self.endpoint[block] = {**before, name: value}
