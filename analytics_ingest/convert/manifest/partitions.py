"""The partition router of a stream → its parent, or its lists of values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.interpolation import Interpolation
from analytics_ingest.convert.manifest.options import inject, read_option

NameOf = Callable[[Component], str]
"""Gives the name of the resource that lists the stream of a parent."""


@dataclass
class Partitions:
    """What a stream is partitioned by.

    Attributes:
        names: What a slice calls a partition → the placeholder that it becomes.
        parents: The data of the parents' streams.
    """

    names: dict[str, str] = field(default_factory=dict)
    parents: list[Component] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    is_incremental: bool = False
    is_unused: bool = False
    """Whether no request and no row reads the parent."""
    _options: list[tuple[str, Component]] = field(default_factory=list)
    _bindings: dict[str, Json] = field(default_factory=dict)
    _lists: dict[str, Any] = field(default_factory=dict)
    _list_parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, router: Component, name_of: NameOf) -> None:
        """Add one router."""
        if router.kind == "ListPartitionRouter":
            self._add_list(router)
        elif router.kind == "SubstreamPartitionRouter":
            parents = router.children("parent_stream_configs", "ParentStreamConfig")
            if len(parents) > 1:
                raise UnsupportedError("its listings are those of each of several parents")
            for parent in parents:
                self._add_parent(parent, name_of)
        else:
            raise UnsupportedError(f"the partition router {router.kind} has no counterpart")

    def finish(self, endpoint: Json, texts: Interpolation) -> None:
        """Add to a request what its options inject, and the lists of values."""
        for name, option in self._options:
            where = read_option(option, texts)
            block, path = where
            if name in self._lists and name not in self.used and block == "params":
                self._lists[path[0]] = self._lists.pop(name)
                self._list_parameters[path[0]] = self._list_parameters.pop(name)
                self.used.add(path[0])
            else:
                inject(endpoint, where, f"{{{self.names[name]}}}")
            self.used.add(name)
        bound = self._bindings.keys() & texts.in_expressions
        if unused := self._lists.keys() - self.used:
            raise UnsupportedError(f"no request holds the partition {min(unused)}")
        self.is_unused = bool(self._bindings) and not (self._bindings.keys() & self.used or bound)
        for name in sorted(bound):
            endpoint.setdefault("params", {})[name] = self._bindings[name]
        for name, values in self._lists.items():
            sent = texts.needed(values, self._list_parameters[name])
            endpoint.setdefault("params", {})[name] = {"type": "each", "values": sent}

    def _add_list(self, router: Component) -> None:
        name = str(router.take("cursor_field"))
        self.names[name] = name
        self._lists[name] = router.take("values")
        self._list_parameters[name] = router.parameters
        if option := router.child("request_option"):
            self._options.append((name, option))

    def _add_parent(self, parent: Component, name_of: NameOf) -> None:
        data = parent.take("stream")
        if not isinstance(data, Mapping):
            raise UnsupportedError("a parent names no stream")
        stream = Component(data, {}, "DeclarativeStream")
        self.parents.append(stream)
        key = str(parent.take("parent_key"))
        name = str(parent.take("partition_field"))
        resource, path = name_of(stream), key.replace("/", ".")
        self.names[name] = f"resources.{resource}.{path}"
        self._bindings[name] = {"type": "resolve", "resource": resource, "field": path}
        self.is_incremental |= bool(parent.take("incremental_dependency"))
        parent.take("extra_fields")
        if option := parent.child("request_option"):
            self._options.append((name, option))
