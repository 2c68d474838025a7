"""Puts streams in the place of parents that are written as their plain names.

Airbyte has a parent's stream in full, or a reference to it. Documents shorten that to `stream:
orders`. A name that is not that of exactly one stream stays.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.manifest.components.component import list_items


def fill_named_parents(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a manifest, its references resolved, with the streams that parents name."""
    filled: dict[str, Any] = _Parents(manifest).fill(manifest)
    return filled


class _Parents:
    """The streams of a manifest, by their names."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        streams = [s for s in list_items(manifest, "streams") if isinstance(s, Mapping)]
        counts = Counter(str(stream.get("name")) for stream in streams)
        self._by_name = {
            str(stream["name"]): stream
            for stream in streams
            if "name" in stream and counts[str(stream["name"])] == 1
        }
        self._open: list[str] = []
        self._filled: dict[int, Any] = {}
        """Nodes that references share are filled once."""

    def fill(self, node: Any) -> Any:
        """Copy a node with the streams that it names."""
        if not isinstance(node, Mapping | list):
            return node
        if id(node) not in self._filled:
            self._filled[id(node)] = self._copy(node)
        return self._filled[id(node)]

    def _copy(self, node: Mapping[str, Any] | list[Any]) -> Any:
        if isinstance(node, list):
            return [self.fill(item) for item in node]
        copy = {key: self.fill(value) for key, value in node.items()}
        if "parent_key" in node and isinstance(node.get("stream"), str):
            copy["stream"] = self._find(node["stream"])
        return copy

    def _find(self, name: str) -> Any:
        if name not in self._by_name or name in self._open:
            return name
        self._open.append(name)
        stream = self.fill(self._by_name[name])
        self._open.pop()
        return stream
