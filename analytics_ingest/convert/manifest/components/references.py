"""Resolves the references of a manifest: `$ref: "#/definitions/x"`, and texts that begin with `#/`.

What a reference names is resolved once and shared from then on, so nothing may change it in place.
Keys next to a `$ref` win over those that it brings.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionError

_REF = "$ref"
_STEP = re.compile(r"([^/]*)/?(.*)", re.DOTALL)


def resolve_references(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a manifest with its references replaced by what they name.

    Raises:
        ConversionError: A reference names nothing, or itself.
    """
    return _References(manifest).resolve(manifest)


class _References:
    """What the references of one manifest stand for."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._manifest = manifest
        self._resolved: dict[str, Any] = {}
        self._open: list[str] = []

    def resolve(self, node: Any) -> Any:
        """Replace the references in a node."""
        if isinstance(node, Mapping):
            return self._resolve_object(node)
        if isinstance(node, list):
            return [self.resolve(item) for item in node]
        is_reference = isinstance(node, str) and node.startswith("#/")
        return self._resolve_target(node) if is_reference else node

    def _resolve_object(self, node: Mapping[str, Any]) -> Any:
        own = {str(key): self.resolve(value) for key, value in node.items() if key != _REF}
        if _REF not in node:
            return own
        base = self.resolve(node[_REF])
        return {**base, **own} if isinstance(base, Mapping) else base

    def _resolve_target(self, reference: str) -> Any:
        if reference in self._open:
            cycle = " → ".join([*self._open, reference])
            raise ConversionError(f"references form a cycle: {cycle}")
        if reference not in self._resolved:
            self._open.append(reference)
            self._resolved[reference] = self.resolve(self._find(reference))
            self._open.pop()
        return self._resolved[reference]

    def _find(self, reference: str) -> Any:
        """Find the node at a reference; a key may itself hold a slash."""
        node, rest = self._manifest, reference.removeprefix("#/")
        while rest:
            if isinstance(node, Mapping) and rest in node:
                return node[rest]
            match = _STEP.fullmatch(rest)
            first, rest = (match[1], match[2]) if match else (rest, "")
            node = _follow_step(node, first)
            if node is None:
                raise ConversionError(f"the reference {reference} names nothing")
        return node


def _follow_step(node: Any, key: str) -> Any:
    if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
        return node[int(key)]
    if not isinstance(node, Mapping):
        return None
    return node.get(key, node.get(int(key)) if key.isdecimal() else None)
