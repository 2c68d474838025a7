"""An OpenAPI document as nodes that follow their references, within it and to files next to it.

The library `referencing` resolves a reference; nothing is fetched from another machine.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import yaml
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource, Unresolvable

from analytics_ingest.common.json_tree import spell
from analytics_ingest.convert.yaml_loader import LimitedLoader

LONGEST_OPENAPI = 30_000_000
"""Characters of a document, and of all the files that it refers to."""

_MARK = re.compile(r"""^[\ \t{]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[23]\.""", re.M)
_IN_JSON = re.compile(r'"(?:openapi|swagger)"\s*:\s*"[23]\.')
_MOST_STEPS = 50
"""References in a chain; a longer one refers to itself."""

_NOWHERE = "mem:document"


class ReferenceProblemError(Exception):
    """A reference that cannot be followed, as the end of a sentence about its operation."""


class _Loader(LimitedLoader):
    """Reads YAML as JSON would be: dates stay texts, and keys are texts."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {
        **yaml.SafeLoader.yaml_constructors,
        "tag:yaml.org,2002:timestamp": yaml.SafeLoader.construct_yaml_str,
        "tag:yaml.org,2002:value": yaml.SafeLoader.construct_yaml_str,
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Read a mapping."""
        mapping = super().construct_mapping(node, deep)
        if all(isinstance(key, str) for key in mapping):
            return mapping
        return {str(spell(key)): value for key, value in mapping.items()}


def is_openapi(text: str) -> bool:
    """Return whether a text looks like a document of OpenAPI 2.0, 3.0 or 3.1."""
    return (_IN_JSON if text.lstrip()[:1] == "{" else _MARK).search(text) is not None


def parse_openapi(text: str) -> dict[str, Any] | None:
    """Read a document; None where a text is another one."""
    if not is_openapi(text):
        return None
    value = _parse(text)
    if not isinstance(value, dict) or not isinstance(value.get("paths"), dict):
        return None
    version = str(value.get("openapi", value.get("swagger", "")))
    return value if version.startswith(("2.", "3.")) else None


def _parse(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] == "{" else yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError):
        return None


class Document:
    """A document and the files next to it.

    Args:
        path: The file that it was read from; None if it refers to no other files.
    """

    def __init__(self, value: Mapping[str, Any], path: Path | None) -> None:
        self._folder = path.resolve().parent if path else None
        self._files: dict[str, Resource[Any]] = {}
        self._left = LONGEST_OPENAPI
        base = path.resolve().as_uri() if path else _NOWHERE
        registry = Registry(retrieve=self._retrieve).with_resource(base, Resource.opaque(value))
        self.memo: dict[tuple[str, int], Any] = {}
        """What was made of a part, by the purpose and the part's identity."""
        self.root = Node(value, registry.resolver(base), self)
        self.is_old = "swagger" in value

    def _retrieve(self, uri: str) -> Resource[Any]:
        if uri not in self._files:
            self._files[uri] = Resource.opaque(self._read(uri))
        return self._files[uri]

    def _read(self, uri: str) -> Any:
        """Read a file in the document's folder or below it."""
        parts = urlsplit(uri)
        if parts.scheme != "file" or self._folder is None:
            raise NoSuchResource(uri)
        path = Path(unquote(parts.path)).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise NoSuchResource(uri)
        try:
            with path.open(encoding="utf-8-sig") as file:
                text = file.read(self._left + 1)
        except (OSError, ValueError):
            raise NoSuchResource(uri) from None
        self._left -= len(text)
        value = _parse(text) if self._left >= 0 else None
        if value is None:
            raise NoSuchResource(uri)
        return value


class Node:
    """A part of a document; the parts in it are followed to what they refer to."""

    __slots__ = ("_resolver", "document", "value")

    def __init__(self, value: Any, resolver: Any, document: Document) -> None:
        self.value, self._resolver, self.document = value, resolver, document

    def get(self, *keys: str) -> "Node":
        """Return the part at some keys; its value is None where there is none."""
        node = self
        for key in keys:
            held = node.value.get(key) if isinstance(node.value, dict) else None
            node = node._follow(held)
        return node

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the parts of an object by their keys."""
        for key, value in self.value.items() if isinstance(self.value, dict) else ():
            yield str(key), self._follow(value)

    def list(self, key: str) -> "list[Node]":
        """List the items of a list; none where it is something else."""
        held = self.get(key)
        values = held.value if isinstance(held.value, list) else []
        return [held._follow(value) for value in values]

    def build_beside(self, value: Any) -> "Node":
        """Build a part that the document does not hold itself."""
        return Node(value, self._resolver, self.document)

    def get_text(self, key: str) -> str:
        """Return a text on one line; empty where there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return " ".join(value.split()) if isinstance(value, str) else ""

    def get_raw(self, key: str) -> Any:
        """Return what is at a key, as it is."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def __bool__(self) -> bool:
        return self.value is not None

    def _follow(self, value: Any) -> "Node":
        resolver, reference = self._resolver, None
        for _ in range(_MOST_STEPS):
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str):
                return Node(value, resolver, self.document)
            try:
                resolved = resolver.lookup(reference)
            except (Unresolvable, ValueError, LookupError, TypeError):
                raise ReferenceProblemError(_explain_missing(reference)) from None
            value, resolver = resolved.contents, resolved.resolver
        raise ReferenceProblemError(f"{reference} refers to itself")


def _explain_missing(reference: str) -> str:
    if reference.startswith(("http:", "https:", "//")):
        return f"it needs {reference}, and references to other machines are not fetched"
    return f"it needs {reference}, which is not there"
