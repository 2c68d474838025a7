"""A component of a manifest: its keys, its parameters, and which of its keys have been read.

Parameters (`$parameters`) hold for a component and all components in it: one stands for a key that
is not written, and in texts as `{{ parameters.x }}`. A key that nobody reads is reported, so that
no part of a manifest is ignored without a word.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.manifest.components.airbyte_keys import is_ignored_by_airbyte
from analytics_ingest.convert.manifest.components.known_keys import WITHOUT_EFFECT

_PARAMETERS = "$parameters"

DELEGATING = "StateDelegatingStream"
"""The kind of a stream that has another one for its changes."""


def list_items(block: Mapping[str, Any], key: str) -> list[Any]:
    """List the items of a key; none if it does not hold a list."""
    items = block.get(key)
    return items if isinstance(items, list) else []


class UnsupportedError(Exception):
    """Why a stream cannot be converted, in a few words: it has no counterpart here."""


class Component:
    """One component.

    Args:
        kind: Its type where it does not name one.
        parameters: Those of the components around it.
    """

    def __init__(
        self, data: Mapping[str, Any], parameters: Mapping[str, Any], kind: str = ""
    ) -> None:
        self.data = data
        own = data.get(_PARAMETERS)
        self.parameters = {**parameters, **(own if isinstance(own, Mapping) else {})}
        self.kind = str(data.get("type") or kind)
        self._read = {"type", _PARAMETERS}
        self._children: list[Component] = []

    def take(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or of the parameter of its name, and mark it as read."""
        self._read.add(key)
        value = self.data.get(key)
        if value in (None, "", [], {}) and value is not False:
            value = self.parameters.get(key, value)
        return default if value is None else value

    def take_text(self, key: str) -> str | None:
        """Return the value of a key that is a text, or a number or boolean written as one."""
        value = self.take(key)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool | int | float):
            return str(value)
        raise UnsupportedError(f"{self.kind}.{key} is not a text")

    def take_list(self, key: str) -> list[Any]:
        """Return the value of a key that is a list; empty where there is none."""
        value = self.take(key) or []
        if not isinstance(value, list):
            raise UnsupportedError(f"{self.kind}.{key} is not a list")
        return value

    def read_child(self, key: str, kind: str = "") -> "Component | None":
        """Read the component of a key; None where there is none."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise UnsupportedError(f"{self.kind}.{key} is not an object")
        return self._read_child(key, value, kind)

    def read_children(self, key: str, kind: str = "") -> list["Component"]:
        """Read the components of a key that holds a list of them, or one."""
        value = self.take(key) or []
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, Mapping) for item in items):
            raise UnsupportedError(f"{self.kind}.{key} is not a list of objects")
        return [self._read_child(key, item, kind) for item in items]

    def take_all(self) -> None:
        """Mark all keys as read."""
        self._read.update(self.data)

    def refuse_custom(self) -> None:
        """Check that the component needs no Python of its own.

        Raises:
            UnsupportedError: It does.
        """
        if "class_name" in self.data or self.kind.startswith("Custom"):
            name = str(self.data.get("class_name") or "").rpartition(".")[2]
            raise UnsupportedError(f"needs Python of its own: {name or self.kind}")

    def is_like(self, other: "Component") -> bool:
        """Return whether another stream lists the same."""
        return self.data == other.data or (
            self.data.get("retriever") == other.data.get("retriever")
            and self.parameters == other.parameters
        )

    def find_unread(self) -> Iterator[str]:
        """Yield the keys that nobody has read, and that have an effect in Airbyte."""
        return (
            f"{kind}.{key}"
            for kind, key in self._walk_unread()
            if not is_ignored_by_airbyte(kind, key)
        )

    def find_ignored(self) -> Iterator[str]:
        """Yield the keys that nobody has read, and that Airbyte ignores too."""
        return (
            f"{kind}.{key}" for kind, key in self._walk_unread() if is_ignored_by_airbyte(kind, key)
        )

    def _walk_unread(self) -> Iterator[tuple[str, str]]:
        for key in self.data:
            if key not in self._read and key not in WITHOUT_EFFECT.get(self.kind, ()):
                yield self.kind, key
        for child in self._children:
            yield from child._walk_unread()

    def _read_child(self, key: str, value: Mapping[str, Any], kind: str) -> "Component":
        parameters = {name: v for name, v in self.parameters.items() if name != key}
        component = Component(value, parameters, kind)
        component.refuse_custom()
        self._children.append(component)
        return component
